package zipdir_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// repeated is a zip that is made up as it is read: a head, count directory
// headers of the same length, a tail.
type repeated struct {
	head, tail string
	count      int64
	// header is a pattern for all headers; vary changes it for one of them.
	header []byte
	vary   func(i int64, header []byte)
}

func (z *repeated) directory() int64 { return z.count * int64(len(z.header)) }

func (z *repeated) size() int64 { return int64(len(z.head)) + z.directory() + int64(len(z.tail)) }

func (z *repeated) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n) - int64(len(z.head))
		switch {
		case at < 0:
			n += copy(p[n:], z.head[off+int64(n):])
		case at < z.directory():
			i := at / int64(len(z.header))
			z.vary(i, z.header)
			n += copy(p[n:], z.header[at-i*int64(len(z.header)):])
		case at < z.directory()+int64(len(z.tail)):
			n += copy(p[n:], z.tail[at-z.directory():])
		default:
			return n, io.EOF
		}
	}
	return n, nil
}

// hostile makes a zip with count entries whose names have nameLen bytes. All
// of them refer to the same local header, which has the name 0…0.
func hostile(count int64, nameLen int, name func(i int64) int64) *repeated {
	zeros := strings.Repeat("0", nameLen)
	z := &repeated{
		head:   local(zeros, 0, 0, 0, 0, 0, ""),
		count:  count,
		header: []byte(central(zeros, 0, 0, 0, 0, 0, 0, "", "")),
	}
	z.vary = func(i int64, header []byte) {
		v := name(i)
		for p := len(header) - 1; p >= len(header)-min(nameLen, 8); p-- {
			header[p] = "0123456789abcdef"[v&15]
			v >>= 4
		}
	}
	z.tail = end64(uint64(count), uint64(z.directory()), uint64(len(z.head)), uint64(int64(len(z.head))+z.directory()))
	return z
}

func same(int64) int64      { return 0 }
func ordered(i int64) int64 { return i }
func mixed(i int64) int64   { return i * 0x9e3779b1 & 0xffffffff }

// allocated returns how many bytes f allocates, dead or alive. It is of use
// only in a test that is alone.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The limit that the package documentation gives.
const memory = 24 << 20

func TestHostileMemory(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	lastIsFirst := func(i int64) int64 { return (i + 1) % 200_000 }
	for _, c := range []struct {
		name    string
		zip     *repeated
		limit   uint64
		checked bool
		wrong   bool
	}{
		{"a million entries in order", hostile(1_000_000, 8, ordered), memory, true, false},
		{"a million equal entries", hostile(1_000_000, 8, same), memory, true, false},
		{"entries without a name", hostile(200_000, 0, same), memory, true, false},
		{"out of order", hostile(250_000, 8, mixed), memory, true, false},
		{"in order but for the last", hostile(200_000, 8, lastIsFirst), memory, true, false},
		{"long names out of order", hostile(600, 65535, mixed), memory, true, false},
		{"a count that lies", func() *repeated {
			z := hostile(1000, 8, ordered)
			z.tail = end64(1<<62, uint64(z.directory()), uint64(len(z.head)), uint64(int64(len(z.head))+z.directory()))
			return z
		}(), 64 << 10 * 2, false, true},
		{"a size that lies", func() *repeated {
			z := hostile(1000, 8, ordered)
			z.tail = end(1000, 0xfffffffe, uint32(len(z.head)), "")
			return z
		}(), 64 << 10 * 2, false, true},
	} {
		var err error
		if n := allocated(func() { _, err = zipdir.Digest(c.zip, c.zip.size()) }); n > c.limit {
			t.Errorf("%s: Digest allocates %d bytes; limit %d", c.name, n, c.limit)
		}
		if (err != nil) != c.wrong {
			t.Errorf("%s: Digest: %v", c.name, err)
		}
		if n := allocated(func() { err = zipdir.Check(c.zip, c.zip.size()) }); n > 2<<20 {
			t.Errorf("%s: Check allocates %d bytes", c.name, n)
		}
		if (err == nil) != c.checked {
			t.Errorf("%s: Check: %v", c.name, err)
		}
	}
}

// A file of any length is refused without reading it.
func TestAbsurdSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{-1, -1 << 63, 1<<63 - 1} {
		_, err := zipdir.Inspect(zeros{}, size)
		if _, ok := errors.AsType[*zipdir.FormatError](err); !ok {
			t.Errorf("size %d: %v", size, err)
		}
	}
}

type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

// Java before version 7 writes more than 65535 entries without zip64, and the
// count wraps around.
func TestCountWrapsAround(t *testing.T) {
	t.Parallel()
	z := hostile(65536+7, 1, same)
	z.tail = end(7, uint32(z.directory()), uint32(len(z.head)), "")
	if err := zipdir.Check(z, z.size()); err != nil {
		t.Error(err)
	}
	z.tail = end(8, uint32(z.directory()), uint32(len(z.head)), "")
	if err := zipdir.Check(z, z.size()); err == nil {
		t.Error("a wrong count passes")
	}
}

// The digest of what takes several passes with the real amount of memory is
// that of a list in memory.
func TestManyPasses(t *testing.T) {
	t.Parallel()
	const count = 140_000
	files := make([]*zip.File, count)
	for i := range files {
		files[i] = &zip.File{FileHeader: zip.FileHeader{Name: fmt.Sprintf("%08x", mixed(int64(i)))}}
	}
	z := hostile(count, 8, mixed)
	if got, err := zipdir.Digest(z, z.size()); got != naive(files) || err != nil {
		t.Errorf("%s, %v; want %s", got, err, naive(files))
	}
}

// changing has other names each time the directory is read.
type changing struct {
	*repeated
	reads int64
}

func (z *changing) ReadAt(p []byte, off int64) (int, error) {
	z.reads++
	z.vary = func(i int64, header []byte) { copy(header[46:], fmt.Sprintf("%08x", (1000-i)*z.reads)) }
	return z.repeated.ReadAt(p, off)
}

// A file that is being written has an end, too.
func TestFileChanges(t *testing.T) {
	t.Parallel()
	z := &changing{repeated: hostile(500, 8, ordered)}
	_, err := zipdir.DigestWith(z, z.size(), 0)
	if _, ok := errors.AsType[*zipdir.FormatError](err); ok || err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("%v", err)
	}
}
