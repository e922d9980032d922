package asset_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

func zipOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, "content of "+name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sum(data []byte) string {
	hash := sha256.Sum256(data)
	return hex.EncodeToString(hash[:])
}

// alone fails the test if there is anything but name in dir.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	if got, want := strings.Join(found, " "), strings.Join(names, " "); got != want {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b", "orders.zip")
	if err := asset.Prepare(path); err != nil {
		t.Fatal(err)
	}
	data := zipOf(t, "one", "two")
	stored, err := asset.Target{Path: path}.Save(t.Context(), iotest.OneByteReader(bytes.NewReader(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
		t.Errorf("other bytes, %v", err)
	}
	if stored.Path != path || stored.SHA256 != sum(data) || stored.Size != int64(len(data)) || len(stored.ContentDigest) != 64 {
		t.Errorf("got %+v", stored)
	}
	alone(t, filepath.Dir(path), "orders.zip")
	for _, name := range []string{path, filepath.Dir(path)} {
		if info, err := os.Stat(name); err != nil || !private(info) {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
}

// private says whether only the owner may use a file or a directory. Windows
// has no such modes: there a file has the rights of its directory.
func private(info fs.FileInfo) bool {
	want := fs.FileMode(0o600)
	if info.IsDir() {
		want = 0o700
	}
	return runtime.GOOS == "windows" || info.Mode().Perm() == want
}

func TestSaveKeepsThePreviousArchive(t *testing.T) {
	t.Parallel()
	data := zipOf(t, "new")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx    context.Context
		stream io.Reader
		want   error
	}{
		"broken stream":   {t.Context(), io.MultiReader(bytes.NewReader(data[:20]), iotest.ErrReader(io.ErrUnexpectedEOF)), asset.ErrBroken},
		"silently cut":    {t.Context(), bytes.NewReader(data[:len(data)-5]), asset.ErrBroken},
		"no zip":          {t.Context(), strings.NewReader("<html>"), asset.ErrBroken},
		"nothing":         {t.Context(), strings.NewReader(""), asset.ErrBroken},
		"ended by signal": {cancelled, bytes.NewReader(data), context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "orders.zip")
			if err := os.WriteFile(path, []byte("previous"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := (asset.Target{Path: path, Own: []string{sum([]byte("previous"))}}).Save(test.ctx, test.stream, nil); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != "previous" {
				t.Errorf("the previous archive is %q, %v", got, err)
			}
			alone(t, filepath.Dir(path), "orders.zip")
		})
	}
}

func TestSaveToADirectoryThatIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "gone", "orders.zip")
	_, err := asset.Target{Path: path}.Save(t.Context(), bytes.NewReader(zipOf(t, "one")), nil)
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, asset.ErrBroken) || !strings.Contains(err.Error(), filepath.Dir(path)) {
		t.Errorf("got %v", err)
	}
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "orders.zip")
	old := filepath.Join(dir, ".orders.zip.asset-part-1")
	recent := filepath.Join(dir, ".orders.zip.asset-part-2")
	other := filepath.Join(dir, ".other.zip.asset-part-1")
	for _, name := range []string{old, recent, other, path} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{old, other} {
		if err := os.Chtimes(name, before, before); err != nil {
			t.Fatal(err)
		}
	}
	if err := asset.Prepare(path); err != nil {
		t.Fatal(err)
	}
	alone(t, dir, ".orders.zip.asset-part-2", ".other.zip.asset-part-1", "orders.zip")
	if err := asset.Prepare(dir); !errors.Is(err, asset.ErrNotRegular) {
		t.Errorf("a directory: got %v", err)
	}
	if err := asset.Prepare(filepath.Join(path, "below", "a.zip")); err == nil {
		t.Error("a file as a directory was accepted")
	}
}

// TestPrepareForADirectory makes nothing for a path that no file can have.
func TestPrepareForADirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, end := range []string{"/", "/.", "/..", "//", "/sub/"} {
		path := filepath.FromSlash(dir + "/new" + end)
		if err := asset.Prepare(path); !errors.Is(err, syscall.EISDIR) || !asset.NamesDirectory(path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	alone(t, dir)
	for _, path := range []string{"new", ".hidden", "..zip", "a/b.zip"} {
		if asset.NamesDirectory(path) {
			t.Errorf("%s could be a file", path)
		}
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.zip"), filepath.Join(dir, "sub", "b.zip")
	if err := asset.Move(from, to); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("nothing to move: got %v", err)
	}
	data := zipOf(t, "one")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := asset.Move(from, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, data) {
		t.Errorf("other bytes, %v", err)
	}
	alone(t, dir, "sub")
	alone(t, filepath.Dir(to), "b.zip")
}

func TestMoveAcrossFileSystems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from := filepath.Join(dir, "a.zip")
	data := zipOf(t, "one")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "b.zip")
	if err := asset.CopyAndRemove(from, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, data) {
		t.Errorf("other bytes, %v", err)
	}
	alone(t, dir, "b.zip")
}

