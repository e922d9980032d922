package provider_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestBrokenDownload: the one download of an archive breaks twice. The export
// runs again each time, and each time is named.
func TestBrokenDownload(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x")).inProcess()
	order(t, s.server, simulator.Fault{On: "download", Do: "cut", Bytes: 100}, simulator.Fault{On: "download", Do: "bad_zip", Variant: "truncated"})
	wants(t, s.apply(0), "Download broke, exporting again (1 of at most 2)", "Download broke, exporting again (2 of at most 2)", "Archive id: ")
	expectCounts(t, s.server, "export 3, download 3")
	served := s.server.Simulator.ServedArchives()
	archive, _ := s.found("asset_export.x").Attributes["archive"].(map[string]any)
	if len(served) == 0 || archive["sha256"] != served[len(served)-1].SHA256 {
		t.Errorf("the state has %v, the last archive was %v", archive, served)
	}
	if left := parts(t, s.dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestPreviousArchiveSurvives: whatever keeps a new archive from its path,
// what was there before is still there, nothing half-written is beside it, and
// the error names the file.
func TestPreviousArchiveSurvives(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]obstacle{
		"three broken streams": {
			faults: []simulator.Fault{{On: "download", Do: "cut", Bytes: 100, Times: 3}},
			want:   []string{"Download broke", "also not after the export had run again", `"x.zip"`}, sent: "export 3, download 3", then: "export 4, download 4",
		},
		"a page": {
			faults: []simulator.Fault{{On: "download", Do: "not_a_zip", ContentType: "text/html"}},
			want:   []string{"Download is no archive", "502 Bad Gateway"}, sent: "export 1, download 1", then: "export 2, download 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.play(t)
		})
	}
}

// obstacle is something that keeps a new archive from its path.
type obstacle struct {
	faults []simulator.Fault
	// blocks is the longest file that a process may write, in blocks of 512
	// bytes; 0 for no limit.
	blocks int
	want   []string
	// sent is what the log has then, and then what it has after a run
	// without the obstacle.
	sent, then string
}

func (o obstacle) play(t *testing.T) {
	t.Helper()
	s := newSite(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{
		"dev": {Apps: []simulator.App{{ID: ordersApp, Name: "orders", Size: 1 << 20}}}, "prod": {},
	}}}, exportBlock("x")).inProcess()
	s.apply(0)
	previousArchive, err := os.ReadFile(s.path("x.zip"))
	if err != nil {
		t.Fatal(err)
	}
	s.server.Simulator.ResetRequests()
	s.setenv("TF_VAR_release=2")
	order(t, s.server, o.faults...)
	s.blocks = o.blocks
	wants(t, s.apply(1), o.want...)
	s.blocks = 0
	expectCounts(t, s.server, o.sent)
	if text, err := os.ReadFile(s.path("x.zip")); err != nil || !bytes.Equal(text, previousArchive) {
		t.Errorf("x.zip has %d other bytes, %v", len(text), err)
	}
	if left := parts(t, s.dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	s.apply(0)
	expectCounts(t, s.server, o.then)
	if text, err := os.ReadFile(s.path("x.zip")); err != nil || !bytes.HasPrefix(text, []byte("PK")) {
		t.Errorf("x.zip: %.20q, %v", text, err)
	}
}

// TestArchiveTakenBetweenRuns: somebody else takes the archive between two
// runs. Whatever the server answers then, the export runs again with a
// warning.
func TestArchiveTakenBetweenRuns(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"404": {On: "download", Do: "status", Status: 404, Code: "ROMA.13000"},
		"400": {On: "download", Do: "status", Status: 400, Code: "ROMA.13000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, exportBlock("x")).inProcess()
			s.leave("export")
			ended(s)
			order(t, s.server, fault)
			wants(t, s.apply(0), "Export starts again", "no longer on the server")
			expectCounts(t, s.server, "export 2, download 2")
		})
	}
}

// TestPathIsAdded: the archive that was left on the server is fetched without
// another export, and if somebody took it, it is exported again.
func TestPathIsAdded(t *testing.T) {
	t.Parallel()
	pathless := strings.Replace(exportBlock("x"), `path     = "x.zip"`, "", 1)
	for name, row := range map[string]struct {
		faults []simulator.Fault
		code   int
		want   []string
		sent   string
	}{
		"there":         {nil, 0, nil, "export 1, download 1"},
		"taken":         {[]simulator.Fault{{On: "job", Do: "no_archive_id"}}, 0, []string{"Export starts again"}, "export 2, download 1"},
		"broken stream": {[]simulator.Fault{{On: "download", Do: "cut", Bytes: 50}}, 0, []string{"Download broke, exporting again"}, "export 2, download 2"},
		"unavailable":   {[]simulator.Fault{{On: "download", Do: "status", Status: 503}}, 1, []string{"Export request failed"}, "export 1, download 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, pathless).inProcess()
			s.apply(0)
			first := s.job("asset_export.x", "SUCCEEDED", false)
			s.write("main.tf", jobHead+exportBlock("x"))
			order(t, s.server, row.faults...)
			wants(t, s.apply(row.code), row.want...)
			expectCounts(t, s.server, row.sent)
			if row.code == 0 {
				return
			}
			if job, left := s.remembered("asset_export.x"); left {
				t.Errorf("private state has job %q, although none was started", job)
			}
			s.apply(0)
			expectCounts(t, s.server, "export 1, download 2")
			if got := s.job("asset_export.x", "SUCCEEDED", false); got != first {
				t.Errorf("job %s, want %s", got, first)
			}
		})
	}
}
