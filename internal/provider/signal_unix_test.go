//go:build unix

package provider_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// promptly is how long terraform may take to end after a signal: the second
// of the provider, and what terraform itself needs on a busy machine.
const promptly = 3 * time.Second

// phase is a moment of a run in which a signal arrives.
type phase struct {
	kind   string
	faults []simulator.Fault
	// reached is the request during which the signal is sent.
	reached string
	want    []string
	// all: every signal is tried, and not only the one that would end the
	// provider if it did not ignore it.
	all bool
	// midway: the signal waits for the temporary file of the download.
	midway bool
	// block is the configuration, where it is not that of the kind.
	block string
	// kept: the job id is in the state afterwards.
	kept bool
	// after is what was sent until terraform had ended, where it matters; sent
	// includes the next apply.
	after, sent string
}

var phases = map[string]phase{
	"look-up of the project": {
		kind: "export", reached: "projects", after: "export 0", sent: "export 1, download 1",
		faults: []simulator.Fault{{On: "projects", Do: "slow", DelayMS: 400}},
		want:   []string{"Export was not started", "Nothing was started on the server"},
	},
	"start of an export, throttled": {
		kind: "export", reached: "export", after: "export 1", sent: "export 2, download 1",
		faults: []simulator.Fault{{On: "export", Do: "status", Status: 429}},
		want:   []string{"Export was not started", "Nothing was started on the server"},
	},
	"start of an export, answered": {
		kind: "export", all: true, reached: "export", kept: true, sent: "export 1, download 1",
		faults: []simulator.Fault{{On: "export", Do: "slow", DelayMS: 400}, {On: "export", Do: "never_end"}},
		want:   []string{"Export job is still running"},
	},
	"start of an import, answered": {
		kind: "import", reached: "import", kept: true, sent: "import 1",
		faults: []simulator.Fault{{On: "import", Do: "slow", DelayMS: 400}, {On: "import", Do: "never_end"}},
		want:   []string{"Import job is still running"},
	},
	"start of an import, not answered": {
		kind: "import", all: true, reached: "import", sent: "import 2",
		faults: []simulator.Fault{{On: "import", Do: "hang"}},
		want:   []string{"Outcome unknown", "A job may have been started"},
	},
	"wait for an export": {
		kind: "export", all: true, reached: "job", kept: true, sent: "export 1, download 1",
		faults: []simulator.Fault{{On: "export", Do: "never_end"}},
		want:   []string{"Export job is still running", "The run was interrupted"},
	},
	"look at an import": {
		kind: "import", reached: "job", kept: true, sent: "import 1",
		faults: []simulator.Fault{{On: "import", Do: "never_end"}, {On: "job", Do: "hang"}},
		want:   []string{"Import job is still running"},
	},
	"wait for other people's job": {
		kind: "import", reached: "import", sent: "import 2",
		faults: []simulator.Fault{{On: "import", Do: "busy"}},
		want:   []string{"Another asset job is running", "before the run was interrupted"},
	},
	"download that does not begin": {
		kind: "export", reached: "download", kept: true, sent: "export 2, download 2",
		faults: []simulator.Fault{{On: "download", Do: "slow", DelayMS: 60_000}},
		want:   []string{"Download interrupted", "asks for the archive again"},
	},
	"download": {
		kind: "export", all: true, reached: "download", midway: true, kept: true, sent: "export 2, download 2",
		faults: []simulator.Fault{{On: "download", Do: "slow", BytesPerSecond: 20}},
		want:   []string{"Download interrupted", "asks for the archive again"},
	},
	"upload to a store": {
		kind: "export", block: exportInto(releases), all: true, reached: "store_put", kept: true, sent: "export 1, download 1",
		faults: []simulator.Fault{{On: "store_put", Do: "hang"}},
		want:   []string{"Archive is not in the store yet", "may be the only copy"},
	},
	"fetch from a store": {
		kind: "import", block: strings.Replace(importBlock("x"), "x.zip", releases, 1), reached: "store_get", sent: "import 1",
		faults: []simulator.Fault{{On: "store_get", Do: "hang"}},
		want:   []string{"Archive cannot be fetched", "the run was interrupted"},
	},
}

