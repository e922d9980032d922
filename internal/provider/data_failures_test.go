package provider_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestDataSourceFailures reads what cannot be read. The messages are golden,
// and nothing but the look-up is asked for.
func TestDataSourceFailures(t *testing.T) {
	t.Parallel()
	job, record := values{"roma": values{"job_id": "0123456789abcdef0123456789abcdef"}}, values{"csa": values{"record_id": "f1e2d3c4-0000-4000-8000-1234567890ab"}}
	repeated := simulator.Fault{On: "apps", Do: "raw_body", Body: `{"total":5,"apps":[{"id":"a","name":"a"}]}`, Times: -1}
	for name, row := range map[string]struct {
		source  string
		config  values
		block   func(*simulator.Server) values
		change  values
		orders  []simulator.Fault
		says    string
		nothing bool
	}{
		"job unknown":             {source: "asset_job", config: job, says: "Job not found"},
		"job 401":                 {source: "asset_job", config: job, change: values{"secret_key": "wrong"}, says: "Credentials refused"},
		"job 403":                 {source: "asset_job", config: job, orders: []simulator.Fault{status("job", 403, "ROMA.00012000", "no permission")}, says: "Look-up refused"},
		"job HTML page":           {source: "asset_job", config: job, orders: []simulator.Fault{{On: "job", Do: "html_page"}}, says: "Look-up failed"},
		"job in an unknown state": {source: "asset_job", config: values{"roma": values{"job_id": "running"}}, orders: []simulator.Fault{{On: "job", Do: "raw_body", Body: `{"status":"Thinking"}`}}, says: "Look-up failed"},
		"job no connection":       {source: "asset_job", config: job, change: values{"endpoint": "http://127.0.0.1:1", "max_retries": 0}, says: "Look-up failed", nothing: true},
		"job other project":       {source: "asset_job", config: job, change: values{"project_id": nil, "project_name": "nowhere"}, says: "Project not found"},
		"job no credentials":      {source: "asset_job", config: job, change: values{"access_key": nil, "secret_key": nil}, says: "No credentials", nothing: true},
		"import result unknown":   {source: "asset_job", config: record, block: csaSetup, says: "Import result not found"},
		"import result password":  {source: "asset_job", config: record, block: csaSetup, change: values{"password": "wrong"}, says: "Credentials refused"},
		"import result organization": {
			source: "asset_job", config: record, block: csaSetup, change: values{"organization": "Nowhere"}, says: "Unknown organization",
		},
		"import result user":  {source: "asset_job", config: record, block: csaSetup, change: values{"user": "nobody"}, says: "Unknown user"},
		"inventory 403":       {source: "asset_inventory", orders: []simulator.Fault{status("apps", 403, "ROMA.00012000", "no permission")}, says: "Look-up refused"},
		"inventory 500":       {source: "asset_inventory", change: values{"max_retries": 0}, orders: []simulator.Fault{status("apps", 500, "", "")}, says: "Look-up failed"},
		"inventory tasks 500": {source: "asset_inventory", change: values{"max_retries": 0}, orders: []simulator.Fault{status("tasks", 500, "", "")}, says: "Look-up failed"},
		"inventory repeats":   {source: "asset_inventory", orders: []simulator.Fault{repeated}, says: "List is not complete"},
		"inventory unsteady": {
			source: "asset_inventory", says: "List is not complete",
			orders: []simulator.Fault{{On: "tasks", Do: "raw_body", Body: `{"total":5,"entities":[]}`, Times: -1}},
		},
		"inventory of CSA forbidden": {source: "asset_inventory", block: csaSetup, orders: []simulator.Fault{status("csa_catalogs", 403, "", "")}, says: "Not allowed"},
		"inventory of CSA HTML page": {source: "asset_inventory", block: csaSetup, orders: []simulator.Fault{{On: "csa_catalogs", Do: "html_page"}}, says: "Look-up failed"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			order(t, server, row.orders...)
			setup := romaSetup
			if row.block != nil {
				setup = row.block
			}
			block := setup(server)
			for _, inner := range block {
				settings, _ := inner.(values)
				maps.Copy(settings, row.change)
			}
			found, said := configured(t, block).read(t.Context(), t, row.source, row.config)
			if found != nil || !strings.HasPrefix(said, "Error: "+row.says+"\n") {
				t.Errorf("%v, %s", found, said)
			}
			golden(t, "data "+name, said)
			if n := len(server.Simulator.Requests()); (n == 0) != row.nothing {
				t.Errorf("%d requests", n)
			}
			expectCounts(t, server, "export 0, import 0, download 0, csa_export 0, csa_import 0")
		})
	}
}

