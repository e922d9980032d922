package provider_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestArchiveIsNeverUnpacked: names that lead out of the directory are texts in a list. They
// write nothing, wherever an archive is read, imported or fetched.
func TestArchiveIsNeverUnpacked(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	names := []string{
		"../escaped", "../../../../../../escaped", "/escaped", filepath.ToSlash(filepath.Join(root, "escaped")), `..\escaped`, `C:\escaped`,
		"apps/../../escaped", "con", "\x1b[2J\x1b[31mescaped",
	}
	var more [][2]string
	for _, name := range names {
		more = append(more, [2]string{name, "escaped"})
	}
	archive := rewritten(t, pack(t, "Orders"), "", more...)
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(root, "deep", "deeper", "it.zip")
	fetched := filepath.Join(filepath.Dir(file), "fetched.zip")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, file, archive)

	found, said := p.read(t.Context(), t, "asset_archive", values{"path": file})
	if listed := column(found["entries"], "name"); said != "" || len(listed) != len(names)+2 {
		t.Errorf("%q, %s", listed, said)
	}
	says(t, p.reaches(t.Context(), t, &managed{kind: "asset_import"}, importOf(server, file, nil), false))
	order(t, server, simulator.Fault{On: "download", Do: "raw_body", Body: archive, ContentType: "application/zip"})
	says(t, p.reaches(t.Context(), t, &managed{kind: "asset_export"}, values{"roma": values{"apps": []any{ordersApp}}, "path": fetched}, false))
	expectCounts(t, server, "export 1, import 1, download 1")

	var left []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			left = append(left, filepath.Base(path))
		}
		return err
	})
	if err != nil || fmt.Sprint(left) != "[fetched.zip it.zip]" {
		t.Errorf("files %q, %v", left, err)
	}
	holdsText(t, fetched, archive)
	if outside, err := filepath.Glob("../../*escaped*"); err != nil || len(outside) > 0 {
		t.Errorf("outside: %q, %v", outside, err)
	}
}

// TestForgedContent has two archives whose entries differ and have the same names, sizes and
// CRCs: content_digest detects change and is no seal. The SHA-256 is one.
func TestForgedContent(t *testing.T) {
	t.Parallel()
	// The CRC-32 of both words is 4ddb0c25.
	base := pack(t, "Orders")
	approved, forged := rewritten(t, base, "", [2]string{"word", "plumless"}), rewritten(t, base, "", [2]string{"word", "buckeroo"})
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "it.zip")
	put(t, file, approved)
	sum := sha256Of(t, file)
	digest, problem := p.digest(t, file)
	put(t, file, forged)
	again, otherProblem := p.digest(t, file)
	if problem+otherProblem != "" || digest != again || sum == sha256Of(t, file) {
		t.Fatalf("digests %q and %q, %s%s", digest, again, problem, otherProblem)
	}
	it := &managed{kind: "asset_import"}
	says(t, p.reaches(t.Context(), t, it, importOf(server, file, values{"source_hash": sum}), false), "Error: Archive is not the approved one")
	expectCounts(t, server, "import 0")
}