// TestSignals: whenever a signal comes, and whoever gets it, terraform ends
// soon with the job in its state, no process stays behind, and the next apply
// goes on.
func TestSignals(t *testing.T) {
	t.Parallel()
	for name, at := range phases {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			for who, send := range map[string]func(*exec.Cmd, syscall.Signal) error{
				"terraform": func(cmd *exec.Cmd, s syscall.Signal) error { return cmd.Process.Signal(s) },
				"the group": signalGroup,
			} {
				hardest := signal == syscall.SIGTERM && who == "the group"
				if !at.all && !hardest {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s to %s", name, signal, who), func(t *testing.T) {
					t.Parallel()
					at.play(t, func(cmd *exec.Cmd) error { return send(cmd, signal) }, hardest)
				})
			}
		}
	}
}

func (at phase) play(t *testing.T, interrupt func(*exec.Cmd) error, thenApply bool) {
	t.Helper()
	block := map[string]string{"export": exportBlock("x"), "import": importBlock("x")}[at.kind]
	if at.block != "" {
		block = at.block
	}
	s := newSite(t, simulator.Options{}, block)
	s.setenv(storeVariables(s.server)...)
	address := "asset_" + at.kind + ".x"
	before := ""
	if at.kind == "import" {
		before = pack(t, "app-x")
		s.write("x.zip", before)
		if err := s.server.Simulator.PutObject("obs", storeBucket, "orders.zip", []byte(before), nil); err != nil {
			t.Fatal(err)
		}
	}
	order(t, s.server, at.faults...)
	r := s.begin()
	s.requested(at.reached, 1)
	if at.midway {
		eventually(t, "a download is under way", func() bool { return len(parts(t, s.dir)) > 0 })
	}
	begin := time.Now()
	if err := interrupt(r.cmd); err != nil {
		t.Fatal(err)
	}
	end := s.ends(r, 1)
	took := time.Since(begin)
	t.Logf("terraform ended %s after the signal", took.Round(10*time.Millisecond))
	if took > promptly {
		t.Errorf("terraform ended %s after the signal", took)
	}
	wants(t, end, at.want...)
	if at.kept {
		s.job(address, "RUNNING", true)
	} else if s.found(address) != nil {
		t.Error("something is in the state")
	}
	if now, err := os.ReadFile(s.path("x.zip")); string(now) != before || (before == "") != errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file at path is not what it was: %v", err)
	}
	if left := parts(t, s.dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	s.nobodyLeft()
	if at.after != "" {
		expectCounts(t, s.server, at.after)
	}
	if !thenApply {
		return
	}
	s.server.Simulator.ClearFaults()
	ended(s)
	s.apply(0)
	s.job(address, "SUCCEEDED", false)
	expectCounts(t, s.server, at.sent)
}

// nobodyLeft fails the test if a process that was started in the workspace is
// still there.
func (s *site) nobodyLeft() {
	s.t.Helper()
	eventually(s.t, "no process of "+s.dir+" is left", func() bool { return len(s.processes()) == 0 })
}

// processes lists the provider processes that work in the workspace, where
// the system has a directory that tells.
func (s *site) processes() []string {
	s.t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		s.t.Fatal(err)
	}
	// A process may end while it is looked at.
	return slices.DeleteFunc(links, func(link string) bool {
		dir, err := os.Readlink(link)
		if err != nil || dir != s.dir {
			return true
		}
		program, err := os.Readlink(filepath.Join(filepath.Dir(link), "exe"))
		return err != nil || filepath.Base(program) != "terraform-provider-asset"
	})
}

// TestInterruptedBetweenDeleteAndCreate: Terraform has deleted two tainted
// resources and creates them one at a time when it is interrupted. What it did
// not come to is gone from the state, and the run says so.
func TestInterruptedBetweenDeleteAndCreate(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("a"), exportBlock("b", `if_missing = "keep"`))
	jobs := map[string]string{}
	for _, name := range []string{"a", "b"} {
		s.leave("export", "-target=asset_export."+name)
		ended(s)
		jobs[name] = s.job("asset_export."+name, "RUNNING", true)
	}
	order(t, s.server, simulator.Fault{On: "download", Do: "slow", DelayMS: 20_000, Times: -1})
	r := s.begin("-parallelism=1")
	s.requested("download", 1)
	if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	end := s.ends(r, 1)
	kept, forgotten := "a", "b"
	if s.found("asset_export.a") == nil {
		kept, forgotten = forgotten, kept
	}
	if s.found("asset_export."+forgotten) != nil {
		t.Fatalf("both are in the state:\n%s", end.out)
	}
	s.job("asset_export."+kept, "RUNNING", true)
	wants(t, end, "Interrupted jobs are forgotten", "Job id: ")
	for name, job := range jobs {
		if !strings.Contains(end.out, job) {
			t.Errorf("the output does not name the job of %s:\n%s", name, end.out)
		}
	}
}
