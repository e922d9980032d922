package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// processes runs each step of a test in one process, as terraform test does, or in one for each plan and each apply.
func inProcesses(t *testing.T, test func(t *testing.T, server *simulator.Server, file string, step func(it *managed, config values, replace bool) string)) {
	t.Helper()
	for name, several := range map[string]bool{"one process": false, "several processes": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			one := configured(t, romaSetup(server))
			process := func() *plugin {
				if several {
					return configured(t, romaSetup(server))
				}
				return one
			}
			file := filepath.Join(t.TempDir(), "orders.zip")
			test(t, server, file, func(it *managed, config values, replace bool) string {
				t.Helper()
				p := process()
				read := p.refresh(t, it)
				change := p.plan(t, it, config, replace)
				if change.fails() {
					return spokenAll(read, change.said)
				}
				return spokenAll(read, change.said, process().applies(t.Context(), t, it, config, change))
			})
		})
	}
}

func limited(config values) values {
	config["timeouts"] = values{"create": "1s", "update": "1s"}
	return config
}

func removing(config values) values {
	config["remove_on_destroy"] = true
	return config
}

func bytesOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What the export before wrote is its successor's, however the run of the replacement
// ends: it stays until there is another archive, and then makes room for it.
func TestReplacedExportKeepsItsArchive(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault        simulator.Fault
		says, status string
		sent         string
	}{
		"interrupted": {simulator.Fault{On: "export", Do: "job_time", JobTimeMS: 1500}, "Error: Export job is still running", "RUNNING", "export 3, download 2"},
		"refused":     {simulator.Fault{On: "export", Do: "status", Status: 400}, "Error: Export request refused", "FAILED", "export 3, download 2"},
		"failed":      {simulator.Fault{On: "export", Do: "fail_job"}, "Error: Export job failed", "FAILED", "export 3, download 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inProcesses(t, func(t *testing.T, server *simulator.Server, file string, step func(*managed, values, bool) string) {
				t.Helper()
				it := &managed{kind: "asset_export"}
				says(t, step(it, removing(exportTo(file, "1")), false))
				before := bytesOf(t, file)

				// Twice: what a failed run leaves is handed on like what a good one left.
				for range 2 {
					order(t, server, row.fault)
					says(t, step(it, limited(removing(exportTo(file, "2"))), !it.tainted), row.says)
					if got := bytesOf(t, file); got != before {
						t.Error("the archive before is gone")
					}
					shown := configured(t, romaSetup(server)).shows(t, it)
					archive, _ := shown["archive"].(map[string]any)
					if !it.tainted || shown["status"] != row.status || archive["sha256"] != sha256Of(t, file) || shown["archive_id"] != nil {
						t.Errorf("state: %v", shown)
					}
					if row.status == "RUNNING" {
						break
					}
				}
				if row.status == "RUNNING" {
					// Another request: the job is left alone, the file is not.
					if said := step(it, removing(exportTo(file, "3")), false); isWrong(said) {
						t.Errorf("the next apply: %s", said)
					}
				} else if said := step(it, removing(exportTo(file, "2")), false); isWrong(said) {
					t.Errorf("the next apply: %s", said)
				}
				if got := bytesOf(t, file); got == before {
					t.Error("the archive before is still there")
				}
				says(t, step(it, nil, false))
				if occupiedBy(file) {
					t.Error("the file is still there")
				}
			})
		})
	}
}

func occupiedBy(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}

// An interrupted replacement goes on: the job is continued, its archive takes the place of the one before.
func TestInterruptedReplacementGoesOn(t *testing.T) {
	t.Parallel()
	inProcesses(t, func(t *testing.T, server *simulator.Server, file string, step func(*managed, values, bool) string) {
		t.Helper()
		it := &managed{kind: "asset_export"}
		says(t, step(it, exportTo(file, "1"), false))
		before := bytesOf(t, file)
		order(t, server, simulator.Fault{On: "export", Do: "job_time", JobTimeMS: 1500})
		says(t, step(it, limited(exportTo(file, "1")), true), "Error: Export job is still running")
		if said := step(it, exportTo(file, "1"), false); isWrong(said) {
			t.Errorf("the next apply: %s", said)
		}
		expectCounts(t, server, "export 2, download 2")
		if got := bytesOf(t, file); got == before {
			t.Error("the archive before is still there")
		}
	})
}

