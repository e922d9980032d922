package zipdir

import (
	"fmt"
	"io"
)

const (
	// minChunk is read at a place that has nothing to do with the last one;
	// one page costs no more than a few bytes of it.
	minChunk = 4 << 10
	// maxChunk holds the longest directory entry without its comment
	// (46 + 2 * 65535 bytes) and makes the number of reads irrelevant.
	maxChunk = 256 << 10
)

// window is a buffered view of a file. It reads little where accesses are far
// apart and ever larger chunks where they follow one another, so that both a
// few large files and many small ones cost few and short reads.
type window struct {
	r io.ReaderAt
	// end is where the view ends in the file; nothing from there on is read.
	end int64
	// buf holds the file's bytes from start.
	buf   []byte
	start int64
	chunk int
}

// at returns n bytes at off, valid until the next call. The caller has made
// sure that off+n is not behind the end and that n is at most maxChunk.
func (w *window) at(off int64, n int) ([]byte, error) {
	skip := off - w.start
	if skip >= 0 && skip+int64(n) <= int64(len(w.buf)) {
		return w.buf[skip : skip+int64(n)], nil
	}
	if skip >= 0 && skip <= int64(len(w.buf)+minChunk) {
		w.chunk = min(max(2*w.chunk, minChunk), maxChunk)
	} else {
		w.chunk = minChunk
	}
	want := int(min(int64(max(n, w.chunk)), w.end-off))
	if cap(w.buf) < want {
		w.buf = make([]byte, want)
	}
	w.buf, w.start = w.buf[:want], off
	got, err := w.r.ReadAt(w.buf, off)
	if got == want {
		return w.buf[:n], nil
	}
	w.buf = w.buf[:0]
	if err == nil || err == io.EOF {
		// The file is shorter than it was said to be.
		err = io.ErrUnexpectedEOF
	}
	return nil, fmt.Errorf("reading %d bytes at byte %d: %w", want, off, err)
}
