package asset_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const keptOrders = ".orders.zip.asset-job-1.zip"

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func holdsBytes(t *testing.T, path string, want []byte) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s holds %d other bytes, %v", path, len(got), err)
	}
}

// What the export wrote is replaced. Everything else stays, before the job and after it, and
// the archive is kept under the name of its job.
func TestTargetIsTaken(t *testing.T) {
	t.Parallel()
	mine, data := zipOf(t, "mine"), zipOf(t, "new")
	for name, test := range map[string]struct {
		there []byte
		taken bool
	}{
		"what this export wrote": {mine, false},
		"a configuration":        {[]byte("provider \"asset\" {}\n"), true},
		"another archive":        {zipOf(t, "other"), true},
		"an empty file":          {[]byte{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := asset.Target{Path: filepath.Join(t.TempDir(), "orders.zip"), Own: []string{sum(mine)}, Job: "job-1"}
			write(t, target.Path, test.there)
			err := target.Prepare()
			if _, taken := errors.AsType[*asset.TakenError](err); taken != test.taken || err != nil && !taken {
				t.Errorf("before the job: %v", err)
			}
			stored, err := target.Save(t.Context(), bytes.NewReader(data), nil)
			if !test.taken {
				if err != nil || stored.SHA256 != sum(data) {
					t.Errorf("got %+v, %v", stored, err)
				}
				holdsBytes(t, target.Path, data)
				alone(t, filepath.Dir(target.Path), "orders.zip")
				return
			}
			kept, ok := errors.AsType[*asset.KeptError](err)
			if !ok || kept.Kept != filepath.Join(filepath.Dir(target.Path), keptOrders) || kept.Stored.SHA256 != sum(data) {
				t.Fatalf("got %v", err)
			}
			if _, taken := errors.AsType[*asset.TakenError](err); !taken {
				t.Errorf("got %v", err)
			}
			holdsBytes(t, target.Path, test.there)
			holdsBytes(t, kept.Kept, data)
			alone(t, filepath.Dir(target.Path), keptOrders, "orders.zip")
		})
	}
}

// A link is not what an export wrote, even if it leads to the same bytes.
func TestTargetLeavesALink(t *testing.T) {
	t.Parallel()
	path, data := filepath.Join(t.TempDir(), "orders.zip"), zipOf(t, "mine")
	leads := linked(t, path, data)
	target := asset.Target{Path: path, Own: []string{sum(data)}, Job: "job-1"}
	if _, taken := errors.AsType[*asset.TakenError](target.Prepare()); !taken {
		t.Error("the link would be replaced")
	}
	if _, err := target.Save(t.Context(), bytes.NewReader(zipOf(t, "new")), nil); err == nil {
		t.Error("the link was replaced")
	}
	untouched(t, path, leads, data)
}

