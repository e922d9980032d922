package provider_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	exportAction = "asset_export"
	importAction = "asset_import"
)

// actor is a provider without variables of this machine.
func actor(t *testing.T, block values) *plugin {
	t.Helper()
	return configuredFrom(t, provider.ServerOn(nil, "http://127.0.0.1:9")(), "1.14.0", block)
}

// TestActionsPromote: one job each, lines from its start to its end, and the archive at its path; a
// second invocation imports again.
func TestActionsPromote(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := actor(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "orders.zip")
	export := values{"roma": values{"apps": []any{ordersApp}}, "path": file}
	if said := p.plansAction(t, exportAction, export); said != "" {
		t.Fatal(said)
	}
	if got := counts(server); got != "" {
		t.Errorf("planning sent %s", got)
	}
	lines, said := p.invokes(t.Context(), t, exportAction, export, nil)
	if said != "" {
		t.Fatal(said)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lines, "\n")
	expectSaid(t, all, "Export job", "has started.", "has ended: SUCCEEDED.", hexSum(string(data)))
	content := values{"source": file, "source_hash": hexSum(string(data)), "roma": values{"instance_id": server.Info.ROMA.Instances["prod"], "type": "Merge"}}
	for range 2 {
		if said := p.plansAction(t, importAction, content); said != "" {
			t.Fatal(said)
		}
		if lines, said = p.invokes(t.Context(), t, importAction, content, nil); said != "" {
			t.Fatal(said)
		}
		expectSaid(t, strings.Join(lines, "\n"), "Import job", "has started.", "has ended: SUCCEEDED.")
	}
	expectCounts(t, server, "export 1, download 1, import 2")
	if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 {
		t.Errorf("prod has %v", apps)
	}
	// What is at a path is never replaced.
	if said := p.plansAction(t, exportAction, export); !strings.Contains(said, "Error: Path is taken") {
		t.Error(said)
	}
	if _, said := p.invokes(t.Context(), t, exportAction, export, nil); !strings.Contains(said, "Error: Path is taken") || !strings.Contains(said, "An action keeps no state") {
		t.Error(said)
	}
	expectCounts(t, server, "export 1, download 1, import 2")
}

// TestActionsOfCSA: both are one request, and tell the result.
func TestActionsOfCSA(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dev := actor(t, csaSetup(server))
	file := filepath.Join(t.TempDir(), "offering.zip")
	lines, said := dev.invokes(t.Context(), t, exportAction, values{"csa": values{"artifact_id": csaOffering}, "path": file}, nil)
	if said != "" {
		t.Fatal(said)
	}
	expectSaid(t, strings.Join(lines, "\n"), "Export has ended: SUCCEEDED.", file)
	info := server.Info.CSA["prod"]
	prod := actor(t, values{"csa": values{"endpoint": info.Endpoint, "username": info.Username, "password": info.Password}})
	config := values{"source": file, "csa": values{"mode": "update"}}
	if said := prod.plansAction(t, importAction, config); said != "" {
		t.Fatal(said)
	}
	if lines, said = prod.invokes(t.Context(), t, importAction, config, nil); said != "" {
		t.Fatal(said)
	}
	expectSaid(t, strings.Join(lines, "\n"), "has ended: SUCCEEDED.")
	expectCounts(t, server, "csa_export 1, csa_import 1")
}

// TestActionDoesNotWait: it ends with the start of its job.
func TestActionDoesNotWait(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	p := actor(t, romaSetup(server))
	config := values{"roma": values{"apps": []any{ordersApp}}, "wait_for_completion": false}
	lines, said := p.invokes(t.Context(), t, exportAction, config, nil)
	if said != "" {
		t.Fatal(said)
	}
	expectSaid(t, strings.Join(lines, "\n"), "has started.", "goes on on the server. Nobody waits for it.")
	expectCounts(t, server, "export 1, job 0, download 0")
	config["path"] = "a.zip"
	if said := p.plansAction(t, exportAction, config); !strings.Contains(said, "Error: Path needs the end of the job") {
		t.Error(said)
	}
}

// TestInterruptedAction: it ends at once, with the job's id, and says that nobody continues it.
func TestInterruptedAction(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		interrupt bool
		timeouts  any
		want      string
	}{
		"interrupted": {interrupt: true, want: "The run was interrupted while it waited for the import job"},
		"timeout":     {timeouts: values{"invoke": "700ms"}, want: "did not end within the timeout of 700ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			order(t, server, simulator.Fault{On: "import", Do: "never_end"})
			p := actor(t, romaSetup(server))
			file := fileWith(t, "orders.zip", goldenArchive(t))
			merge := values{"type": "Merge"}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			lines, said := p.invokes(ctx, t, importAction, values{"source": file, "roma": merge, "timeouts": row.timeouts}, func(string) {
				if row.interrupt {
					cancel()
				}
			})
			job := requestsOf(server, "import")[0].JobID
			expectSaid(t, said, "Error: Import job is still running", row.want, "Job id: "+job, "Nobody continues this job: an action keeps no state")
			if strings.Contains(said, "next apply") || strings.Contains(said, "untaint") {
				t.Errorf("speaks of a state: %s", said)
			}
			expectSaid(t, strings.Join(lines, "\n"), fmt.Sprintf("Import job %s has started.", job))
			// A run after it knows nothing of the job.
			server.Simulator.FinishJobs()
			if _, said := p.invokes(t.Context(), t, importAction, values{"source": file, "roma": merge}, nil); said != "" {
				t.Error(said)
			}
			expectCounts(t, server, "import 2")
		})
	}
}

