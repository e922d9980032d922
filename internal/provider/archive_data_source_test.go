package provider_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// zipFile writes an archive with these entries, name after name, each with
// its own name as content.
func zipFile(t *testing.T, path string, names ...string) string {
	t.Helper()
	var text bytes.Buffer
	w := zip.NewWriter(&text)
	for _, name := range names {
		entry, err := w.Create(name)
		if err == nil && !strings.HasSuffix(name, "/") {
			_, err = entry.Write([]byte(name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, text.String())
	return text.String()
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestArchive looks into a file without a platform.
func TestArchive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "it.zip")
	text := zipFile(t, file, "b.txt", "dir/", "a Größe.txt", "a.txt", "latin1-\xe4")
	found, said := configured(t, values{}).read(t.Context(), t, "asset_archive", values{"path": file})
	if said != "" || found["sha256"] != hexSum(text) || found["size"] != float64(len(text)) || found["csa_version"] != nil {
		t.Errorf("%v, %s", found, said)
	}
	expectColumn(t, found["entries"], "name", "a Größe.txt", "a.txt", "b.txt", "dir/", "latin1-\uFFFD")
	expectColumn(t, found["entries"], "size", "13", "5", "5", "0", "8")
	var sums []string
	for _, content := range []string{"a Größe.txt", "a.txt", "b.txt", "", "latin1-\xe4"} {
		sums = append(sums, fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(content))))
	}
	expectColumn(t, found["entries"], "crc32", sums...)
	if expectColumn(t, found["items"], "name"); found["items"] == nil {
		t.Error("the items of an archive without a manifest are null")
	}
	// The function says the same, of the same content in another order too.
	other := filepath.Join(dir, "other.zip")
	zipFile(t, other, "latin1-\xe4", "a.txt", "a Größe.txt", "dir/", "b.txt")
	for _, path := range []string{file, other} {
		if digest, problem := configured(t, values{}).digest(t, path); problem != "" || digest != found["content_digest"] {
			t.Errorf("%q, %s", digest, problem)
		}
	}
}

func TestArchiveOfCSA(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "it.zip")
	writeFile(t, file, csaArchive(t, server, csaOffering))
	found, said := configured(t, values{}).read(t.Context(), t, "asset_archive", values{"path": file})
	version, _ := found["csa_version"].(string)
	if said != "" || version == "" {
		t.Errorf("%v, %s", found, said)
	}
	kinds := map[string]int{}
	for _, kind := range column(found["items"], "type") {
		kinds[kind]++
	}
	if kinds["SERVICE_OFFERING"] != 1 || kinds["SERVICE_DESIGN"] != 1 || kinds["RESOURCE_OFFERING"] != 2 || kinds["<nil>"] == 0 {
		t.Errorf("kinds %v of %v", kinds, found["items"])
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestArchiveThatIsNone has files that cannot be shown, in whole or in part.
func TestArchiveThatIsNone(t *testing.T) {
	t.Parallel()
	p := configured(t, values{})
	whole := zipFile(t, filepath.Join(t.TempDir(), "whole.zip"), "a.txt", "b.txt")
	for name, row := range map[string]struct {
		make func(t *testing.T, path string)
		says string
	}{
		"nothing":     {func(*testing.T, string) {}, "Error: Archive is not there"},
		"text":        {func(t *testing.T, path string) { writeFile(t, path, "no zip") }, "Error: File is no archive"},
		"empty":       {func(t *testing.T, path string) { writeFile(t, path, "") }, "Error: File is no archive"},
		"cut":         {func(t *testing.T, path string) { writeFile(t, path, whole[:len(whole)-30]) }, "Error: File is no archive"},
		"other bytes": {func(t *testing.T, path string) { writeFile(t, path, "XX"+whole[2:]) }, "Error: File is no archive"},
		"dangling link": {func(t *testing.T, path string) {
			if err := os.Symlink(path+".gone", path); err != nil {
				t.Fatal(err)
			}
		}, "Error: File is no archive"},
		"directory": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "Error: File is no archive"},
		"odd manifest": {func(t *testing.T, path string) { zipFile(t, path, "manifest.xml") }, "Warning: Manifest is not understood"},
		"many": {func(t *testing.T, path string) {
			names := make([]string, 10_001)
			for i := range names {
				names[i] = fmt.Sprintf("%d.txt", i)
			}
			zipFile(t, path, names...)
		}, "Warning: Archive has too many entries"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "it.zip")
			row.make(t, file)
			found, said := p.read(t.Context(), t, "asset_archive", values{"path": file})
			if !strings.HasPrefix(said, row.says+"\n") || strings.HasPrefix(row.says, "Warning") != (found["sha256"] != nil) {
				t.Errorf("%v, %s", found["sha256"], said)
			}
			golden(t, "data archive "+name, placed(said, dir))
			if name == "odd manifest" && (found["items"] != nil || found["entries"] == nil) || name == "many" && found["entries"] != nil {
				t.Errorf("%v", found)
			}
			digest, problem := p.digest(t, file)
			// The function accepts what an import does.
			if readable := strings.HasPrefix(row.says, "Warning"); readable != (problem == "") ||
				!readable && !strings.Contains(problem, strconv.Quote(file)) {
				t.Errorf("content digest %q, %s", digest, problem)
			}
		})
	}
	if _, problem := p.digest(t, ""); problem != "it is an empty string" {
		t.Error(problem)
	}
}

// TestContentDigestErrors are the function's words, whole.
func TestContentDigestErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := configured(t, values{})
	writeFile(t, filepath.Join(dir, "text"), "no zip")
	for name, want := range map[string]string{
		"text":    `"DIR/text" is no zip archive: `,
		"missing": `there is no file at "DIR/missing"`,
		".":       `"DIR/." cannot be read: it is not a regular file`,
	} {
		_, problem := p.digest(t, dir+"/"+name)
		if got := placed(problem, dir); !strings.HasPrefix(got, want) || strings.HasSuffix(got, ".") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
