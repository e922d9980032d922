//go:build unix

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestDownloadToNoPlace asks for nothing when there is no place for the file.
func TestDownloadToNoPlace(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	// Not even an administrator can write there.
	dir, name := "/proc", "a.zip"
	_, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(filepath.Join(dir, name), id))
	if !strings.HasPrefix(said, "Error: Archive cannot be written\n") {
		t.Error(said)
	}
	golden(t, "data download no place", placed(said, dir))
	expectCounts(t, server, "download 0")
}

// TestDownloadLosesItsPlace: the directory goes while the archive is on its
// way. Nobody has it then, and the message says so.
func TestDownloadLosesItsPlace(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	dir := t.TempDir()
	order(t, server, simulator.Fault{On: "download", Do: "slow", DelayMS: 400})
	var acting sync.WaitGroup
	acting.Go(func() {
		eventually(t, "the download arrives", func() bool { return len(requestsOf(server, "download")) > 0 })
		if err := os.RemoveAll(filepath.Join(dir, "new")); err != nil {
			t.Error(err)
		}
	})
	_, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(filepath.Join(dir, "new", "it.zip"), id))
	acting.Wait()
	golden(t, "data download loses its place", placed(said, dir, id))
	if !strings.HasPrefix(said, "Error: Archive cannot be written\n") {
		t.Error(said)
	}
}

// TestArchiveThatCannotBeRead names what the system says, and asks for
// nothing: what cannot be looked at may be a file.
func TestArchiveThatCannotBeRead(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "file"), "x")
	_, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(filepath.Join(dir, "file", "it.zip"), "some-archive"))
	golden(t, "data archive below a file", placed(said, dir))
	expectCounts(t, server, "download 0")
}

// TestDownloadToADirectory that is not there: no file can have that name.
func TestDownloadToADirectory(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	dir := t.TempDir()
	_, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_archive", fetching(filepath.Join(dir, "new")+"/", id))
	golden(t, "data download to a directory", placed(said, dir, id))
	expectCounts(t, server, "download 0")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("made %v, %v", entries, err)
	}
}

// An archive that a data source brought, and could not put at its path, is there at the next read.
// On Windows a file that is written to keeps its directory.
func TestDownloadWhoseDirectoryGoes(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	p := configured(t, romaSetup(server))
	dir := filepath.Join(t.TempDir(), "sub")
	file := filepath.Join(dir, "it.zip")
	wait := meanwhile(t, server, file, func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
		put(t, dir, "a file")
	})
	_, said := p.read(t.Context(), t, "asset_archive", fetching(file, id))
	wait()
	says(t, said, "Error: Archive cannot be written", "was kept at", "is put there, and the server is asked for nothing")
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	found, said := p.read(t.Context(), t, "asset_archive", fetching(file, id))
	if said != "" || found["sha256"] != sha256Of(t, file) {
		t.Errorf("%v, %s", found, said)
	}
	expectCounts(t, server, "download 1")
}
