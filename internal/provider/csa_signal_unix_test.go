//go:build unix

package provider_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCSAInterrupted interrupts an import while its answer is waited for, and
// a preview: terraform ends soon, nothing is in the state, nothing more is
// sent, and the message says what may have happened.
func TestCSAInterrupted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ kind, options, says, sent string }{
		{"csa_import", ``, "The server may have performed it, or may still be at it.", "csa_preview 0, csa_import 1"},
		{"csa_preview", `preview = true`, "The import was not sent.", "csa_preview 1, csa_import 0"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			w := csaWorkspace(t, server, csaImport(test.options))
			w.write("it.zip", csaArchive(t, server, csaDesign))
			order(t, server, simulator.Fault{On: test.kind, Do: "never_end"})
			r := w.start("apply", "-auto-approve")
			eventually(t, "the archive has arrived", func() bool { return server.Simulator.State().CSA["prod"].Running == 1 })
			begin := time.Now()
			if err := signalGroup(r.cmd, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			end := r.wait(t, time.Minute)
			if took := time.Since(begin); end.code != 1 || took > promptly {
				t.Errorf("terraform ended with %d, %s after the signal:\n%s", end.code, took, end.out)
			}
			expectSaid(t, end.out, "Outcome unknown", "the run was ended, by its timeout or an interrupt", test.says)
			if state := w.state("asset_import.it"); state != nil {
				t.Errorf("the state has %v", state)
			}
			expectCounts(t, server, test.sent)
		})
	}
}
