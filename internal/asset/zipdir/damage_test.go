package zipdir_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

func check(s string) error { return zipdir.Check(strings.NewReader(s), int64(len(s))) }

// No beginning, end or middle part of a zip is a zip.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := build(stored("a.txt", "some content"), stored("b/", ""), stored("b/c.txt", "more"))
	descriptor, long := descriptors(), zip64Sample()
	for _, s := range []string{whole, descriptor, long} {
		if err := check(s); err != nil {
			t.Fatal(err)
		}
		for cut := range len(s) {
			mustBreak(t, s[:cut], "cut at %d", cut)
			if cut > 0 {
				mustBreak(t, s[cut:], "without the first %d", cut)
				mustBreak(t, s[:cut-1]+s[cut:], "without byte %d", cut-1)
			}
		}
	}
}

func mustBreak(t *testing.T, s, format string, args ...any) {
	t.Helper()
	err := check(s)
	if _, ok := errors.AsType[*zipdir.FormatError](err); !ok {
		t.Errorf(format+": %v", append(args, err)...)
	}
	digest, inspected := zipdir.Inspect(strings.NewReader(s), int64(len(s)))
	if digest != "" || inspected == nil || err != nil && inspected.Error() != err.Error() {
		t.Errorf(format+": Inspect says %q, %v; Check %v", append(args, digest, inspected, err)...)
	}
}

func TestWhatIsWrong(t *testing.T) {
	t.Parallel()
	hello := stored("hello.txt", "hello")
	with := func(change func(*member)) string {
		m := hello
		change(&m)
		return build(m)
	}
	replaced := func(header string) string { return with(func(m *member) { m.local = header + "hello" }) }
	locals, directory := parts(hello)
	ends := func(count uint16, size, offset int64) string {
		return locals + directory + end(count, uint32(size), uint32(offset), "")
	}
	const all = 0xffffffff
	long := func(count, size, offset, at int64) string {
		return locals + directory + end64(uint64(count), uint64(size), uint64(offset), uint64(at))
	}
	l, d := int64(len(locals)), int64(len(directory))
	many := strings.Repeat(directory, 3)

	for _, c := range []struct{ name, zip, want string }{
		{"nothing", "", "the end of central directory record is missing: the file is cut off or no zip"},
		{
			"an error page", "<html><body>502 Bad Gateway</body></html>",
			"the end of central directory record is missing: the file is cut off or no zip",
		},
		{
			"cut in the comment", strings.TrimSuffix(locals+directory+end(1, uint32(d), uint32(l), "abc"), "c"),
			"the comment of the end of central directory record does not reach to the end of the file",
		},
		{
			"part of several", locals + directory + strings.Replace(end(1, uint32(d), uint32(l), ""), "\x00\x00", "\x01\x00", 1),
			"the file is one part of a zip that is split over several files",
		},
		{
			"beginning is missing", build(hello)[10:],
			"the central directory (55 bytes at byte 44) does not fit before the end record at byte 89",
		},
		{"directory larger than the file", ends(1, all-1, 0), "does not fit before the end record"},
		{"more entries than fit", ends(2, d, l), "a central directory of 55 bytes cannot hold 2 entries"},
		{
			"an entry that is not counted", ends(0, d, l),
			"another number of entries (at least 1) than the end record says (0)",
		},
		{
			"one entry too many", locals + many + strings.Repeat("-", 46) + end(4, uint32(3*d+46), uint32(l), ""),
			"the central directory has no valid entry at byte",
		},
		{
			"counts fewer", locals + many + end(2, uint32(3*d), uint32(l), ""),
			"another number of entries (at least 3) than the end record says (2)",
		},
		{
			"directory ends early", locals + many + end(2, uint32(2*d), uint32(l), ""),
			"another number of entries (at least 3) than the end record says (2)",
		},
		{
			"directory breaks off in a header", locals + directory + "PK\x01\x02" + end(1, uint32(d+4), uint32(l), ""),
			"the central directory breaks off at byte 99",
		},
		{"directory breaks off in a name", locals + central("a name that is too long", 0, 0, 0, 0, 0, 0, "", "")[:50] +
			end(1, 50, uint32(l), ""), "the central directory breaks off in the entry at byte 44"},

		{"zip64 record is elsewhere", long(1, d, l, l+d+1), "points to byte 100, where no zip64 end record fits"},
		{"zip64 record is something else", long(1, d, l, l+d-1), "the zip64 end of central directory record is missing at byte 98"},
		{"zip64 count", long(1<<40, d, l, l+d), "cannot hold 1099511627776 entries"},
		{"zip64 count is exact", long(65537, 0, 0, l+d), "cannot hold 65537 entries"},
		{"zip64 size", long(1, -1, l, l+d), "does not fit"},
		{"zip64 offset", long(1, d, -1, l+d), "does not fit"},
		{"zip64 contradiction", strings.Replace(long(1, d, l, l+d), "\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00",
			"\x01\x02\x03\x04\xff\xff\xff\xff\x00\x00", 1), "contradict each other"},
		{
			"zip64 in several files", strings.Replace(long(1, d, l, l+d), le32(1)+"PK\x05\x06", le32(2)+"PK\x05\x06", 1),
			"the zip64 locator counts 2 files",
		},
		{
			"zip64 field is missing", with(func(m *member) { m.compressed = all }),
			`entry "hello.txt": its sizes or its place should stand in a zip64 field`,
		},
		{
			"zip64 field is short", with(func(m *member) { m.compressed, m.extra = all, le16(1)+le16(4)+"1234" }),
			"missing or too short",
		},

		{
			"local header behind the directory", locals +
				central("x", 0, 0, 0, 0, 0, uint32(l+1), "", "") + end(1, 47, uint32(l), ""),
			`entry "x": its data would begin behind the central directory`,
		},
		{
			"local header in the directory", locals +
				central("x", 0, 0, 0, 0, 0, uint32(l-1), "", "") + end(1, 47, uint32(l), ""),
			`entry "x": its local header would reach into the central directory`,
		},
		{
			"no local header", replaced("PK\x03\x05" + locals[4:l-5]),
			`entry "hello.txt": there is no local header at byte 0`,
		},
		{
			"data is too long", with(func(m *member) { m.compressed, m.uncompressed = 6, 6 }),
			`entry "hello.txt": its data (6 bytes) does not fit before the central directory`,
		},
		{"name is too long", replaced(locals[:26] + le16(60000) + locals[28:l-5]), "its data (5 bytes) does not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			mustBreak(t, c.zip, "%s", c.name)
			if err := check(c.zip); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check says %v; want %q", err, c.want)
			}
		})
	}
}

