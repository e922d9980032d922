package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// deletes is the first half of a replacement, after which the run ends.
func (p *plugin) deletes(t *testing.T, it *managed, change planned) string {
	t.Helper()
	return p.apply(t.Context(), t, it, planned{prior: it.state, state: p.null(t, it), config: p.null(t, it), private: change.private})
}

// obstructed applies while something else takes the place of the archive, which is kept.
func obstructed(t *testing.T, server *simulator.Server, p *plugin, it *managed, file string, config values) {
	t.Helper()
	wait := meanwhile(t, server, file, func() { put(t, file, "of somebody else") })
	says(t, p.reaches(t.Context(), t, it, config, false), "Error: Path is taken")
	wait()
}

// lacking is a configuration without an attribute.
func lacking(config values, name string) values {
	delete(config, name)
	return config
}

// A run may end between the two halves of a replacement: what the state does not know any more, a
// note beside the file does, until the next run.
func TestReplacementThatEndsHalfWay(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "a.zip")
	config := func(release string) values { return removing(exportTo(file, release)) }
	it := &managed{kind: "asset_export"}
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, config("1"), false))
	before := bytesOf(t, file)
	p := configured(t, romaSetup(server))
	change := p.plan(t, it, config("2"), true)
	says(t, p.deletes(t, it, change))
	if it.state != nil || bytesOf(t, file) != before {
		t.Errorf("the state or the file is another one")
	}
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, config("3"), false))
	if bytesOf(t, file) == before {
		t.Error("the archive before is still there")
	}
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, nil, false))
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// The note holds an unfinished job and a kept archive, too.
func TestKeptArchiveOfAReplacementThatEndsHalfWay(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "orders.zip")
	it := &managed{kind: "asset_export"}
	p := configured(t, romaSetup(server))
	obstructed(t, server, p, it, file, exportTo(file, "1"))
	p = configured(t, romaSetup(server))
	says(t, p.refresh(t, it), "Warning: Export job is under way", "could not put it at path", "puts it in place")
	says(t, p.deletes(t, it, p.plan(t, it, exportTo(file, "1"), false)))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	p = configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	if shown := p.shows(t, it); shown["status"] != "SUCCEEDED" {
		t.Errorf("state: %v", shown)
	}
	expectCounts(t, server, "export 1, download 1")
}

// What an update left goes to the export that replaces it: its job, or its kept archive.
func TestReplacedAfterAnUpdate(t *testing.T) {
	t.Parallel()
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		server := serve(t, simulator.Options{})
		file := filepath.Join(t.TempDir(), "a.zip")
		it := &managed{kind: "asset_export"}
		says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "1"), false))
		order(t, server, simulator.Fault{On: "export", Do: "job_time", JobTimeMS: 1500})
		says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, limited(exportTo(file, "2")), false), "Error: Export job is still running")
		said := configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "2"), true)
		says(t, said, "Apply continues it")
		if isWrong(said) {
			t.Error(said)
		}
		expectCounts(t, server, "export 2, download 2")
	})
	t.Run("kept", func(t *testing.T) {
		t.Parallel()
		server := serve(t, simulator.Options{})
		file := filepath.Join(t.TempDir(), "a.zip")
		it := &managed{kind: "asset_export"}
		says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "1"), false))
		obstructed(t, server, configured(t, romaSetup(server)), it, file, exportTo(file, "2"))
		// It is still taken, and nothing is lost.
		p := configured(t, romaSetup(server))
		says(t, p.reaches(t.Context(), t, it, exportTo(file, "2"), true), "Error: Path is taken", "was kept at")
		if shown := p.shows(t, it); shown["status"] != "RUNNING" || shown["archive_id"] == nil {
			t.Errorf("state: %v", shown)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if said := configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "2"), false); isWrong(said) {
			t.Error(said)
		}
		expectCounts(t, server, "export 2, download 2")
	})
}