// TestActionsThatFail: the words of the resource, and that nobody continues.
func TestActionsThatFail(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.zip")
	for name, row := range map[string]struct {
		fault  *simulator.Fault
		kind   string
		config values
		want   string
	}{
		"job":         {&simulator.Fault{On: "export", Do: "fail_job", Count: 1}, exportAction, values{"roma": values{"apps": []any{ordersApp}}, "path": file}, "Error: Export job failed"},
		"no source":   {nil, importAction, values{"source": file}, "Error: Source is not there"},
		"other bytes": {nil, importAction, values{"source": "testdata/orders.zip", "source_hash": strings.Repeat("0", 64)}, "Error: Archive is not the approved one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			if row.fault != nil {
				order(t, server, *row.fault)
			}
			_, said := actor(t, romaSetup(server)).invokes(t.Context(), t, row.kind, row.config, nil)
			if !strings.HasPrefix(said, row.want) || !strings.Contains(said, "An action keeps no state") {
				t.Error(said)
			}
			expectCounts(t, server, "import 0, download 0")
		})
	}
}

// TestRefusedActions: what the resources refuse is refused here.
func TestRefusedActions(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := actor(t, romaSetup(server))
	text := fileWith(t, "text.zip", "no archive")
	for _, row := range []struct {
		kind   string
		config values
		want   string
	}{
		{exportAction, values{}, "Nothing to export"},
		{exportAction, values{"roma": values{"apps": []any{}}}, "Nothing to export"},
		{exportAction, values{"csa": values{"artifact_id": "a"}}, "No path"},
		{exportAction, values{"roma": values{"apps": []any{"a"}}, "csa": values{"artifact_id": "a"}, "path": "a.zip"}, "More than one platform"},
		{exportAction, values{"roma": values{"apps": []any{"a"}}, "path": "new/"}, "Path is a directory"},
		{exportAction, values{"roma": values{"apps": []any{"a"}}, "path": text}, "Path is taken"},
		{exportAction, values{"roma": values{"apps": []any{"a"}}, "timeouts": values{"invoke": "0s"}}, "Timeout is not positive"},
		{exportAction, values{"roma": values{"apps": []any{"a"}}, "timeouts": values{"invoke": "2562048h"}}, "Timeout is too long"},
		{importAction, values{"source": ""}, "Empty value"},
		{importAction, values{"source": "a.zip", "roma": values{"type": "merge"}}, "Unknown import type"},
		{importAction, values{"source": "a.zip", "csa": values{"mode": "merge"}}, "Unknown mode"},
		{importAction, values{"source": "a.zip", "source_hash": ""}, "Empty value"},
		{importAction, values{"source": text}, "Source is no archive"},
	} {
		if said := p.plansAction(t, row.kind, row.config); !strings.HasPrefix(said, "Error: "+row.want) {
			t.Errorf("%s %v: %q, want %q", row.kind, row.config, said, row.want)
		}
	}
	// What is not known yet is no error.
	for kind, config := range map[string]values{
		exportAction: {"roma": values{"apps": undecided{}}, "path": undecided{}}, importAction: {"source": undecided{}, "roma": undecided{}},
	} {
		if said := p.plansAction(t, kind, config); said != "" {
			t.Error(said)
		}
	}
	if got := counts(server); got != "" {
		t.Errorf("requests: %s", got)
	}
}

// TestActionsHaveTheAttributesOfTheResources: what is sent is asked for in the same words.
func TestActionsHaveTheAttributesOfTheResources(t *testing.T) {
	t.Parallel()
	all := schemas()
	if len(all.ActionSchemas) != 2 {
		t.Fatalf("%d actions", len(all.ActionSchemas))
	}
	for name, schema := range all.ActionSchemas {
		of := map[string]*tfprotov6.SchemaAttribute{}
		for _, a := range all.ResourceSchemas[name].Block.Attributes {
			of[a.Name] = a
		}
		for _, a := range schema.Schema.Block.Attributes {
			switch a.Name {
			case "wait_for_completion", "timeouts":
				continue
			}
			same := of[a.Name]
			if same == nil || !same.ValueType().Equal(a.ValueType()) || same.Required != a.Required {
				t.Errorf("%s of the action %s is %v, of the resource %v", a.Name, name, a, same)
			}
		}
		describedAttributes(t, "action "+name, schema.Schema.Block.Attributes, false)
	}
}
