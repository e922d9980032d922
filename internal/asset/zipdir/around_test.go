package zipdir_test

import (
	"archive/zip"
	"io"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// What stands before and behind a complete zip does not matter, as it does not
// to archive/zip.
func TestAround(t *testing.T) {
	t.Parallel()
	locals, directory := parts(stored("hello.txt", "hello"))
	adjusted := func(before string) string {
		n := uint32(len(before))
		m := stored("hello.txt", "hello")
		return before + locals + central("hello.txt", 0, 0, m.crc, 5, 5, n, "", "") +
			end(1, uint32(len(directory)), n+uint32(len(locals)), "")
	}
	whole := build(stored("hello.txt", "hello"))
	want, err := zipdir.Inspect(strings.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"a line feed behind":               whole + "\n",
		"zeros behind":                     whole + strings.Repeat("\x00", 2000),
		"as much as a comment":             whole + strings.Repeat("\xff", 65535),
		"a comment and bytes behind":       locals + directory + end(1, uint32(len(directory)), uint32(len(locals)), "abc") + "\r\n",
		"the signature of another end":     whole + "PK\x05\x06" + strings.Repeat("\xff", 40),
		"a program before":                 "#!/bin/sh\nexit\n" + whole,
		"a program before, offsets of it":  adjusted("#!/bin/sh\nexit\n"),
		"both":                             "\n" + whole + "\n",
		"both, offsets of the file":        adjusted("\xef\xbb\xbf") + "\n\n",
		"the mark of a zip in one segment": adjusted("PK00"),
	} {
		r, size := strings.NewReader(s), int64(len(s))
		if err := zipdir.Check(r, size); err != nil {
			t.Errorf("%s: Check: %v", name, err)
		}
		if err := zipdir.Probe(r, size); err != nil {
			t.Errorf("%s: Probe: %v", name, err)
		}
		for what, f := range map[string]func(io.ReaderAt, int64) (string, error){"Digest": zipdir.Digest, "Inspect": zipdir.Inspect} {
			if got, err := f(r, size); got != want || err != nil {
				t.Errorf("%s: %s: %s, %v; want %s", name, what, got, err, want)
			}
		}
		if strings.Contains(name, "signature") {
			continue
		}
		z, err := zip.NewReader(r, size)
		if err != nil || len(z.File) != 1 {
			t.Errorf("%s: archive/zip: %v", name, err)
			continue
		}
		sameEntries(t, r, size, z.File)
	}
	mustBreak(t, whole+strings.Repeat("\xff", 65536), "more behind than a comment")
}

// A zip that is cut off is not the one that it holds, nor the one that it was
// before entries were added to it.
func TestCutAroundAnother(t *testing.T) {
	t.Parallel()
	inner := build(stored("pom.xml", "<project/>"))
	outer := build(stored("lib.jar", inner), stored("more.txt", strings.Repeat("more", 500)))
	if err := check(outer); err != nil {
		t.Fatal(err)
	}
	for cut := range len(outer) {
		mustBreak(t, outer[:cut], "cut at %d", cut)
		mustBreak(t, outer[:cut]+"\n", "cut at %d, with a line feed", cut)
	}
	added := inner + local("added.txt", 0, 0, 0, 0, 0, "")
	mustBreak(t, added, "cut behind what was added")
}

// Cut-off data stays cut off when something follows or precedes it.
func TestCutWithBytesBehind(t *testing.T) {
	t.Parallel()
	whole := build(stored("a.txt", "some content"), stored("b/", ""))
	for cut := range len(whole) - 2 {
		// Two bytes more would complete the end record, whose last bytes are
		// the length of an empty comment.
		mustBreak(t, whole[:cut]+"\n", "cut at %d", cut)
		mustBreak(t, "\n"+whole[:cut], "cut at %d, with a line feed before", cut)
	}
}
