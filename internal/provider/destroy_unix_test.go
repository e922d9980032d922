//go:build unix

package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// An archive that cannot be looked at any more is not removed, and a destroy tells so. Links in
// a ring stop everybody, also an administrator. The next destroy does it.
func TestArchiveThatCannotBeRemoved(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	dir := filepath.Join(t.TempDir(), "archives")
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, removing(exportTo(filepath.Join(dir, "orders.zip"), "1")), false))
	for _, err := range []error{os.Rename(dir, dir+" elsewhere"), os.Symlink(dir, dir)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	says(t, p.reaches(t.Context(), t, it, nil, false), "Error: Archive not removed", dir)
	if it.state == nil {
		t.Fatal("nobody knows of the archive any more")
	}

	for _, err := range []error{os.Remove(dir), os.Rename(dir+" elsewhere", dir)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	says(t, p.reaches(t.Context(), t, it, nil, false))
	if left, err := os.ReadDir(dir); it.state != nil || len(left) > 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}