// What a process remembers of a plan says nothing about another one.
func TestStalePlansOfOneProcess(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dir := t.TempDir()
	file, moved := filepath.Join(dir, "a.zip"), filepath.Join(dir, "b.zip")
	it, other := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
	p := configuredBy(t, "1.13.0", romaSetup(server))
	for _, path := range []string{file, file, moved} {
		says(t, p.reaches(t.Context(), t, it, exportTo(path, "1"), false))
	}
	says(t, p.reaches(t.Context(), t, other, exportTo(file, "2"), false))
	says(t, p.plan(t, it, exportTo(moved, "2"), true).said)
	says(t, p.reaches(t.Context(), t, it, exportTo(moved, "3"), false))
	says(t, p.reaches(t.Context(), t, it, exportTo(moved, "3"), true))
	expectCounts(t, server, "export 4")
}

// A successor whose path the plan did not know inherits what it writes over, and nobody else does. Until it has
// another archive, the one before stays.
func TestSuccessorWithAnUnknownPath(t *testing.T) {
	t.Parallel()
	unknown := func(file string) values {
		config := removing(exportTo(file, "2"))
		config["path"] = undecided{}
		return config
	}
	t.Run("another one comes", func(t *testing.T) {
		t.Parallel()
		server := serve(t, simulator.Options{})
		file := filepath.Join(t.TempDir(), "a.zip")
		it, other := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
		says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "1"), false))
		before := bytesOf(t, file)
		p := configured(t, romaSetup(server))
		change := p.plan(t, it, unknown(file), true)
		says(t, p.deletes(t, it, change))
		says(t, p.reaches(t.Context(), t, other, exportTo(file, "x"), false), "Error: Path is taken")
		if bytesOf(t, file) != before {
			t.Error("the archive was replaced")
		}
	})
	t.Run("its job fails", func(t *testing.T) {
		t.Parallel()
		server := serve(t, simulator.Options{})
		file := filepath.Join(t.TempDir(), "a.zip")
		it := &managed{kind: "asset_export"}
		says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, removing(exportTo(file, "1")), false))
		before := bytesOf(t, file)
		p := configured(t, romaSetup(server))
		change := p.plan(t, it, unknown(file), true)
		order(t, server, simulator.Fault{On: "export", Do: "fail_job"})
		says(t, p.applies(t.Context(), t, it, removing(exportTo(file, "2")), change), "Error: Export job failed")
		if bytesOf(t, file) != before || p.shows(t, it)["status"] != "FAILED" {
			t.Errorf("state: %v", p.shows(t, it))
		}
		says(t, p.reaches(t.Context(), t, it, removing(exportTo(file, "2")), false))
	})
}

// The messages of a path that goes, and of an archive that never got to its path.
func TestWhatStaysIsTold(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "a.zip")
	it := &managed{kind: "asset_export"}
	p := configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, removing(exportTo(file, "1")), false))
	says(t, p.reaches(t.Context(), t, it, lacking(removing(exportTo(file, "1")), "path"), false), "Warning: Archive file stays", "the same path later on is taken")

	server.Simulator.ResetRequests()
	file = filepath.Join(t.TempDir(), "b.zip")
	kept := &managed{kind: "asset_export"}
	obstructed(t, server, p, kept, file, exportTo(file, "1"))
	said := p.reaches(t.Context(), t, kept, nil, false)
	says(t, said, "Warning: Archive file stays", "could not be put at path", ".b.zip.asset-")
}

// An update whose job failed has nothing to continue.
func TestFailedJobOfAnUpdateIsNotContinued(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "a.zip")
	it := &managed{kind: "asset_export"}
	p := configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	order(t, server, simulator.Fault{On: "export", Do: "fail_job"})
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "2"), false), "Error: Export job failed")
	server.Simulator.ResetRequests()
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "2"), false))
	expectCounts(t, server, "export 1, download 1")
}

// An archive that was kept for another request than the one that is made now is named, not forgotten in silence.
func TestKeptArchiveOfAnotherRequest(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "a.zip")
	it := &managed{kind: "asset_export"}
	p := configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	obstructed(t, server, p, it, file, exportTo(file, "2"))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	said := p.reaches(t.Context(), t, it, exportTo(file, "3"), false)
	says(t, said, "Warning: Archive file stays", ".a.zip.asset-", "of an earlier run")
	if isWrong(said) {
		t.Error(said)
	}
	expectCounts(t, server, "export 3, download 3")
}
