package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// An approved archive that somebody writes to after it was verified is not what was approved,
// and that is told: of a create and of an update.
func TestApprovedArchiveIsWrittenToWhileItIsSent(t *testing.T) {
	t.Parallel()
	for name, update := range map[string]bool{"create": false, "update": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			p := configured(t, romaSetup(server))
			file := filepath.Join(t.TempDir(), "release.zip")
			it := &managed{kind: "asset_import"}
			if update {
				put(t, file, pack(t, "Before"))
				says(t, p.reaches(t.Context(), t, it, importOf(server, file, nil), false))
				server.Simulator.ResetRequests()
			}
			put(t, file, pack(t, "Approved"))
			approved := sha256Of(t, file)
			// The server lets it wait for a second, and then gets other bytes of the same content.
			order(t, server, simulator.Fault{On: "import", Do: "busy"})
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				eventually(t, "the server was asked", func() bool { return counts(server, "import") == "import 1" })
				retime(t, file)
			}()
			said := p.reaches(t.Context(), t, it, importOf(server, file, values{"source_hash": approved}), false)
			<-ended
			says(t, said, "Warning: Another archive than source_hash says", approved, sha256Of(t, file))
			if archive, _ := p.shows(t, it)["archive"].(map[string]any); archive["sha256"] != sha256Of(t, file) {
				t.Errorf("the state has %v", archive)
			}
			expectCounts(t, server, "import 2")
		})
	}
}

// retime gives the first entry of a zip another time.
func retime(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Error(err)
		return
	}
	// The time of the local header (4.4.6 of PKWARE APPNOTE).
	_, err = f.WriteAt([]byte{0x21, 0x42}, 10)
	if closed := f.Close(); err != nil || closed != nil {
		t.Error(err, closed)
	}
}

// A plan that destroys an import whose job runs leaves that job to nobody: an import that is
// created beside it needs its archive.
func TestDestroyedImportIsNotContinuedByAPlan(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "release.zip")
	put(t, file, pack(t, "First"))
	order(t, server, simulator.Fault{On: "import", Do: "never_end"})
	it, config := &managed{kind: "asset_import"}, limited(importOf(server, file, nil))
	says(t, p.reaches(t.Context(), t, it, config, false), "Error: Import job is still running")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}

	p = configured(t, romaSetup(server))
	says(t, p.refresh(t, it), "Import job is under way")
	other := &managed{kind: "asset_import"}
	says(t, p.plan(t, other, config, false).said)
	says(t, p.plan(t, it, nil, false).said, "Import job goes on")
	says(t, p.plan(t, other, config, false).said, "Warning: Source is not there")
	expectCounts(t, server, "import 1")
}

// Where a job cannot be continued, what is sent in its place is verified like anything else.
func TestImportThatCannotBeContinuedIsVerified(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "release.zip")
	put(t, file, pack(t, "Approved"))
	config := limited(importOf(server, file, values{"source_hash": sha256Of(t, file)}))
	order(t, server, simulator.Fault{On: "import", Do: "never_end"})
	it := &managed{kind: "asset_import"}
	says(t, p.reaches(t.Context(), t, it, config, false), "Error: Import job is still running")

	retime(t, file)
	order(t, server, simulator.Fault{On: "job", Do: "status", Status: 404, Times: -1})
	p = configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, config, false), "Warning: Import starts again", "Error: Archive is not the approved one")
	expectCounts(t, server, "import 1")
}
