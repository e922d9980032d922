package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// continued is a row of the tests of an interrupted create: an apply starts a
// job and gives up, something happens, and the next apply brings it to its
// end. sent is what the two of them send together.
type continued struct {
	kind      string
	meanwhile func(*site)
	// next runs the second apply; nil is a plain one.
	next func(*site) result
	sent string
	// terraform: a real one plays it, because it is about what only that does.
	terraform bool
	// anew: the second apply starts another job.
	anew        bool
	want, never []string
}

func (c continued) play(t *testing.T) {
	t.Helper()
	s := newSite(t, simulator.Options{}, map[string]string{"export": exportBlock("x"), "import": importBlock("x")}[c.kind])
	if !c.terraform {
		s.inProcess()
	}
	address := "asset_" + c.kind + ".x"
	if c.kind == "import" {
		s.write("x.zip", pack(t, "app-x"))
	}
	s.leave(c.kind)
	first := s.job(address, "RUNNING", true)
	if c.meanwhile != nil {
		c.meanwhile(s)
	}
	next := c.next
	if next == nil {
		next = func(s *site) result { return s.apply(0) }
	}
	r := next(s)
	if second := s.job(address, "SUCCEEDED", false); (second != first) != c.anew {
		t.Errorf("first job %s, second %s\n%s", first, second, r.out)
	}
	expectCounts(t, s.server, c.sent)
	wants(t, r, c.want...)
	lacks(t, r, c.never...)
}

func ended(s *site) { s.server.Simulator.FinishJobs() }

// while runs an apply and ends the job when it has been looked at once more.
func while(s *site) result {
	looks := s.count("job")
	r := s.begin()
	s.requested("job", looks+1)
	s.server.Simulator.FinishJobs()
	return s.ends(r, 0)
}

func withArgs(args ...string) func(*site) result {
	return func(s *site) result { return s.apply(0, args...) }
}

// saved plans, and applies what was planned.
func saved(s *site) result {
	s.plan(true, "-out=saved")
	r := s.terraform("apply", "saved")
	if r.code != 0 {
		s.t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	}
	return r
}

func untainted(s *site) result {
	if r := s.terraform("untaint", strings.Fields(s.terraform("state", "list").out)[0]); r.code != 0 {
		s.t.Fatalf("untaint:\n%s", r.out)
	}
	return s.apply(0)
}

func TestInterruptedCreate(t *testing.T) {
	t.Parallel()
	const oneExport, oneImport = "export 1, download 1", "import 1"
	for name, row := range map[string]continued{
		"export that still runs": {kind: "export", terraform: true, next: while, sent: oneExport, want: []string{"Export job is under way"}},
		"import that still runs": {kind: "import", terraform: true, next: while, sent: oneImport, want: []string{"Import job is under way"}},
		"export that has ended":  {kind: "export", meanwhile: ended, sent: oneExport, never: []string{"starts again"}},
		"import that has ended":  {kind: "import", meanwhile: ended, sent: oneImport, never: []string{"starts again"}},
		"import whose file is gone": {kind: "import", sent: oneImport, meanwhile: func(s *site) {
			ended(s)
			if err := os.Remove(s.path("x.zip")); err != nil {
				s.t.Fatal(err)
			}
		}},
		"import of other content": {kind: "import", anew: true, sent: "import 2", meanwhile: func(s *site) {
			ended(s)
			s.write("x.zip", pack(s.t, "another-app"))
		}},
		"import whose file was packed anew": {kind: "import", sent: oneImport, meanwhile: func(s *site) {
			ended(s)
			s.write("x.zip", pack(s.t, "app-x"))
		}},
		"export of another release":   {kind: "export", anew: true, sent: "export 2, download 1", meanwhile: func(s *site) { ended(s); s.setenv("TF_VAR_release=2") }},
		"export without refresh":      {kind: "export", terraform: true, meanwhile: ended, next: withArgs("-refresh=false"), sent: oneExport},
		"import with a saved plan":    {kind: "import", meanwhile: ended, next: saved, sent: oneImport},
		"export after untaint":        {kind: "export", terraform: true, meanwhile: ended, next: untainted, sent: oneExport},
		"import after untaint":        {kind: "import", terraform: true, next: func(s *site) result { ended(s); return untainted(s) }, sent: oneImport},
		"export that is replaced":     {kind: "export", meanwhile: ended, next: withArgs("-replace=asset_export.x"), sent: oneExport},
		"export that was forgotten":   {kind: "export", meanwhile: forgotten, anew: true, sent: "export 2, download 1", want: []string{"Export starts again", "does not know it any more"}},
		"import that was forgotten":   {kind: "import", meanwhile: forgotten, anew: true, sent: "import 2", want: []string{"Import starts again"}},
		"export with a taken archive": {kind: "export", meanwhile: taken, anew: true, sent: "export 2, download 1", want: []string{"Export starts again", "no longer on the server"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.play(t)
		})
	}
}

