package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// exportTo is the configuration of an export of the orders app.
func exportTo(file, release string) values {
	return values{"roma": values{"apps": []any{ordersApp}}, "path": file, "triggers": map[string]string{"release": release}}
}

func says(t *testing.T, said string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		// Messages quote paths, on Windows with each separator twice.
		if !strings.Contains(said, text) && !strings.Contains(said, strings.ReplaceAll(text, `\`, `\\`)) {
			t.Errorf("%q is missing in:\n%s", text, said)
		}
	}
	if len(texts) == 0 && said != "" {
		t.Errorf("unexpected: %s", said)
	}
}

// wrong says whether something else than a warning was said.
func isWrong(said string) bool { return strings.Contains(said, "Error: ") }

func put(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func holdsText(t *testing.T, file, content string) {
	t.Helper()
	if got, err := os.ReadFile(file); err != nil || string(got) != content {
		t.Errorf("%s holds %.40q, %v", file, got, err)
	}
}

// What is at path and is not this export's is an error before the job, in the plan
// where it can be seen, and stays.
func TestPathIsTaken(t *testing.T) {
	t.Parallel()
	for name, there := range map[string]struct {
		content string
		// seen: the plan of a new export already knows.
		seen bool
	}{
		"a configuration": {"resource \"asset_export\" \"it\" {}\n", true},
		"an empty file":   {"", true},
		"another archive": {pack(t, "Other"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			p := configured(t, romaSetup(server))
			file := filepath.Join(t.TempDir(), "orders.zip")
			it := &managed{kind: "asset_export"}

			put(t, file, there.content)
			if first := p.plan(t, it, exportTo(file, "1"), false); first.fails() != there.seen {
				t.Errorf("planned: %s", first.said)
			}
			says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false), "Error: Path is taken", file, "Nothing was sent.")
			if it.state != nil {
				t.Error("there is a state")
			}
			holdsText(t, file, there.content)
			expectCounts(t, server, "export 0")

			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
			put(t, file, there.content)
			// Nothing would run: it is nobody's concern.
			says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
			says(t, p.plan(t, it, exportTo(file, "2"), false).said, "Error: Path is taken")
			holdsText(t, file, there.content)
			expectCounts(t, server, "export 1")
		})
	}
}

// meanwhile does something while an archive is being downloaded to file.
func meanwhile(t *testing.T, server *simulator.Server, file string, do func()) (done func()) {
	t.Helper()
	order(t, server, simulator.Fault{On: "download", Do: "slow", BytesPerSecond: 2000})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		eventually(t, "the download has begun", func() bool {
			found, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*.asset-part-*"))
			return err == nil && len(found) > 0 && holdsSome(found[0])
		})
		do()
	}()
	return func() { <-ended }
}

// What appears while the job runs and before the archive is asked for leaves the archive on the
// server, from where the next apply brings it.
func TestPathIsTakenBeforeTheDownload(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "orders.zip")
	order(t, server, simulator.Fault{On: "export", Do: "job_time", JobTimeMS: 1000})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		eventually(t, "the job has begun", func() bool { return counts(server, "export") == "export 1" })
		put(t, file, "of somebody else")
	}()
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false), "Error: Path is taken")
	<-ended
	holdsText(t, file, "of somebody else")
	expectCounts(t, server, "export 1, download 0")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false), "Export job is under way")
	expectCounts(t, server, "export 1, download 1")
}

func holdsSome(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Size() > 0
}

// What appears while the job runs is never replaced, and the archive, which the
// server no longer has, is kept. The next apply puts it in place without a request,
// at the same path or at another one, or exports again where it is gone.
func TestPathIsTakenWhileTheJobRuns(t *testing.T) {
	t.Parallel()
	type ending struct {
		name string
		// then happens before the next apply, which has the new path.
		then func(t *testing.T, file, kept string)
		path string
		sent string
		says []string
	}
	remove := func(t *testing.T, file string) {
		t.Helper()
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	endings := []ending{
		{"free again", func(t *testing.T, file, _ string) { remove(t, file) }, "orders.zip", "export 1, download 1", nil},
		{"another path", func(*testing.T, string, string) {}, "sub/other.zip", "export 1, download 1", nil},
		{"still taken", func(*testing.T, string, string) {}, "orders.zip", "export 1, download 1", []string{"Error: Path is taken", "was kept at"}},
		{"put there by hand", func(t *testing.T, file, kept string) {
			t.Helper()
			if err := os.Rename(kept, file); err != nil {
				t.Fatal(err)
			}
		}, "orders.zip", "export 1, download 1", nil},
		{"gone", func(t *testing.T, file, kept string) { remove(t, file); remove(t, kept) }, "orders.zip", "export 2, download 2", []string{"Export starts again"}},
	}
	for _, update := range []bool{false, true} {
		for _, end := range endings {
			t.Run(fmt.Sprintf("update %t, %s", update, end.name), func(t *testing.T) {
				t.Parallel()
				server := serve(t, simulator.Options{})
				p := configured(t, romaSetup(server))
				dir := t.TempDir()
				file := filepath.Join(dir, "orders.zip")
				it := &managed{kind: "asset_export"}
				if update {
					says(t, p.reaches(t.Context(), t, it, exportTo(file, "0"), false))
					server.Simulator.ResetRequests()
				}
				wait := meanwhile(t, server, file, func() { put(t, file, "of somebody else") })
				said := p.reaches(t.Context(), t, it, exportTo(file, "1"), false)
				wait()
				holdsText(t, file, "of somebody else")
				says(t, said, "Error: Path is taken", "only copy", "puts it in place and asks the server for nothing")
				kept, err := filepath.Glob(filepath.Join(dir, ".orders.zip.asset-*.zip"))
				if err != nil || len(kept) != 1 || !strings.Contains(said, strconv.Quote(kept[0])) {
					t.Fatalf("kept: %v, %v\n%s", kept, err, said)
				}
				if it.tainted == update {
					t.Errorf("tainted: %t", it.tainted)
				}

				end.then(t, file, kept[0])
				// Plan and apply are two processes.
				p = configured(t, romaSetup(server))
				said = p.reaches(t.Context(), t, it, exportTo(filepath.Join(dir, end.path), "1"), false)
				if end.says == nil && isWrong(said) {
					t.Errorf("unexpected: %s", said)
				}
				says(t, said, append(slices.Clone(end.says), "Export job is under way")...)
				expectCounts(t, server, end.sent)
				if isWrong(said) {
					return
				}
				shown := p.shows(t, it)
				if shown["status"] != "SUCCEEDED" || shown["begin_time"] == nil || shown["archive_id"] == nil {
					t.Errorf("state: %v", shown)
				}
				says(t, p.reaches(t.Context(), t, it, exportTo(filepath.Join(dir, end.path), "1"), false))
				says(t, p.reaches(t.Context(), t, it, exportTo(filepath.Join(dir, end.path), "2"), false))
				if left := parts(t, dir); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	}
}

// Two providers with different aliases are two processes. The same path through
// a directory with two names is taken by the first.
func TestOnePathOfTwoProviders(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	one, other := configured(t, romaSetup(server)), configured(t, romaSetup(server))
	says(t, one.reaches(t.Context(), t, &managed{kind: "asset_export"}, exportTo(filepath.Join(dir, "real", "a.zip"), "1"), false))
	second := &managed{kind: "asset_export"}
	says(t, other.reaches(t.Context(), t, second, exportTo(filepath.Join(dir, "link", "a.zip"), "1"), false), "Error: Path is taken")
	expectCounts(t, server, "export 1")
}

// In one process the plan says it. Where that process serves more than one walk, of
// two that are new it cannot: the one may be the other, planned once more.
func TestOnePathOfTwoExports(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dir := t.TempDir()
	file, same := filepath.Join(dir, "a.zip"), dir+"/./a.zip"
	first, second := &managed{kind: "asset_export"}, &managed{kind: "asset_export"}
	for version, says := range map[string]bool{"1.11.4": true, "1.12.9": true, "1.13.0-rc1": false, "1.16.0": false, "": false} {
		p := configuredBy(t, version, romaSetup(server))
		if said := p.plan(t, first, exportTo(file, "1"), false).said; said != "" {
			t.Errorf("%s: the first: %s", version, said)
		}
		if said := p.plan(t, second, exportTo(same, "1"), false).said; strings.HasPrefix(said, "Error: Two exports write one path") != says {
			t.Errorf("%s: the second: %q", version, said)
		}
	}
	p := configured(t, romaSetup(server))
	says(t, p.reaches(t.Context(), t, first, exportTo(file, "1"), false))
	// One of them is there already, in either order.
	p = configured(t, romaSetup(server))
	says(t, p.plan(t, first, exportTo(file, "1"), false).said)
	says(t, p.plan(t, second, exportTo(same, "2"), false).said, "Error: Two exports write one path")
	p = configured(t, romaSetup(server))
	says(t, p.plan(t, second, exportTo(same, "2"), false).said)
	says(t, p.plan(t, first, exportTo(file, "1"), false).said, "Error: Two exports write one path")
	expectCounts(t, server, "export 1")
}

// One process serves plan after plan and apply after apply, as in terraform test:
// what it remembers of one of them says nothing about the next.
func TestOneProcessForManyRuns(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "a.zip")
	config := func(release string) values {
		c := exportTo(file, release)
		c["remove_on_destroy"] = true
		return c
	}
	for _, release := range []string{"1", "2"} {
		// Two plans that ask for different things, and are not applied.
		it := &managed{kind: "asset_export"}
		for _, other := range []string{"a", "b"} {
			if said := p.plan(t, it, config(other), false).said; isWrong(said) {
				t.Errorf("planned: %s", said)
			}
		}
		for _, step := range []string{"1", "2", "2"} {
			if said := p.reaches(t.Context(), t, it, config(release+step), false); isWrong(said) {
				t.Errorf("release %s%s: %s", release, step, said)
			}
		}
		says(t, p.reaches(t.Context(), t, it, config(release+"2"), true))
		says(t, p.reaches(t.Context(), t, it, nil, false))
		if it.state != nil || holdsSome(file) {
			t.Errorf("the tear-down left the state or the file")
		}
	}
	expectCounts(t, server, "export 6")
}

// A file that stays is nobody's when its export was destroyed, in one process as in several.
func TestDestroyedExportLeavesAnothersFile(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 4} {
		server := serve(t, simulator.Options{})
		p := configured(t, romaSetup(server))
		next := func() {
			if processes > 1 {
				p = configured(t, romaSetup(server))
			}
		}
		file := filepath.Join(t.TempDir(), "a.zip")
		it := &managed{kind: "asset_export"}
		says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false))
		next()
		// What is replaced leaves its archive to its successor.
		if said := p.reaches(t.Context(), t, it, exportTo(file, "1"), true); isWrong(said) {
			t.Errorf("replaced: %s", said)
		}
		next()
		says(t, p.reaches(t.Context(), t, it, nil, false), "Warning: Archive file stays")
		next()
		says(t, p.reaches(t.Context(), t, it, exportTo(file, "1"), false), "Error: Path is taken")
		expectCounts(t, server, "export 2")
	}
}

// An interrupted job whose resource is destroyed is not continued by an export that asks for the
// same later on, although the process is the same.
func TestDestroyedJobIsNotContinued(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	file := filepath.Join(t.TempDir(), "a.zip")
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	config := exportTo(file, "1")
	config["timeouts"] = values{"create": "1s"}
	it := &managed{kind: "asset_export"}
	says(t, p.reaches(t.Context(), t, it, config, false), "Error: Export job is still running")
	says(t, p.reaches(t.Context(), t, it, nil, false), "Warning: Export job goes on")
	order(t, server, simulator.Fault{On: "export", Do: "never_end"})
	if said := p.reaches(t.Context(), t, it, config, false); strings.Contains(said, "is still running") {
		t.Errorf("the old job was continued: %s", said)
	}
}