// What real programs write and what does no harm passes.
func TestTolerated(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"bit 3 with sizes in the local header and no descriptor": build(member{
			name: "hello.txt", flags: 8, crc: helloCRC, compressed: 5, uncompressed: 5,
			local: local("hello.txt", 8, 0, helloCRC, 5, 5, "") + "hello",
		}),
		"bit 3 on a directory without a descriptor": build(member{name: "etc/", flags: 8}),
		"bit 3 in the local header only": build(member{
			name: "hello.txt", crc: helloCRC, compressed: 5, uncompressed: 5,
			local: local("hello.txt", 8, 0, 0, 0, 0, "") + "hello" + "PK\x07\x08" + le32(helloCRC) + le32(5) + le32(5),
		}),
		"zip64 in the local header without its field": build(member{
			name: "hello.txt", crc: helloCRC, compressed: 5, uncompressed: 5,
			local: local("hello.txt", 0, 0, helloCRC, 0xffffffff, 0xffffffff, "") + "hello",
		}),
		"an encrypted entry with another CRC in its descriptor": build(member{
			name: "hello.txt", flags: 9, crc: helloCRC, compressed: 5, uncompressed: 5,
			data: "hello" + le32(0) + le32(5) + le32(5),
		}),
		"another name in the local header": build(inside(local("..\\hello.txt\x00", 0, 0, helloCRC, 5, 5, ""))),
		"another compression method there": build(inside(local("hello.txt", 0, 8, helloCRC, 5, 5, ""))),
		"encrypted only there":             build(inside(local("hello.txt", 1, 0, helloCRC, 5, 5, ""))),
		"another CRC there":                build(inside(local("hello.txt", 0, 0, 1, 5, 5, ""))),
		"another size there":               build(inside(local("hello.txt", 0, 0, helloCRC, 5, 6, ""))),
		"another compressed size there":    build(inside(local("hello.txt", 0, 0, helloCRC, 4, 5, ""))),
		"bit 3 there and no descriptor":    build(inside(local("hello.txt", 8, 0, 0, 0, 0, ""))),
		"a size that is really 2^32-1":     build(member{name: "bomb", method: 8, uncompressed: 0xffffffff}),
		"two entries with the same data": func() string {
			locals, directory := parts(stored("hello.txt", "hello"))
			return locals + directory + directory + end(2, uint32(2*len(directory)), uint32(len(locals)), "")
		}(),
	} {
		if err := check(s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// inside is the member hello with another local header.
func inside(header string) member {
	m := stored("hello.txt", "hello")
	m.local = header + "hello"
	return m
}

type failingReader struct{ err error }

func (r failingReader) ReadAt([]byte, int64) (int, error) { return 0, r.err }

// An error of the reader says nothing about the file.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ err, want error }{
		{io.ErrClosedPipe, io.ErrClosedPipe},
		{io.EOF, io.ErrUnexpectedEOF},
	} {
		err := zipdir.Check(failingReader{c.err}, 1000)
		if _, ok := errors.AsType[*zipdir.FormatError](err); ok || !errors.Is(err, c.want) {
			t.Errorf("reader fails with %v: %v; want %v", c.err, err, c.want)
		}
	}
	// Every read is needed: the end, the directory, the local header.
	s := build(stored("hello.txt", strings.Repeat("hello", 1000)))
	for limit := int64(1); limit <= int64(len(s)); limit++ {
		_, err := zipdir.Inspect(failsBelow{strings.NewReader(s), limit}, int64(len(s)))
		if _, ok := errors.AsType[*zipdir.FormatError](err); ok || !errors.Is(err, io.ErrClosedPipe) {
			t.Fatalf("reader fails below %d: %v", limit, err)
		}
	}
}

// failsBelow fails reads that begin below the limit.
type failsBelow struct {
	r     io.ReaderAt
	limit int64
}

func (f failsBelow) ReadAt(p []byte, off int64) (int, error) {
	if off < f.limit {
		return 0, io.ErrClosedPipe
	}
	return f.r.ReadAt(p, off)
}
