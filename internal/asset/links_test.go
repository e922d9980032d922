package asset_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// linked makes a link at path to a file elsewhere that holds data.
func linked(t *testing.T, path string, data []byte) (target string) {
	t.Helper()
	target = filepath.Join(t.TempDir(), "elsewhere.zip")
	if err := os.WriteFile(target, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	return target
}

// untouched fails the test unless the link is still there and leads to data.
func untouched(t *testing.T, path, target string, data []byte) {
	t.Helper()
	if at, err := os.Readlink(path); err != nil || at != target {
		t.Errorf("the link leads to %q, %v", at, err)
	}
	if got, err := os.ReadFile(target); err != nil || !bytes.Equal(got, data) {
		t.Errorf("its target holds %q, %v", got, err)
	}
}

func TestMoveLeavesALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, to := filepath.Join(dir, "a.zip"), filepath.Join(dir, "b.zip")
	target := linked(t, path, []byte("x"))
	if err := asset.Move(path, to); !errors.Is(err, asset.ErrNotRegular) {
		t.Errorf("got %v", err)
	}
	untouched(t, path, target, []byte("x"))
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is something at the new path: %v", err)
	}
}

// What Save left is no link, so a link was put there by somebody else, even
// if it leads to the same bytes.
func TestRemoveLeavesALink(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	target := linked(t, path, []byte("mine"))
	if removed, err := asset.Remove(path, sum([]byte("mine"))); removed || err != nil {
		t.Errorf("got %t, %v", removed, err)
	}
	untouched(t, path, target, []byte("mine"))
}

// A link that somebody put where a note would be is no way to write to another file, nor to
// have one read.
func TestNoteLeavesALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zip")
	link := filepath.Join(dir, ".a.zip.asset-note")
	target := linked(t, link, []byte("mine"))
	if err := asset.SuccessorNote.Write(path, []byte("note")); !errors.Is(err, asset.ErrNotRegular) {
		t.Errorf("got %v", err)
	}
	if note := asset.SuccessorNote.Read(path); note != nil {
		t.Errorf("read %q", note)
	}
	asset.SuccessorNote.Remove(path)
	untouched(t, link, target, []byte("mine"))
	if found := in(t, dir); len(found) != 1 {
		t.Errorf("there is %v", found)
	}
}
