package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// startExport starts an export of the app orders on dev as another client
// would, and leaves the log empty.
func startExport(t *testing.T, server *simulator.Server) (jobID string) {
	t.Helper()
	info := server.Info.ROMA
	var answer struct {
		JobID string `json:"job_id"`
	}
	ask(t, server, http.MethodPost, "/assets/export", fmt.Sprintf(`{"apps":[{"id":%q}],"tasks":[]}`, ordersApp), &answer)
	if answer.JobID == "" {
		t.Fatalf("no job on %s", info.Instances["dev"])
	}
	server.Simulator.ResetRequests()
	return answer.JobID
}

// ask sends a request to the instance dev with a token.
func ask(t *testing.T, server *simulator.Server, method, path, body string, into any) {
	t.Helper()
	info := server.Info.ROMA
	req, err := http.NewRequestWithContext(t.Context(), method,
		info.Endpoint+"/v2/"+info.ProjectID+"/instances/"+info.Instances["dev"]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", tokenFrom(t, server))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP status %d, %v", resp.StatusCode, err)
	}
}

// readJob reads a job of the instance dev.
func readJob(ctx context.Context, t *testing.T, p *plugin, id string) (map[string]any, string) {
	t.Helper()
	return p.read(ctx, t, "asset_job", values{"roma": values{"job_id": id}})
}

// TestJobInBothVocabularies: whatever the server's words, a job reads the same.
func TestJobInBothVocabularies(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		vocabulary simulator.Vocabulary
		faults     []simulator.Fault
	}{
		"current":                {"current", nil},
		"2022":                   {"2022", nil},
		"times in seconds":       {"current", []simulator.Fault{{On: "job", Do: "times_as_numbers", Unit: "seconds"}}},
		"no progress":            {"current", []simulator.Fault{{On: "job", Do: "no_progress"}}},
		"archive id in entities": {"current", []simulator.Fault{{On: "job", Do: "archive_id_in_entities"}}},
		"another word":           {"current", []simulator.Fault{{On: "job", Do: "status_word", Word: "succeeded"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Vocabulary: row.vocabulary})
			id := startExport(t, server)
			order(t, server, row.faults...)
			job, said := readJob(t.Context(), t, configured(t, romaSetup(server)), id)
			if said != "" {
				t.Fatal(said)
			}
			for _, at := range []string{"begin_time", "end_time"} {
				text, _ := job[at].(string)
				if _, err := time.Parse(time.RFC3339, text); err != nil {
					t.Error(err)
				}
				delete(job, at)
			}
			if archive, _ := job["archive_id"].(string); archive == "" {
				t.Error("no archive id")
			}
			delete(job, "archive_id")
			delete(job, "roma")
			want := map[string]any{
				"platform": "roma", "instance": server.Info.ROMA.Instances["dev"], "csa": nil, "type": "exportAsset", "status": "SUCCEEDED",
				"progress": 1.0, "reasons": []any{}, "import_result": nil,
			}
			if !reflect.DeepEqual(job, want) {
				t.Errorf("got  %v\nwant %v", job, want)
			}
			expectCounts(t, server, "job 1, export 0, download 0")
		})
	}
}

func TestJobThatIsNotDone(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	running, said := readJob(t.Context(), t, p, startExport(t, server))
	if said != "" || running["status"] != "RUNNING" || running["progress"] != 0.35 || running["archive_id"] != nil || running["end_time"] != nil {
		t.Errorf("%v, %s", running, said)
	}
}

// TestJobThatFailed has every reason that the server gave, in each shape.
func TestJobThatFailed(t *testing.T) {
	t.Parallel()
	reason := map[string]any{"resource_type": "task", "resource_name": "Überwachung", "error_code": "ROMA.13000", "error_msg": "it exists"}
	other := map[string]any{"resource_type": "application", "resource_name": "orders", "error_code": "ROMA.10011", "error_msg": "broken"}
	for name, row := range map[string]struct {
		field, shape string
		want         []any
	}{
		"reason":             {"reason", "array", []any{reason, other}},
		"reasons":            {"reasons", "array", []any{reason, other}},
		"reasons, an object": {"reasons", "object", []any{reason}},
		"reason, a string": {"reason", "string", []any{map[string]any{
			"resource_type": "", "resource_name": "", "error_code": "", "error_msg": "ROMA.13000: it exists",
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			one := simulator.Reason{ResourceType: "task", ResourceName: "Überwachung", ErrorCode: "ROMA.13000", ErrorMsg: "it exists"}
			two := simulator.Reason{ResourceType: "application", ResourceName: "orders", ErrorCode: "ROMA.10011", ErrorMsg: "broken"}
			order(t, server, simulator.Fault{On: "export", Do: "fail_job", Reasons: []simulator.Reason{one, two}})
			id := startExport(t, server)
			order(t, server, simulator.Fault{On: "job", Do: "reason_field", Field: row.field, Shape: row.shape})
			job, said := readJob(t.Context(), t, configured(t, romaSetup(server)), id)
			if said != "" || job["status"] != "FAILED" || !reflect.DeepEqual(job["reasons"], row.want) {
				t.Errorf("%v, %s", job, said)
			}
		})
	}
}

// TestJobOfCSA looks at the record of an import that was made by terraform.
func TestJobOfCSA(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, csaImport(`mode = "update"`)+`
data "asset_job" "it" {
  csa = { record_id = asset_import.it.job_id }
}
data "asset_inventory" "it" {
  csa        = { name = "Linux Server mit Überwachung" }
  depends_on = [asset_import.it]
}
`)
	w.write("it.zip", csaArchive(t, server, csaOffering))
	w.apply(0)
	w.plan(false)
	job := w.state("data.asset_job.it")
	result, _ := job["import_result"].(map[string]any)
	if job["status"] != "SUCCEEDED" || job["type"] != "import" || job["progress"] != 1.0 || job["platform"] != "csa" || job["archive_id"] != nil ||
		job["end_time"] == nil || result["status"] != "SUCCESS" || result["user"] != "admin" || result["summary"] == "" {
		t.Errorf("%v", job)
	}
	expectColumn(t, result["entries"], "display_name",
		"Linux Server mit Überwachung", "Simple Compute Linux", "vCenter Offering", "Sicherung & Wiederherstellung")
	expectCounts(t, server, "csa_import 1")
}
