//go:build unix

package provider_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// notes are what runs that were cut off left beside their files.
func (s *site) notes() []string {
	s.t.Helper()
	var found []string
	for _, kind := range []string{"export*", "import-*", "note"} {
		more, err := filepath.Glob(filepath.Join(s.dir, ".*.asset-"+kind))
		if err != nil {
			s.t.Fatal(err)
		}
		found = append(found, more...)
	}
	return found
}

// cutOff kills terraform and its provider when a request of a kind was sent.
func (s *site) cutOff(kind string) {
	s.t.Helper()
	seen := s.count(kind)
	r := s.begin()
	s.requested(kind, seen+1)
	if err := signalGroup(r.cmd, syscall.SIGKILL); err != nil {
		s.t.Fatal(err)
	}
	r.wait(s.t, 10*time.Second)
	s.nobodyLeft()
	if len(s.notes()) != 1 {
		s.t.Errorf("notes: %q", s.notes())
	}
	s.server.Simulator.ClearFaults()
	ended(s)
}

// TestCutOffBeforeTheStateIsSaved: an archive has its name, and no state knows it. The next run knows whose it is.
func TestCutOffBeforeTheStateIsSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"))
	order(t, s.server, simulator.Fault{On: "export", Do: "never_end"})
	s.cutOff("job")
	note := map[string]any{}
	if err := json.Unmarshal(s.file(".x.zip.asset-export"), &note); err != nil {
		t.Fatal(err)
	}
	archive := pack(t, "app-x")
	sum := sha256.Sum256([]byte(archive))
	note["sha256"], note["size"], note["path"] = hex.EncodeToString(sum[:]), len(archive), "x.zip"
	note["content_digest"], note["archive_id"] = "digest", "archive-1"
	text, err := json.Marshal(note)
	if err != nil {
		t.Fatal(err)
	}
	s.write(".x.zip.asset-export", string(text))
	s.write("x.zip", archive)
	golden(t, "earlier run brought the archive", messages(t, s.apply(0, "-json").out))
	expectCounts(t, s.server, "export 1, download 0")
	if is := s.archive("asset_export.x"); is["sha256"] != note["sha256"] || is["content_digest"] == note["content_digest"] || len(s.notes()) > 0 {
		t.Errorf("archive %v, notes %q", is, s.notes())
	}
}

// TestCutOffImport: a job that was started is continued. Where nobody saw the answer, it is sent again and that is said.
func TestCutOffImport(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		do, reached, said string
		sent              string
	}{
		"in the wait":   {"never_end", "job", "Earlier run was cut off", "import 1"},
		"in the answer": {"hang", "import", "Archive may have been imported before", "import 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, importBlock("y"))
			s.write("y.zip", pack(t, "app-y"))
			order(t, s.server, simulator.Fault{On: "import", Do: row.do})
			s.cutOff(row.reached)
			r := s.apply(0, "-json")
			wants(t, r, row.said)
			golden(t, "earlier import was cut off "+name, messages(t, r.out))
			expectCounts(t, s.server, row.sent)
			s.job("asset_import.y", "SUCCEEDED", false)
			if len(s.notes()) > 0 {
				t.Errorf("notes: %q", s.notes())
			}
		})
	}
}

// TestCutOffAskedForSomethingElse: what was begun is named, and not continued.
func TestCutOffAskedForSomethingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"))
	order(t, s.server, simulator.Fault{On: "export", Do: "never_end"})
	s.cutOff("job")
	s.write(".x.zip.asset-part-1", "half")
	s.write("terraform.tfvars", "release = \"2\"\n")
	r := s.apply(0, "-json")
	golden(t, "earlier run asked for something else", messages(t, r.out))
	expectCounts(t, s.server, "export 2, download 1")
	if job := requestsOf(s.server, "export")[0].JobID; !strings.Contains(r.out, job) {
		t.Errorf("job %s is not named:\n%s", job, r.out)
	}
	if err := os.Remove(s.path(".x.zip.asset-part-1")); err != nil {
		t.Error(err)
	}
}

// TestCutOffAfterTheStateWasSaved: the state has the result, and nobody heard of the archive that was lost before. The next
// plan says so, and forgets it.
func TestCutOffAfterTheStateWasSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"))
	s.apply(0)
	text, err := json.Marshal(map[string]any{"fingerprint": "f", "job": s.job("asset_export.x", "SUCCEEDED", false), "lost": []string{"job-before"}})
	if err != nil {
		t.Fatal(err)
	}
	s.write(".x.zip.asset-export", string(text))
	golden(t, "earlier run was stored", messages(t, s.terraform("plan", "-json").out))
	if len(s.notes()) > 0 {
		t.Errorf("notes: %q", s.notes())
	}
	s.plan(false)
}
