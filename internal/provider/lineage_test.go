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

func limited(config values, limit string) values {
	config["timeouts"] = values{"create": limit, "update": limit}
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
					says(t, step(it, limited(removing(exportTo(file, "2")), "1s"), !it.tainted), row.says)
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
		says(t, step(it, limited(exportTo(file, "1"), "1s"), true), "Error: Export job is still running")
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
		says(t, step(it, limited(exportTo(file, "1"), "1s"), false), "Error: Export job is still running")
		says(t, step(it, nil, false), "Warning: Export job goes on")
		order(t, server, simulator.Fault{On: "export", Do: "status", Status: 400})
		if said := step(other, limited(exportTo(file, "1"), "1s"), false); !strings.Contains(said, "Error: Export request refused") {
			t.Errorf("the old job was continued: %s", said)
		}
	})
}
