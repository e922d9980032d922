package provider_test

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestDestroyTellsOfAJobUnderWay destroys an export whose update was
// interrupted: its job is in private state alone, and goes on.
func TestDestroyTellsOfAJobUnderWay(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, exportOnly)
	w.apply(0)
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	w.write("main.tf", strings.ReplaceAll(exportOnly, `path = "orders.zip"`, `path = "orders.zip"
  triggers = { release = "2" }
  timeouts = { update = "1s" }`))
	w.apply(1)
	var job string
	for _, r := range server.Simulator.Requests() {
		if r.Kind == "export" {
			job = r.JobID
		}
	}
	server.Simulator.ResetRequests()
	r := w.terraform("plan", "-destroy")
	if r.code != 0 || job == "" || !strings.Contains(r.out, "Export job goes on") || !strings.Contains(r.out, "Job id: "+job) {
		t.Errorf("plan -destroy ended with %d and does not tell of job %s:\n%s", r.code, job, r.out)
	}
	if got := counts(server); got != "" {
		t.Errorf("it sent %s", got)
	}
}