// forgotten makes the server forget the job at the next look.
func forgotten(s *site) { order(s.t, s.server, simulator.Fault{On: "job", Do: "forget_job"}) }

// taken makes the job end without an archive id, as after a download.
func taken(s *site) {
	ended(s)
	order(s.t, s.server, simulator.Fault{On: "job", Do: "no_archive_id"})
}

// TestInterruptedCreateThatFailed: the server calls the job failed, so the
// next apply starts another. Without an apply in between the state stands.
func TestInterruptedCreateThatFailed(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x")).inProcess()
	order(t, s.server, simulator.Fault{On: "export", Do: "fail_job", Count: 2})
	s.leave("export")
	ended(s)
	first := s.job("asset_export.x", "RUNNING", true)
	r := s.apply(0)
	wants(t, r, "Export starts again", "it has failed", `application "orders-1"`, `application "orders-2"`, "Job id: "+first)
	expectCounts(t, s.server, "export 2, download 1")
	if second := s.job("asset_export.x", "SUCCEEDED", false); second == first {
		t.Error("the state has the failed job")
	}
}

// TestFinishedIsReplaced: -replace of what is finished runs it again.
func TestFinishedIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"), importBlock("y"))
	s.write("y.zip", pack(t, "app-y"))
	s.apply(0)
	first := s.job("asset_export.x", "SUCCEEDED", false)
	s.apply(0, "-replace=asset_export.x", "-replace=asset_import.y")
	if s.job("asset_export.x", "SUCCEEDED", false) == first {
		t.Error("the job is the same")
	}
	expectCounts(t, s.server, "export 2, download 2, import 2")
}

// TestRunningStateIsUsable: a state with an unfinished job can be refreshed,
// shown and used in outputs, and destroying it sends nothing.
func TestRunningStateIsUsable(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"), importBlock("y"), `
output "x" { value = "${asset_export.x.archive.path} ${asset_export.x.status} ${jsonencode(asset_export.x.archive)}" }
output "y" { value = "${asset_import.y.status} ${length(asset_import.y.messages)} ${length(asset_import.y.artifacts)}" }
`)
	s.write("y.zip", pack(t, "app-y"))
	s.leave("export", "-target=asset_export.x")
	ended(s)
	s.leave("import", "-target=asset_import.y")
	ended(s)
	wants(t, s.apply(0, "-refresh-only"), "Export job is under way", "Import job is under way")
	for name, want := range map[string]string{
		"x": `x.zip RUNNING {"content_digest":null,"path":"x.zip","sha256":null,"size":null}`, "y": "RUNNING 0 0",
	} {
		if got := strings.TrimSpace(s.terraform("output", "-raw", name).out); got != want {
			t.Errorf("output %s is %q, want %q", name, got, want)
		}
	}
	s.job("asset_export.x", "RUNNING", true)
	s.server.Simulator.ResetRequests()
	r := s.terraform("destroy", "-auto-approve")
	if r.code != 0 || s.found("asset_export.x") != nil {
		t.Errorf("destroy ended with %d:\n%s", r.code, r.out)
	}
	wants(t, r, "Export job goes on", "Import job goes on")
	expectCounts(t, s.server, "export 0, import 0, job 0, delete 0")
}

// TestErrorsKeepTheJob: whatever goes wrong while a job is continued, its id
// stays in the state.
func TestErrorsKeepTheJob(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*site){
		"no credentials":    func(s *site) { s.setenv("HW_SECRET_KEY=") },
		"wrong credentials": func(s *site) { s.setenv("HW_SECRET_KEY=wrong") },
		"no server":         func(s *site) { s.setenv("ROMA_ENDPOINT=http://127.0.0.1:1", "HW_MAX_RETRIES=0", "TF_VAR_limit=1s") },
		"a file where the directory should be": func(s *site) {
			s.write("sub", "")
			s.write("main.tf", jobHead+strings.Replace(exportBlock("x"), `"x.zip"`, `"sub/x.zip"`, 1))
		},
		"a refused download": func(s *site) { order(s.t, s.server, simulator.Fault{On: "download", Do: "status", Status: 503}) },
		"a page for a download": func(s *site) {
			order(s.t, s.server, simulator.Fault{On: "download", Do: "raw_body", Body: "<html>", ContentType: "text/html"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, exportBlock("x")).inProcess()
			s.leave("export")
			ended(s)
			first := s.job("asset_export.x", "RUNNING", true)
			main, err := os.ReadFile(s.path("main.tf"))
			if err != nil {
				t.Fatal(err)
			}
			before := s.env
			spoil(s)
			wants(t, s.apply(1), "continue", first)
			if got := s.job("asset_export.x", "RUNNING", true); got != first {
				t.Errorf("job %s, want %s", got, first)
			}
			s.env = before
			s.write("main.tf", string(main))
			s.apply(0)
			expectCounts(t, s.server, "export 1")
		})
	}
}