func TestTargetThatBecameADirectory(t *testing.T) {
	t.Parallel()
	target, data := asset.Target{Path: filepath.Join(t.TempDir(), "orders.zip"), Job: "job-1"}, zipOf(t, "one")
	if err := os.Mkdir(target.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := target.Prepare(); !errors.Is(err, asset.ErrNotRegular) {
		t.Errorf("got %v", err)
	}
	_, err := target.Save(t.Context(), bytes.NewReader(data), nil)
	if kept, ok := errors.AsType[*asset.KeptError](err); !ok || !errors.Is(err, asset.ErrNotRegular) {
		t.Errorf("got %v", err)
	} else {
		holdsBytes(t, kept.Kept, data)
	}
}

// A server chooses the id of its job, and with that no place in this machine's file system.
func TestKeptNameOfAHostileJob(t *testing.T) {
	t.Parallel()
	data := zipOf(t, "one")
	for _, job := range []string{"../../etc/cron.d/x", "/etc/x", `..\..\x`, "a\x00b", "a:b", "nul", strings.Repeat("a", 4096), ".", "é\u202e"} {
		dir := t.TempDir()
		target := asset.Target{Path: filepath.Join(dir, "orders.zip"), Job: job}
		write(t, target.Path, []byte("other"))
		_, err := target.Save(t.Context(), bytes.NewReader(data), nil)
		kept, ok := errors.AsType[*asset.KeptError](err)
		if !ok || filepath.Dir(kept.Kept) != dir {
			t.Errorf("%.20q: %v", job, err)
			continue
		}
		holdsBytes(t, kept.Kept, data)
		alone(t, dir, filepath.Base(kept.Kept), "orders.zip")
	}
}

// An archive that was kept is put in place when what was there is gone, at the
// same path or at another one, and also if somebody put it there by hand.
func TestRestore(t *testing.T) {
	t.Parallel()
	data := zipOf(t, "one")
	keep := func(t *testing.T) (asset.Target, asset.Stored) {
		t.Helper()
		target := asset.Target{Path: filepath.Join(t.TempDir(), "orders.zip"), Job: "job-1"}
		write(t, target.Path, []byte("other"))
		_, err := target.Save(t.Context(), bytes.NewReader(data), nil)
		kept, ok := errors.AsType[*asset.KeptError](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		return target, kept.Stored
	}
	t.Run("still taken", func(t *testing.T) {
		t.Parallel()
		target, stored := keep(t)
		_, err := target.Restore(target.Path, stored)
		if kept, ok := errors.AsType[*asset.KeptError](err); !ok || filepath.Base(kept.Kept) != keptOrders {
			t.Errorf("got %v", err)
		}
		alone(t, filepath.Dir(target.Path), keptOrders, "orders.zip")
	})
	t.Run("free again", func(t *testing.T) {
		t.Parallel()
		target, stored := keep(t)
		if err := os.Remove(target.Path); err != nil {
			t.Fatal(err)
		}
		if got, err := target.Restore(target.Path, stored); err != nil || got.Path != target.Path || got.SHA256 != sum(data) {
			t.Errorf("got %+v, %v", got, err)
		}
		holdsBytes(t, target.Path, data)
		alone(t, filepath.Dir(target.Path), "orders.zip")
	})
	t.Run("another path", func(t *testing.T) {
		t.Parallel()
		target, stored := keep(t)
		before := target.Path
		target.Path = filepath.Join(t.TempDir(), "new", "other.zip")
		if _, err := target.Restore(before, stored); err != nil {
			t.Error(err)
		}
		holdsBytes(t, target.Path, data)
		alone(t, filepath.Dir(before), "orders.zip")
	})
	t.Run("put there by hand", func(t *testing.T) {
		t.Parallel()
		target, stored := keep(t)
		if err := os.Rename(filepath.Join(filepath.Dir(target.Path), keptOrders), target.Path); err != nil {
			t.Fatal(err)
		}
		if got, err := target.Restore(target.Path, stored); err != nil || got.Path != target.Path {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("gone or changed", func(t *testing.T) {
		t.Parallel()
		target, stored := keep(t)
		write(t, filepath.Join(filepath.Dir(target.Path), keptOrders), []byte("changed"))
		if _, err := target.Restore(target.Path, stored); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
}

// Names of the greatest length that file systems have, also with letters of several bytes, and
// job ids that are no file names.
func TestLongNames(t *testing.T) {
	t.Parallel()
	data := zipOf(t, "one")
	for _, name := range []string{strings.Repeat("a", 251) + ".zip", strings.Repeat("ü", 125) + ".zip", "a.zip"} {
		for _, job := range []string{"", "job-1", "../../etc", strings.Repeat("j", 300)} {
			target := asset.Target{Path: filepath.Join(t.TempDir(), name), Job: job}
			if err := target.Prepare(); err != nil {
				t.Fatal(err)
			}
			if _, err := target.Save(t.Context(), bytes.NewReader(data), nil); err != nil {
				t.Fatal(err)
			}
			_, err := target.Save(t.Context(), bytes.NewReader(data), nil)
			kept, ok := errors.AsType[*asset.KeptError](err)
			if !ok || filepath.Dir(kept.Kept) != filepath.Dir(target.Path) || strings.Contains(kept.Kept, "-part-") {
				t.Errorf("%d bytes, job %q: got %v", len(name), job, err)
			}
		}
	}
}

// One file has one key, through whatever links and dots it is named.
func TestKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "real", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	want := asset.Key(filepath.Join(dir, "real", "a.zip"))
	for _, name := range []string{"link/a.zip", "real/./a.zip", "link/sub/../a.zip", "real/sub/../a.zip"} {
		if got := asset.Key(dir + "/" + name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if one, other := asset.Key(filepath.Join(dir, "link", "new", "a.zip")), asset.Key(filepath.Join(dir, "real", "new", "a.zip")); one != other {
		t.Errorf("in a directory to come: %s and %s", one, other)
	}
	if asset.Key(filepath.Join(dir, "real", "b.zip")) == want {
		t.Error("two files have one key")
	}
}

// A path leads where the system walks it, not where its text seems to lead.
func TestDirectoriesAreWalked(t *testing.T) {
	t.Parallel()
	dir, data, newer := t.TempDir(), zipOf(t, "one"), zipOf(t, "two")
	if err := os.MkdirAll(filepath.Join(dir, "real", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("real", "deep"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for path, place := range map[string]string{
		dir + "/link/../a.zip":     filepath.Join(dir, "real", "a.zip"),
		dir + "/new/../b.zip":      filepath.Join(dir, "b.zip"),
		dir + "/link/./c.zip":      filepath.Join(dir, "real", "deep", "c.zip"),
		dir + "/link/far/../d.zip": filepath.Join(dir, "real", "deep", "d.zip"),
	} {
		if got, want := asset.Key(path), asset.Key(place); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
		target := asset.Target{Path: path, Job: "job-1"}
		if err := target.Prepare(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := target.Save(t.Context(), bytes.NewReader(data), nil); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		holdsBytes(t, place, data)
		target.Own = []string{sum(data)}
		if _, err := target.Save(t.Context(), bytes.NewReader(newer), nil); err != nil {
			t.Errorf("%s, again: %v", path, err)
		}
		holdsBytes(t, place, newer)
		if err := asset.Move(path, filepath.Join(dir, "moved.zip")); err != nil {
			t.Errorf("%s away: %v", path, err)
		}
		if err := asset.Move(filepath.Join(dir, "moved.zip"), path); err != nil {
			t.Errorf("%s back: %v", path, err)
		}
		holdsBytes(t, place, newer)
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(place), ".*")); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v, %v", path, left, err)
		}
	}
}

// Two names of one file are what a killed run leaves between the two steps of a move.
func TestMoveThatWasHalfDone(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), zipOf(t, "one")
	for _, from := range []string{filepath.Join(dir, "a.zip"), filepath.Join(t.TempDir(), "b.zip")} {
		to := filepath.Join(dir, "b.zip")
		write(t, from, data)
		if err := os.Link(from, to); err != nil {
			t.Fatal(err)
		}
		if err := asset.Move(from, to); err != nil {
			t.Error(err)
		}
		alone(t, dir, "b.zip")
		// Another way to write the name is no second one.
		if err := asset.Move(to, dir+"/./b.zip"); err != nil {
			t.Error(err)
		}
		holdsBytes(t, to, data)
		if err := os.Remove(to); err != nil {
			t.Fatal(err)
		}
	}
}

// What is at the new path already stays, and so does the file.
func TestMoveToATakenPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.zip"), filepath.Join(dir, "b.zip")
	write(t, from, []byte("mine"))
	write(t, to, []byte("other"))
	if _, taken := errors.AsType[*asset.TakenError](asset.Move(from, to)); !taken {
		t.Error("moved")
	}
	holdsBytes(t, from, []byte("mine"))
	holdsBytes(t, to, []byte("other"))
	if err := asset.Move(from, dir+"/./a.zip"); err != nil {
		t.Errorf("the same name: %v", err)
	}
	holdsBytes(t, from, []byte("mine"))
}
