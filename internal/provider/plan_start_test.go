package provider_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// head comes before every configuration of a row.
const head = providerSource + `variable "dev_instance" {}
variable "prod_instance" {}
`

// providerBlock is the provider block of every configuration without another.
const providerBlock = `
provider "asset" { roma = { instance_id = var.dev_instance } }
`

const (
	exportAddress = "asset_export.x"
	importAddress = "asset_import.x"
)

// exported is an export with these attributes in place of, or beside, the
// usual ones; an attribute that is empty is left out.
func exported(changes ...string) string {
	return block("asset_export", changes, []string{
		"roma", fmt.Sprintf(`{ apps = [%q], tasks = [%q] }`, ordersApp, ordersTask),
		"path", `"orders.zip"`,
		"triggers", `{ release = "1" }`,
	})
}

// imported is an import of the file orders.zip with these attributes in place
// of, or beside, the usual ones.
func imported(changes ...string) string {
	return block("asset_import", changes, []string{
		"source", `"orders.zip"`,
		"roma", `{ instance_id = var.prod_instance, type = "Merge" }`,
	})
}

// importedFrom is an import of what the export made.
func importedFrom(changes ...string) string {
	return imported(append([]string{"source", "asset_export.x.archive.path"}, changes...)...)
}

func block(kind string, changes, usual []string) string {
	attributes, names := map[string]string{}, []string{}
	for pair := range slices.Chunk(slices.Concat(usual, changes), 2) {
		if _, ok := attributes[pair[0]]; !ok {
			names = append(names, pair[0])
		}
		attributes[pair[0]] = pair[1]
	}
	text := fmt.Sprintf("resource %q \"x\" {\n", kind)
	for _, name := range names {
		if attributes[name] != "" {
			text += "  " + name + " = " + attributes[name] + "\n"
		}
	}
	return text + "}\n"
}

// start is what a row begins with. The states are those that a real promotion
// left, so that not every row has to promote first. The server is a new one,
// which does not know the jobs of that promotion.
type start int

const (
	// nothing: no state, no file.
	nothing start = iota
	// promoted: an export, and an import of what it made.
	promoted
	// onlyExported and onlyImported: one of the two.
	onlyExported
	onlyImported
)

func (k start) prepare(s *stage) {
	s.t.Helper()
	if k == nothing {
		s.write("main.tf", head)
		return
	}
	first := firstPromotion(s.t)
	s.write("main.tf", head+providerBlock+first.configs[k])
	s.write("terraform.tfstate", first.states[k])
	s.write("orders.zip", first.orders)
}

// promotionResult is what the one promotion left that all rows begin with.
type promotionResult struct {
	states, configs map[start]string
	// orders is the archive that was promoted, other one with other content.
	orders, other string
}

var (
	promotionOnce sync.Once
	promotionLeft *promotionResult
)

func firstPromotion(t *testing.T) *promotionResult {
	t.Helper()
	promotionOnce.Do(func() {
		server := serve(t, simulator.Options{})
		s := &stage{workspace: newWorkspace(t, server, ""), server: server}
		s.write("main.tf", head+providerBlock+exported()+importedFrom()+strings.Replace(
			exported("roma", fmt.Sprintf("{ apps = [%q] }", billingApp), "path", `"other.zip"`), `"x"`, `"other"`, 1))
		s.apply(0)
		left := &promotionResult{
			orders: string(s.read("orders.zip")), other: string(s.read("other.zip")),
			states: map[start]string{},
			configs: map[start]string{
				promoted: exported() + importedFrom(), onlyExported: exported(), onlyImported: imported(),
			},
		}
		keep := func(k start, drop string) {
			if r := s.terraform("state", "rm", "-backup=-", drop); r.code != 0 {
				t.Fatalf("state rm:\n%s", r.out)
			}
			left.states[k] = string(s.read("terraform.tfstate"))
		}
		keep(promoted, "asset_export.other")
		keep(onlyExported, importAddress)
		s.write("terraform.tfstate", left.states[promoted])
		keep(onlyImported, exportAddress)
		promotionLeft = left
	})
	if promotionLeft == nil {
		t.Fatal("the promotion that rows begin with has failed")
	}
	return promotionLeft
}

// other replaces a file by an archive with other content.
func other(name string) func(*stage) {
	return func(s *stage) { s.write(name, firstPromotion(s.t).other) }
}

// orders puts the promoted archive into a file.
func orders(name string) func(*stage) {
	return func(s *stage) { s.write(name, firstPromotion(s.t).orders) }
}

func gone(name string) func(*stage) {
	return func(s *stage) { s.remove(name) }
}

// newContent changes what an export of the orders app holds from now on.
func newContent(s *stage) {
	s.t.Helper()
	if err := s.server.Simulator.Put("dev", []simulator.App{{ID: ordersApp, Name: "orders", Remark: "changed"}}, nil); err != nil {
		s.t.Fatal(err)
	}
}

// packed writes the zip of the directory anew: the same entries in another
// order, not compressed, with other times, comments, modes and extra fields;
// more are directories to add.
func (s *stage) packed(name string, more ...string) {
	s.t.Helper()
	old, err := zip.OpenReader(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	if err := w.SetComment("packed again"); err != nil {
		s.t.Fatal(err)
	}
	entries := slices.Clone(old.File)
	slices.Reverse(entries)
	for _, entry := range entries {
		header := &zip.FileHeader{
			Name: entry.Name, Comment: "about " + entry.Name, Modified: time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
			Extra: []byte("\x99\x99\x01\x00x"),
		}
		header.SetMode(0o640)
		from, err := entry.Open()
		if err != nil {
			s.t.Fatal(err)
		}
		to, err := w.CreateHeader(header)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := io.Copy(to, from); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, directory := range more {
		if _, err := w.Create(directory); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), buf.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// digests are the SHA-256 of a file's bytes and of the records of its
// entries, told by the zip reader of the standard library.
func digests(t *testing.T, data string) (bytesSum, contentSum string) {
	t.Helper()
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var records []string
	for _, f := range r.File {
		records = append(records, fmt.Sprintf("%s\x00%d\x00%08x\n", f.Name, f.UncompressedSize64, f.CRC32))
	}
	// NUL sorts first, so records sort as their names do.
	slices.Sort(records)
	content, all := sha256.Sum256([]byte(strings.Join(records, ""))), sha256.Sum256([]byte(data))
	return hex.EncodeToString(all[:]), hex.EncodeToString(content[:])
}

// expectArchive fails the test unless the state of a resource describes the
// file.
func expectArchive(address, name string) func(*stage) {
	return func(s *stage) {
		s.t.Helper()
		data := string(s.read(name))
		sum, content := digests(s.t, data)
		want := fmt.Sprint(sum, content, len(data))
		if got := told(s.shown(), address)["archive"]; got != want {
			s.t.Errorf("archive of %s is %v, want that of %s: %v", address, got, name, want)
		}
	}
}