// What a failed replacement left is removed with it where that was asked for.
func TestFailedReplacementIsDestroyed(t *testing.T) {
	t.Parallel()
	inProcesses(t, func(t *testing.T, server *simulator.Server, file string, step func(*managed, values, bool) string) {
		t.Helper()
		it := &managed{kind: "asset_export"}
		says(t, step(it, removing(exportTo(file, "1")), false))
		order(t, server, simulator.Fault{On: "export", Do: "fail_job"})
		says(t, step(it, removing(exportTo(file, "1")), true), "Error: Export job failed")
		says(t, step(it, nil, false))
		if occupiedBy(file) {
			t.Error("the file is still there")
		}
	})
}

// A successor elsewhere inherits nothing, and an export that comes to the place of
// another one does not either.
func TestOnlyTheSuccessorInherits(t *testing.T) {
	t.Parallel()
	inProcesses(t, func(t *testing.T, server *simulator.Server, file string, step func(*managed, values, bool) string) {
		t.Helper()
		it, other := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
		says(t, step(it, exportTo(file, "1"), false))
		before := bytesOf(t, file)
		says(t, step(it, exportTo(file+".new", "1"), true))
		says(t, step(other, exportTo(file, "1"), false), "Error: Path is taken", "moved block")
		if got := bytesOf(t, file); got != before {
			t.Error("the archive is another one")
		}
		// With remove_on_destroy nothing would ever remove it.
		says(t, step(it, removing(exportTo(file+".new", "1")), false))
		says(t, step(it, removing(exportTo(file+".last", "1")), true))
		if occupiedBy(file + ".new") {
			t.Error("the file of the export before is still there")
		}
		expectCounts(t, server, "export 3")
	})
}

// A second instance of a resource with the same path is seen in the plan, whatever
// it asks for. One that is replaced is not a second one.
func TestSecondInstanceIsSeenInThePlan(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	file := filepath.Join(t.TempDir(), "a.zip")
	first, second := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
	says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, first, exportTo(file, "1"), false))
	for name, order := range map[string][]*managed{"first": {first, second}, "last": {second, first}} {
		p := configured(t, romaSetup(server))
		says(t, p.plan(t, order[0], exportTo(file, "1"), false).said)
		if said := p.plan(t, order[1], exportTo(file, "1"), false).said; !strings.HasPrefix(said, "Error: Two exports write one path") {
			t.Errorf("%s: %q", name, said)
		}
	}
	p := configured(t, romaSetup(server))
	for range 2 {
		says(t, p.plan(t, first, exportTo(file, "1"), true).said)
	}
	expectCounts(t, server, "export 1")
}

// A saved plan is applied by another process: it says itself that nothing follows.
func TestDestroyOfASavedPlan(t *testing.T) {
	t.Parallel()
	inProcesses(t, func(t *testing.T, server *simulator.Server, file string, step func(*managed, values, bool) string) {
		t.Helper()
		it, other := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
		order(t, server, simulator.Fault{On: "export", Do: "never_end"})
		says(t, step(it, limited(exportTo(file, "1")), false), "Error: Export job is still running")
		says(t, step(it, nil, false), "Warning: Export job goes on")
		order(t, server, simulator.Fault{On: "export", Do: "status", Status: 400})
		if said := step(other, limited(exportTo(file, "1")), false); !strings.Contains(said, "Error: Export request refused") {
			t.Errorf("the old job was continued: %s", said)
		}
	})
}

