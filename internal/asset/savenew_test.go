package asset_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// appears is a stream that puts something at a path while it is read.
type appears struct {
	io.Reader
	put func()
}

func (a *appears) Read(p []byte) (int, error) {
	if a.put != nil {
		a.put()
		a.put = nil
	}
	return a.Reader.Read(p)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Error(err)
	}
}

func TestSaveNew(t *testing.T) {
	t.Parallel()
	content := string(zipOf(t, "a.txt"))
	for name, row := range map[string]struct {
		put func(t *testing.T, path string)
		// kept is what is behind the path's name in that of the archive.
		kept string
	}{
		"nothing there": {nil, ""},
		"a file":        {func(t *testing.T, path string) { put(t, path, "theirs") }, ".1"},
		"two files":     {func(t *testing.T, path string) { put(t, path, "theirs"); put(t, path+".1", "theirs") }, ".2"},
		"a directory": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Error(err)
			}
		}, ".1"},
		"a link that leads nowhere": {func(t *testing.T, path string) {
			if err := os.Symlink(path+".gone", path); err != nil {
				t.Error(err)
			}
		}, ".1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "a.zip")
			stream := &appears{Reader: strings.NewReader(content)}
			if row.put != nil {
				stream.put = func() { row.put(t, path) }
			}
			stored, err := (asset.Target{Path: path}).SaveNew(t.Context(), stream, nil)
			occupied, isOccupied := errors.AsType[*asset.OccupiedError](err)
			if isOccupied != (row.kept != "") || isOccupied && occupied.Kept != path+row.kept || !isOccupied && (err != nil || stored.SHA256 == "") {
				t.Errorf("%+v, %v", stored, err)
			}
			if data, err := os.ReadFile(path + row.kept); err != nil || string(data) != content {
				t.Errorf("%d bytes, %v", len(data), err)
			}
			if info, err := os.Stat(path + row.kept); err != nil || !private(info) {
				t.Errorf("%v, %v", info, err)
			}
			if data, err := os.ReadFile(path); name == "a file" && (err != nil || string(data) != "theirs") {
				t.Errorf("at the path is %q, %v", data, err)
			}
			if left, err := filepath.Glob(filepath.Join(dir, ".*asset-part*")); err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// TestSaveNewBroken leaves nothing where nothing was.
func TestSaveNewBroken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := (asset.Target{Path: filepath.Join(dir, "a.zip")}).SaveNew(t.Context(), strings.NewReader("PK no zip"), nil)
	if !errors.Is(err, asset.ErrBroken) {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestSaveNewAtOnce: whoever looks at the path sees nothing, or the archive.
func TestSaveNewAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	content := zipOf(t, strings.Repeat("n", 60_000))
	seen := make(chan int)
	go func() {
		for {
			data, err := os.ReadFile(path)
			if !errors.Is(err, fs.ErrNotExist) {
				seen <- len(data)
				return
			}
		}
	}()
	if _, err := (asset.Target{Path: path}).SaveNew(t.Context(), bytes.NewReader(content), nil); err != nil {
		t.Error(err)
	}
	if n := <-seen; n != len(content) {
		t.Errorf("there were %d bytes of %d", n, len(content))
	}
}

func TestClaimAndRename(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	put(t, from, "new")
	if err := asset.ClaimAndRename(from, to); err != nil {
		t.Error(err)
	}
	alone(t, dir, "to")
	put(t, from, "newer")
	if err := asset.ClaimAndRename(from, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if data, err := os.ReadFile(to); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
	if err := asset.ClaimAndRename(filepath.Join(dir, "gone"), filepath.Join(dir, "other")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	alone(t, dir, "from", "to")
}

// TestPrepareLeavesWholeArchives: one that arrived and never got its name may be the only copy. It is found.
func TestPrepareLeavesWholeArchives(t *testing.T) {
	t.Parallel()
	dir, content := t.TempDir(), zipOf(t, "one")
	target, part := asset.Target{Path: filepath.Join(dir, "a.zip")}, filepath.Join(dir, ".a.zip.asset-part-1")
	put(t, part, string(content))
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(part, long, long); err != nil {
		t.Fatal(err)
	}
	if err := target.Prepare(); err != nil {
		t.Fatal(err)
	}
	if _, err := target.Restore(target.Path, asset.Stored{SHA256: sum(content), Size: int64(len(content))}); err != nil {
		t.Error(err)
	}
	holdsBytes(t, target.Path, content)
	alone(t, dir, "a.zip")
}

// in are the files in a directory.
func in(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s holds %v, %v", dir, found, err)
	}
	return found
}

// TestNotes are read by whoever writes to the same path, and by nobody else.
func TestNotes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.zip", strings.Repeat("n", 251) + ".zip"} {
		path := filepath.Join(dir, name)
		if asset.SuccessorNote.Read(path) != nil {
			t.Error("there is a note")
		}
		if err := asset.SuccessorNote.Write(path, []byte("note")); err != nil {
			t.Error(err)
		}
		// It holds the digest and the job of somebody's archive.
		for _, note := range in(t, dir) {
			if info, err := os.Stat(note); err != nil || !private(info) {
				t.Errorf("%s has mode %v, %v", note, info.Mode(), err)
			}
		}
		if got := asset.SuccessorNote.Read(dir + "/./" + name); string(got) != "note" {
			t.Errorf("read %q", got)
		}
		asset.SuccessorNote.Remove(path)
		alone(t, dir)
	}
}

// Where the directory is a file there is nothing to remove.
func TestRemoveBelowAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a")
	put(t, file, "a file")
	if removed, err := asset.Remove(filepath.Join(file, "a.zip"), sum(nil)); removed || err != nil {
		t.Errorf("got %t, %v", removed, err)
	}
}
