package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// The messages about paths that are taken, word for word.
func TestPathMessages(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.zip")
	shown := func(said string) string {
		return jobIDs.ReplaceAllString(placedIn(said, dir, "DIR"), "JOB")
	}
	it := &managed{kind: "asset_export"}

	put(t, file, "text")
	golden(t, "path is taken before the job", shown(p.reaches(t.Context(), t, it, exportTo(file, "1"), false)))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	wait := meanwhile(t, server, file, func() { put(t, file, "text") })
	golden(t, "path is taken while the job runs", shown(p.reaches(t.Context(), t, it, exportTo(file, "1"), false)))
	wait()

	p = configuredBy(t, "1.11.4", romaSetup(server))
	file = filepath.Join(dir, "two.zip")
	says(t, p.plan(t, &managed{kind: "asset_export"}, exportTo(file, "1"), false).said)
	golden(t, "two exports write one path", shown(p.plan(t, &managed{kind: "asset_export"}, exportTo(file, "1"), false).said))
}

var jobIDs = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
