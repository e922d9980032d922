package provider

import (
	"os"
	"path/filepath"
	"testing"
)

// One path has one writer at a time, however it is written.
func TestOneWriterOfAPath(t *testing.T) {
	t.Parallel()
	m, dir := newPathMemory(), t.TempDir()
	file := filepath.Join(dir, "orders.zip")
	end, free := m.begin(file)
	if !free {
		t.Fatal("nobody writes there")
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{file, filepath.Join(dir, "sub") + "/../orders.zip", dir + "/./orders.zip"} {
		if _, free := m.begin(same); free {
			t.Errorf("%s has two writers", same)
		}
	}
	if _, free := m.begin(filepath.Join(dir, "other.zip")); !free {
		t.Error("another path is not free")
	}
	end()
	if _, free := m.begin(file); !free {
		t.Error("the path is not free again")
	}
}

// The file of a deleted export is its successor's from the moment on when that begins to write.
func TestRewritten(t *testing.T) {
	t.Parallel()
	m, file := newPathMemory(), filepath.Join(t.TempDir(), "orders.zip")
	rewritten := func(want bool, when string) {
		t.Helper()
		if m.rewritten(file, "first") != want {
			t.Errorf("%s: rewritten %t", when, !want)
		}
	}
	rewritten(false, "nobody wrote")
	m.wrote(file, "first")
	rewritten(false, "it wrote itself")
	end, _ := m.begin(file)
	rewritten(true, "the successor writes")
	m.wrote(file, "second")
	end()
	rewritten(true, "the successor wrote")
	m.left(file)
	rewritten(false, "the successor took its archive away")
}

// A process remembers who wrote a path as long as that is its path, or another one wrote there since.
func TestOutgrownPath(t *testing.T) {
	t.Parallel()
	m, file := newPathMemory(), filepath.Join(t.TempDir(), "orders.zip")
	m.wrote(file, "before")
	m.wrote(file, "after")
	if m.outgrown(file, "before"); !m.rewritten(file, "before") {
		t.Error("the successor's file passes for that of the one before")
	}
	if m.outgrown(file, "after"); len(m.written) > 0 {
		t.Errorf("still known: %v", m.written)
	}
}
