package asset_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// What is downloaded is a file with just these bytes and the digest that reading it
// gives, or there is no file.
func FuzzSave(f *testing.F) {
	for _, s := range zipsamples.All() {
		f.Add([]byte(s.Zip), "job-1")
	}
	f.Add([]byte("PK"), "../../etc/\x00"+strings.Repeat("x", 300))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, job string) {
		path := filepath.Join(dir, "saved.zip")
		stored, err := asset.Target{Path: path, Job: job}.Save(t.Context(), bytes.NewReader(data), nil)
		if err != nil {
			alone(t, dir)
			return
		}
		got, err := os.ReadFile(path)
		archive, openErr := asset.OpenArchive(path)
		if err != nil || openErr != nil || !bytes.Equal(got, data) || stored.SHA256 != sum(data) {
			t.Fatalf("%+v, %v, %v", stored, err, openErr)
		}
		if err := archive.Close(); err != nil || archive.ContentDigest != stored.ContentDigest {
			t.Fatalf("%s, then %s, %v", stored.ContentDigest, archive.ContentDigest, err)
		}
		alone(t, dir, "saved.zip")
		if removed, err := asset.Remove(path, stored.SHA256); !removed || err != nil {
			t.Fatal(removed, err)
		}
	})
}

// A note is read as it was written, beside its path and under a name that a system takes,
// whatever the path is called.
func FuzzNote(f *testing.F) {
	f.Add("orders.zip", []byte(`{"own":{}}`))
	f.Add(strings.Repeat("ä", 120), []byte("\x00"))
	f.Add("\xff\xfe.zip", []byte{})
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, name string, note []byte) {
		if name == "" || name == "." || name == ".." || len(name) > 250 || len(note) > 60<<10 || strings.ContainsAny(name, "/\\\x00:*?\"<>|") || !utf8.ValidString(name) {
			return
		}
		path := filepath.Join(root, name)
		if err := asset.ExportNote.Write(path, note); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if got := asset.ExportNote.Read(path); !bytes.Equal(got, note) {
			t.Fatalf("%q: %q; want %q", name, got, note)
		}
		asset.ExportNote.Remove(path)
		if got := asset.ExportNote.Read(path); got != nil {
			t.Fatalf("%q: %q is still there", name, got)
		}
		alone(t, root)
	})
}
