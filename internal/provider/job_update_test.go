package provider_test

import (
	"os"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestInterruptedUpdate: an update is interrupted, the prior state stands, and
// the next apply continues its job.
func TestInterruptedUpdate(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]continued{
		"export that still runs":      {kind: "export", terraform: true, next: while, sent: "export 2, download 2", want: []string{"Export job is under way"}},
		"import that still runs":      {kind: "import", terraform: true, next: while, sent: "import 2", want: []string{"Import job is under way"}},
		"export that has ended":       {kind: "export", meanwhile: ended, sent: "export 2, download 2", never: []string{"starts again"}},
		"export without refresh":      {kind: "export", terraform: true, meanwhile: ended, next: withArgs("-refresh=false", "-parallelism=1"), sent: "export 2, download 2"},
		"import with a saved plan":    {kind: "import", meanwhile: ended, next: saved, sent: "import 2"},
		"export that was forgotten":   {kind: "export", meanwhile: forgotten, anew: true, sent: "export 3, download 2", want: []string{"Export starts again", "does not know it any more"}},
		"export with a taken archive": {kind: "export", meanwhile: taken, anew: true, sent: "export 3, download 2", want: []string{"Export starts again", "no longer on the server"}},
		"import whose file is gone": {kind: "import", sent: "import 2", meanwhile: func(s *site) {
			ended(s)
			if err := os.Remove(s.path("x.zip")); err != nil {
				s.t.Fatal(err)
			}
		}},
		"import of other content": {kind: "import", anew: true, sent: "import 3", meanwhile: func(s *site) {
			ended(s)
			s.write("x.zip", pack(s.t, "another-app"))
		}},
		"export of another release": {kind: "export", anew: true, sent: "export 3, download 2", meanwhile: func(s *site) { ended(s); s.setenv("TF_VAR_release=3") }},
		"export that goes back":     {kind: "export", anew: true, sent: "export 3, download 2", meanwhile: func(s *site) { ended(s); s.setenv("TF_VAR_release=1") }},
		"import that goes back":     {kind: "import", anew: true, sent: "import 3", meanwhile: func(s *site) { ended(s); s.setenv("TF_VAR_release=1") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, map[string]string{"export": exportBlock("x"), "import": importBlock("x")}[row.kind])
			if !row.terraform {
				s.inProcess()
			}
			address := "asset_" + row.kind + ".x"
			if row.kind == "import" {
				s.write("x.zip", pack(t, "app-x"))
			}
			s.apply(0)
			before := s.job(address, "SUCCEEDED", false)
			s.setenv("TF_VAR_release=2")
			s.leave(row.kind)
			if got := s.job(address, "SUCCEEDED", false); got != before {
				t.Errorf("the state has job %s, want %s", got, before)
			}
			interrupted, _ := s.remembered(address)
			if interrupted == "" || interrupted == before {
				t.Fatalf("private state has job %q", interrupted)
			}
			if row.meanwhile != nil {
				row.meanwhile(s)
			}
			next := row.next
			if next == nil {
				next = withArgs()
			}
			r := next(s)
			if last := s.job(address, "SUCCEEDED", false); last == before || (last != interrupted) != row.anew {
				t.Errorf("jobs %s, %s, %s\n%s", before, interrupted, last, r.out)
			}
			if job, left := s.remembered(address); left {
				t.Errorf("private state still has job %q", job)
			}
			expectCounts(t, s.server, row.sent)
			wants(t, r, row.want...)
			lacks(t, r, row.never...)
		})
	}
}

// TestFailedUpdate: whatever ended an update, the state is as it was before,
// and what was started and did not succeed is planned again even if the
// configuration goes back. What was never started is not.
func TestFailedUpdate(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault   simulator.Fault
		limit   string
		want    string
		started bool
	}{
		"failed job":  {simulator.Fault{On: "import", Do: "fail_job"}, "60s", "Import job failed", true},
		"lost answer": {simulator.Fault{On: "import", Do: "drop_after"}, "60s", "Outcome unknown", true},
		"refused":     {simulator.Fault{On: "import", Do: "status", Status: 403}, "60s", "Import request refused", false},
		"never free":  {simulator.Fault{On: "import", Do: "busy", Times: -1}, "3s", "Another asset job is running", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, importBlock("x")).inProcess()
			s.write("x.zip", pack(t, "app-x"))
			s.apply(0)
			before := s.found("asset_import.x")
			order(t, s.server, row.fault)
			s.setenv("TF_VAR_release=2", "TF_VAR_limit="+row.limit)
			wants(t, s.apply(1), row.want)
			s.setenv("TF_VAR_release=1", "TF_VAR_limit=60s")
			after := s.found("asset_import.x")
			for _, name := range []string{"job_id", "status", "begin_time", "end_time"} {
				if before.Attributes[name] != after.Attributes[name] {
					t.Errorf("%s was %v, is %v", name, before.Attributes[name], after.Attributes[name])
				}
			}
			if job, left := s.remembered("asset_import.x"); left != row.started || job != "" {
				t.Errorf("private state has an entry: %t, with job %q", left, job)
			}
			s.server.Simulator.ClearFaults()
			r := s.plan(row.started)
			lacks(t, r, "is under way")
			if row.started {
				s.apply(0)
				s.plan(false)
			}
		})
	}
}
