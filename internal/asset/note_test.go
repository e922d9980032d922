package asset_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// TestNotesOfAPath: each kind is a file of its own, and what a kill left of one that was being written goes with it.
func TestNotesOfAPath(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	kinds := []asset.Note{asset.SuccessorNote, asset.ExportNote, asset.ImportNote("roma one"), asset.ImportNote("roma two")}
	for _, kind := range kinds {
		fresh := filepath.Join(filepath.Dir(path), ".a.zip.asset-"+string(kind)+"-new")
		if err := os.WriteFile(fresh, []byte("ha"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := kind.Write(path, []byte(kind)); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range kinds {
		if got := kind.Read(path); string(got) != string(kind) {
			t.Errorf("%s has %q", kind, got)
		}
		kind.Remove(path)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestNotesOfLongNames: two names that begin with the same have two notes.
func TestNotesOfLongNames(t *testing.T) {
	t.Parallel()
	dir, long := t.TempDir(), strings.Repeat("a", 240)
	if err := asset.ExportNote.Write(filepath.Join(dir, long+"-1.zip"), []byte("one")); err != nil {
		t.Fatal(err)
	}
	if got := asset.ExportNote.Read(filepath.Join(dir, long+"-2.zip")); got != nil {
		t.Errorf("the other has %q", got)
	}
}

// TestStrays: temporary files and kept archives of a path are found, and nothing else.
func TestStrays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{".a.zip.asset-part-1", ".a.zip.asset-job.zip", "a.zip", ".a.zip", ".b.zip.asset-part-1", ".a.zip.asset-export"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := asset.Strays(filepath.Join(dir, "a.zip"))
	if len(found) != 2 || filepath.Base(found[0]) != ".a.zip.asset-job.zip" || filepath.Base(found[1]) != ".a.zip.asset-part-1" {
		t.Errorf("found %q", found)
	}
}
