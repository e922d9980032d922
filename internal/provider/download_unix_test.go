//go:build unix

package provider_test

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestPreviousArchiveSurvivesFullDisk is TestPreviousArchiveSurvives with a
// limit that only Unix has.
func TestPreviousArchiveSurvivesFullDisk(t *testing.T) {
	t.Parallel()
	obstacle{
		blocks: 64, want: []string{"Archive cannot be written", `"x.zip": write`, "file too large"},
		sent: "export 1, download 1", then: "export 2, download 2",
	}.play(t)
}

// TestNoPermission: nobody can write there, not even an administrator, and
// that is found before anything is sent.
func TestNoPermission(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, strings.Replace(exportBlock("x"), `"x.zip"`, `"/proc/x.zip"`, 1))
	wants(t, s.apply(1), "Archive cannot be written", `"/proc/x.zip"`)
	expectCounts(t, s.server, "export 0")
	if s.found("asset_export.x") != nil {
		t.Error("something is in the state")
	}
}
