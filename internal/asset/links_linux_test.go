package asset_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// A link with the name of a temporary file is neither removed nor written to.
func TestPrepareLeavesALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, planted := filepath.Join(dir, "a.zip"), filepath.Join(dir, ".a.zip.asset-part-1")
	target := linked(t, planted, []byte("x"))
	// As old as what a killed run left.
	before := unix.NsecToTimeval(time.Now().Add(-2 * time.Hour).UnixNano())
	if err := unix.Lutimes(planted, []unix.Timeval{before, before}); err != nil {
		t.Fatal(err)
	}
	if err := asset.Prepare(path); err != nil {
		t.Fatal(err)
	}
	if _, err := (asset.Target{Path: path}).Save(t.Context(), bytes.NewReader(zipOf(t, "one")), nil); err != nil {
		t.Fatal(err)
	}
	untouched(t, planted, target, []byte("x"))
}
