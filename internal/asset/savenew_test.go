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
			stored, err := asset.SaveNew(t.Context(), path, stream, nil)
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
	_, err := asset.SaveNew(t.Context(), filepath.Join(dir, "a.zip"), strings.NewReader("PK no zip"), nil)
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
	if _, err := asset.SaveNew(t.Context(), path, bytes.NewReader(content), nil); err != nil {
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