// TestDataSourceChecks are mistakes in the configuration, found by validate.
func TestDataSourceChecks(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	long := strings.Repeat("a", 65)
	for name, row := range map[string]struct {
		source string
		config values
		says   string
	}{
		"no job":            {"asset_job", values{}, "No job"},
		"two jobs":          {"asset_job", values{"roma": values{"job_id": "a"}, "csa": values{"record_id": "b"}}, "More than one platform"},
		"empty job":         {"asset_job", values{"roma": values{"job_id": ""}}, "Empty value"},
		"empty record":      {"asset_job", values{"csa": values{"record_id": ""}}, "Empty value"},
		"long job":          {"asset_job", values{"roma": values{"job_id": long}}, "Id too long"},
		"long instance":     {"asset_job", values{"roma": values{"job_id": "a", "instance_id": long}}, "Id too long"},
		"job not known":     {"asset_job", values{"roma": undecided{}}, ""},
		"empty name":        {"asset_inventory", values{"roma": values{"name": ""}}, "Empty value"},
		"empty CSA name":    {"asset_inventory", values{"csa": values{"name": ""}}, "Empty value"},
		"two inventories":   {"asset_inventory", values{"roma": values{}, "csa": values{}}, "More than one platform"},
		"name not known":    {"asset_inventory", values{"roma": values{"name": undecided{}}}, ""},
		"empty path":        {"asset_archive", values{"path": ""}, "Empty value"},
		"no archive":        {"asset_archive", values{"path": "a", "download": true}, "Nothing to download"},
		"no download":       {"asset_archive", values{"path": "a", "roma": values{"archive_id": "a"}}, "Download not asked for"},
		"download later":    {"asset_archive", values{"path": "a", "roma": values{"archive_id": "a"}, "download": undecided{}}, ""},
		"archive later":     {"asset_archive", values{"path": "a", "roma": undecided{}, "download": true}, ""},
		"download is false": {"asset_archive", values{"path": "a", "roma": values{"archive_id": "a"}, "download": false}, ""},
		"empty archive":     {"asset_archive", values{"path": "a", "roma": values{"archive_id": ""}, "download": true}, "Empty value"},
		"long archive":      {"asset_archive", values{"path": "a", "roma": values{"archive_id": long}, "download": true}, "Id too long"},
	} {
		said := p.validate(t, row.source, row.config)
		if row.says == "" && said != "" || row.says != "" && !strings.HasPrefix(said, "Error: "+row.says+"\n") {
			t.Errorf("%s: %s", name, said)
		}
		if said != "" && (row.says == "No job" || strings.Contains(strings.ToLower(row.says), "download")) {
			golden(t, "data "+name, said)
		}
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestDataSourcesAndUnknownValues: terraform waits until a configuration is
// known. If it ever did not, nothing would be asked, and above all nothing
// downloaded.
func TestDataSourcesAndUnknownValues(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := t.TempDir() + "/it.zip"
	for name, row := range map[string]struct {
		source string
		config values
	}{
		"archive id":  {"asset_archive", values{"path": file, "download": true, "roma": values{"archive_id": undecided{}}}},
		"roma":        {"asset_archive", values{"path": file, "download": true, "roma": undecided{}}},
		"instance":    {"asset_archive", values{"path": file, "download": true, "roma": values{"archive_id": "a", "instance_id": undecided{}}}},
		"download":    {"asset_archive", values{"path": file, "download": undecided{}, "roma": values{"archive_id": "a"}}},
		"path":        {"asset_archive", values{"path": undecided{}, "download": true, "roma": values{"archive_id": "a"}}},
		"job":         {"asset_job", values{"roma": values{"job_id": undecided{}}}},
		"record":      {"asset_job", values{"csa": undecided{}}},
		"name":        {"asset_inventory", values{"roma": values{"name": undecided{}}}},
		"the roma of": {"asset_inventory", values{"roma": undecided{}}},
	} {
		if found, said := p.read(t.Context(), t, row.source, row.config); found != nil || !strings.Contains(said, "is not known yet") {
			t.Errorf("%s: %v, %s", name, found, said)
		}
	}
	// Values of the provider block that a plan does not know.
	block := romaSetup(server)
	settings, _ := block["roma"].(values)
	settings["endpoint"], settings["instance_id"] = undecided{}, undecided{}
	for _, block := range []values{block, {"roma": undecided{}}} {
		found, said := configured(t, block).read(t.Context(), t, "asset_inventory", values{})
		if found != nil || !strings.HasPrefix(said, "Error: Provider is not known yet\n") {
			t.Errorf("%v, %s", found, said)
		}
		if block["roma"] != (undecided{}) {
			golden(t, "data provider not known yet", said)
		}
	}
	// What the other platform waits for is nobody's business.
	block["csa"] = values{"endpoint": undecided{}}
	_, said := configured(t, block).read(t.Context(), t, "asset_inventory", values{"roma": values{}})
	if !strings.Contains(said, "roma.endpoint") || strings.Contains(said, "csa") {
		t.Error(said)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	block = romaSetup(server)
	block["csa"] = undecided{}
	if found, said := configured(t, block).read(t.Context(), t, "asset_inventory", values{"roma": values{}}); said != "" || found["apps"] == nil {
		t.Errorf("%v, %s", found, said)
	}
}

// TestLookUpInterrupted: the user's Ctrl-C is no fault of the server.
func TestLookUpInterrupted(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "apps", Do: "hang"})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "the look-up arrives", func() bool { return len(server.Simulator.Requests()) > 0 })
		cancel()
	}()
	_, said := configured(t, romaSetup(server)).read(ctx, t, "asset_inventory", values{})
	golden(t, "data inventory interrupted", said)
	if !strings.HasPrefix(said, "Error: Look-up interrupted\n") {
		t.Error(said)
	}
}
