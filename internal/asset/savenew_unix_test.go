//go:build unix

package asset_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// TestSaveNewKeeps an archive that cannot get its name, for the next who asks for the same.
// On Windows a file that is written to keeps its directory.
func TestSaveNewKeeps(t *testing.T) {
	t.Parallel()
	dir, content := t.TempDir(), zipOf(t, "one")
	target := asset.Target{Path: filepath.Join(dir, "sub", "a.zip"), Job: "archive-1"}
	if err := asset.Prepare(target.Path); err != nil {
		t.Fatal(err)
	}
	// A file takes the place of the directory while the archive arrives.
	stream := &appears{Reader: bytes.NewReader(content), put: func() {
		if err := os.RemoveAll(filepath.Dir(target.Path)); err != nil {
			t.Error(err)
		}
		put(t, filepath.Dir(target.Path), "a file")
	}}
	_, err := target.SaveNew(t.Context(), stream, nil)
	kept, ok := errors.AsType[*asset.KeptError](err)
	if !ok {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(kept.Kept) })
	holdsBytes(t, kept.Kept, content)
	if target.TakeKept() {
		t.Error("taken while there is no place for it")
	}
	if err := os.Remove(filepath.Dir(target.Path)); err != nil {
		t.Fatal(err)
	}
	if (asset.Target{Path: target.Path, Job: "archive-2"}).TakeKept() {
		t.Error("taken for another archive")
	}
	if !target.TakeKept() {
		t.Error("not found")
	}
	holdsBytes(t, target.Path, content)
}