func TestRemove(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	if removed, err := asset.Remove(path, sum([]byte("mine"))); removed || err != nil {
		t.Errorf("nothing there: got %t, %v", removed, err)
	}
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if removed, err := asset.Remove(path, sum([]byte("mine"))); removed || err != nil {
		t.Errorf("other content: got %t, %v", removed, err)
	}
	if removed, err := asset.Remove(path, sum([]byte("other"))); !removed || err != nil {
		t.Errorf("same content: got %t, %v", removed, err)
	}
	alone(t, filepath.Dir(path))
}

// TestSaveOverAnOpenArchive: who sends the archive that was there goes on with it.
func TestSaveOverAnOpenArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	data, fresh := zipOf(t, "one"), zipOf(t, "two")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := asset.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (asset.Target{Path: path, Own: []string{sum(data)}}).Save(t.Context(), bytes.NewReader(fresh), nil); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, fresh) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := io.ReadAll(archive.Reader()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("sent %d other bytes, %v", len(got), err)
	}
	if err := archive.Close(); err != nil {
		t.Error(err)
	}
	alone(t, filepath.Dir(path), "a.zip")
}

// TestRemoveAnOpenArchive: it is gone when the one who reads it has closed it.
func TestRemoveAnOpenArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	data := zipOf(t, "one")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := asset.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	if removed, err := asset.Remove(path, sum(data)); !removed || err != nil {
		t.Errorf("got %t, %v", removed, err)
	}
	if got, err := io.ReadAll(archive.Reader()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read %d other bytes, %v", len(got), err)
	}
	if err := archive.Close(); err != nil {
		t.Error(err)
	}
	alone(t, filepath.Dir(path))
}

func TestOpenArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	data := zipOf(t, "one")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := asset.OpenArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	if err := archive.Check(); err != nil {
		t.Error(err)
	}
	// The file may be replaced meanwhile: what was opened is what is sent.
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := io.ReadAll(archive.Reader())
		if err != nil || !bytes.Equal(got, data) || archive.SHA256 != sum(data) || archive.Size != int64(len(data)) {
			t.Errorf("got %d bytes, %+v, %v", len(got), archive, err)
		}
	}
	if _, err := asset.OpenArchive(filepath.Dir(path)); err == nil {
		t.Error("a directory was opened as an archive")
	}
	if _, err := asset.OpenArchive(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// held is content that is in no file.
type held struct {
	*bytes.Reader
	closed bool
}

func (h *held) Close() error { h.closed = true; return nil }

// TestArchiveInNoFile: what is sent, hashed and checked is bytes at offsets.
func TestArchiveInNoFile(t *testing.T) {
	t.Parallel()
	data := zipOf(t, "one")
	content := &held{Reader: bytes.NewReader(data)}
	archive, err := asset.NewArchive("s3://bucket/a.zip", content, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(archive.Reader())
	if err != nil || !bytes.Equal(got, data) || archive.SHA256 != sum(data) || archive.Check() != nil {
		t.Errorf("got %d bytes, %+v, %v", len(got), archive, err)
	}
	if err := archive.Close(); err != nil || !content.closed {
		t.Errorf("closed %t, %v", content.closed, err)
	}
	cut := &held{Reader: bytes.NewReader(data[:len(data)-4])}
	if _, err := asset.NewArchive("a.zip", cut, int64(len(data)-4)); err == nil || cut.closed {
		t.Errorf("%v, closed %t", err, cut.closed)
	}
}

// TestOccupied: a link that leads nowhere has the name, too.
func TestOccupied(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.zip")
	if there, err := asset.Occupied(path); there || err != nil {
		t.Errorf("nothing is there: %t, %v", there, err)
	}
	if err := os.Symlink(path+".gone", path); err != nil {
		t.Fatal(err)
	}
	if there, err := asset.Occupied(path); !there || err != nil {
		t.Errorf("a link is there: %t, %v", there, err)
	}
	if _, err := asset.See(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it leads nowhere: %v", err)
	}
	if seen, err := asset.See(filepath.Dir(path)); err != nil || !seen.Directory {
		t.Errorf("%+v, %v", seen, err)
	}
}