// An archive never moves onto something else, which is seen in the plan; also where that holds the
// same bytes, as long as the archive lies at its old path.
func TestMovesAreSeenInThePlan(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		// there puts something at the new path.
		there func(t *testing.T, file, to string)
		taken bool
		warns string
		// leaves says whether there is a file at the old path afterwards.
		leaves bool
	}{
		"nothing": {func(*testing.T, string, string) {}, false, "", false},
		"a text":  {func(t *testing.T, _, to string) { t.Helper(); put(t, to, "text") }, true, "", true},
		"a copy":  {func(t *testing.T, file, to string) { t.Helper(); put(t, to, bytesOf(t, file)) }, true, "", true},
		"the same content in other bytes": {func(t *testing.T, file, to string) {
			t.Helper()
			put(t, to, bytesOf(t, file)+"\n")
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, true, "", false},
		"a move that was half done": {func(t *testing.T, file, to string) {
			t.Helper()
			if err := os.Link(file, to); err != nil {
				t.Fatal(err)
			}
		}, false, "", false},
		"moved by hand": {func(t *testing.T, file, to string) {
			t.Helper()
			if err := os.Rename(file, to); err != nil {
				t.Fatal(err)
			}
		}, false, "", false},
		"other content at the old path": {func(t *testing.T, file, _ string) { t.Helper(); put(t, file, "text") }, false, "Warning: No file to move", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			file := filepath.Join(t.TempDir(), "a.zip")
			to := filepath.Join(filepath.Dir(file), "b.zip")
			it := &managed{kind: "asset_export"}
			says(t, configured(t, romaSetup(server)).reaches(t.Context(), t, it, exportTo(file, "1"), false))
			row.there(t, file, to)
			p := configured(t, romaSetup(server))
			planned := p.plan(t, it, exportTo(to, "1"), false)
			if row.taken {
				says(t, planned.said, "Error: Path is taken")
			} else {
				says(t, planned.said)
				said := p.applies(t.Context(), t, it, exportTo(to, "1"), planned)
				if row.warns == "" {
					says(t, said)
				} else {
					says(t, said, row.warns)
				}
			}
			if occupiedBy(file) != row.leaves {
				t.Errorf("there is a file at the old path: %t", !row.leaves)
			}
			// An apply whose plan did not see it says the same.
			if row.taken {
				late := filepath.Join(filepath.Dir(file), "late", "c.zip")
				change := p.plan(t, it, exportTo(late, "1"), false)
				if err := os.Mkdir(filepath.Dir(late), 0o700); err != nil {
					t.Fatal(err)
				}
				put(t, late, bytesOf(t, to))
				says(t, p.apply(t.Context(), t, it, change), "Error: Path is taken")
			}
			expectCounts(t, server, "export 1")
		})
	}
}

// An export that runs again for another path leaves the archive before it, and says so.
func TestOldFileStays(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "a.zip")
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
	said := p.reaches(t.Context(), t, it, exportTo(file+".2", "2"), false)
	says(t, said, "Warning: Archive file stays", file+`"`)
	golden(t, "old archive file stays", placedIn(said, filepath.Dir(file), "DIR"))
	// Back again: it may be the only copy.
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false), "Error: Path is taken")
	expectCounts(t, server, "export 2")
}

// A path that is removed while its archive lies elsewhere: the job has ended, nothing is asked, and
// the message names the archive.
func TestPathRemovedWhileTheArchiveIsKept(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.zip")
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "0"), false))
	obstructed(t, server, p, it, file, exportTo(file, "1"))
	kept, err := filepath.Glob(filepath.Join(dir, ".orders.zip.asset-*.zip"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	config := exportTo(file, "1")
	delete(config, "path")
	said := configured(t, romaSetup(server)).reaches(t.Context(), t, it, config, false)
	says(t, said, "Warning: Archive file stays", kept[0])
	_, last, _ := strings.Cut(said, "Warning: Archive file stays")
	golden(t, "kept archive file stays", strings.ReplaceAll(placedIn("Warning: Archive file stays"+last, dir, "DIR"), filepath.Base(kept[0]), "KEPT"))
	shown := p.shows(t, it)
	if isWrong(said) || shown["status"] != "SUCCEEDED" || shown["archive"] != nil || shown["archive_id"] == nil {
		t.Errorf("state: %v\n%s", shown, said)
	}
	expectCounts(t, server, "export 2, download 2")
}
