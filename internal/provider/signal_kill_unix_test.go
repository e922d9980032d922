//go:build unix

package provider_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestKilled: a kill leaves what the contract says, the provider notices that
// terraform is gone, and the next apply continues the job, or says why it starts again.
func TestKilled(t *testing.T) {
	t.Parallel()
	wait := phase{reached: "job", faults: []simulator.Fault{{On: "export", Do: "never_end"}}}
	download := phase{reached: "download", midway: true, faults: []simulator.Fault{{On: "download", Do: "slow", BytesPerSecond: 20}}}
	alone := func(cmd *exec.Cmd) error { return cmd.Process.Kill() }
	everyone := func(cmd *exec.Cmd) error { return signalGroup(cmd, syscall.SIGKILL) }
	for name, row := range map[string]struct {
		phase
		kill func(*exec.Cmd) error
		// left is the most temporary files that may be left.
		left int
		// log: the log names the job.
		log bool
		// sent is what is sent with the next run.
		sent string
	}{
		"terraform, in the wait":           {wait, alone, 0, false, "export 1, download 1"},
		"terraform, in the wait, with log": {wait, alone, 0, true, "export 1, download 1"},
		"terraform, in the download":       {download, alone, 1, false, "export 2, download 2"},
		"the group, in the download":       {download, everyone, 1, false, "export 2, download 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := row.phase
			s := newSite(t, simulator.Options{}, exportBlock("x"))
			order(t, s.server, at.faults...)
			if row.log {
				s.setenv("TF_LOG_PROVIDER=info", "TF_LOG_PATH="+s.path("log"))
			} else {
				// A line of its log would end a provider whose terraform is gone.
				s.setenv("TF_LOG=off", "TF_LOG_SDK=off", "TF_LOG_PROVIDER=off")
			}
			r := s.begin()
			s.requested(at.reached, 1)
			if at.midway {
				eventually(t, "a download is under way", func() bool { return len(parts(t, s.dir)) > 0 })
			}
			begin := time.Now()
			if err := row.kill(r.cmd); err != nil {
				t.Fatal(err)
			}
			s.ends(r, -1)
			s.nobodyLeft()
			if took := time.Since(begin); took > promptly {
				t.Errorf("the provider ended %s after terraform", took)
			}
			if s.found("asset_export.x") != nil {
				t.Error("something is in the state")
			}
			if _, err := os.Stat(s.path("x.zip")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("there is something at path: %v", err)
			}
			if left := parts(t, s.dir); len(left) > row.left {
				t.Errorf("temporary files: %q", left)
			}
			if row.log {
				s.logsJob()
			}
			// Nobody else may be writing to what is that old.
			before := time.Now().Add(-2 * time.Hour)
			for _, left := range parts(t, s.dir) {
				if err := os.Chtimes(left, before, before); err != nil {
					t.Fatal(err)
				}
			}
			ended(s)
			wants(t, s.apply(0), "Earlier run was cut off", "Job id: ")
			expectCounts(t, s.server, row.sent)
			if left := s.notes(); len(left) > 0 {
				t.Errorf("notes: %q", left)
			}
			if left := parts(t, s.dir); len(left) > 0 {
				t.Errorf("the next run left %q", left)
			}
		})
	}
}

// logsJob fails the test unless terraform's log names the job.
func (s *site) logsJob() {
	s.t.Helper()
	log, err := os.ReadFile(s.path("log"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range s.server.Simulator.Requests() {
		named := bytes.Contains(log, []byte("export job started")) && bytes.Contains(log, []byte(r.JobID))
		if r.Kind == "export" && !named {
			s.t.Errorf("the log does not name job %s:\n%s", r.JobID, log)
		}
	}
}

// TestSecondInterrupt: terraform does not wait for the answer to the starting
// request any more, nobody stays behind, and the next apply starts again when
// the lost job has ended.
//
// Nothing is said here of the state: on a second interrupt Terraform 1.11
// empties a local state file, whatever the provider does.
func TestSecondInterrupt(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"))
	order(t, s.server, simulator.Fault{On: "export", Do: "slow", DelayMS: 20_000}, simulator.Fault{On: "export", Do: "never_end"})
	r := s.begin()
	s.requested("export", 1)
	begin := time.Now()
	for _, said := range []string{"Interrupt received", "Two interrupts received"} {
		if err := signalGroup(r.cmd, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		eventually(t, "terraform has noticed the signal", func() bool { return strings.Contains(r.out.String(), said) })
	}
	s.ends(r, 1)
	if took := time.Since(begin); took > promptly {
		t.Errorf("terraform ended %s after the signals", took)
	}
	s.nobodyLeft()
	s.server.Simulator.ClearFaults()
	ended(s)
	s.apply(0)
	if n := s.started("export"); n != 2 {
		t.Errorf("%d exports were started, want 2", n)
	}
}
