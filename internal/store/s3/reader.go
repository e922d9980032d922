package s3

import (
	"context"
	"fmt"
	"io"
	"sync"
)

const (
	// tailLength is what the first request reads: the central directory of a zip with 2,000
	// entries of ordinary names.
	tailLength = 256 << 10
	// maxTail is how long the tail grows: a directory that begins before it, because names are
	// long, is fetched whole with the second request and kept for whoever reads it again.
	maxTail = 1 << 20
	// firstChunk and maxChunk are the lengths of the requests after it, which double: a
	// longer directory costs few requests, and a short look not much.
	firstChunk = 256 << 10
	maxChunk   = 1 << 20
)

// Reader reads parts of one object, as its central directory, in few requests. It keeps at most
// 2 MiB. It is safe for concurrent use, one request at a time.
type Reader struct {
	ctx    context.Context
	client *Client
	object Object

	mu sync.Mutex
	// tail is the end of the object, chunk the last part that was fetched beside it.
	tail, chunk piece
	next        int64
	requests    int
	fetched     int64
}

// piece is a part of the object that was fetched.
type piece struct {
	at   int64
	data []byte
}

// ReaderAt returns a reader of an object that Head or Get described. Every request is bound to
// that content: by its version where it has one, and by If-Match. It asks nothing until the first
// ReadAt, whose errors are *Error, of kind Changed if the object is another one by now. Ctx ends
// all reading.
func (c *Client) ReaderAt(ctx context.Context, o Object) *Reader {
	if o.VersionID != "" {
		o.Address = o.Address.WithVersion(o.VersionID)
	}
	return &Reader{ctx: ctx, client: c, object: o, next: firstChunk}
}

// Requests returns how many requests were answered, and how many bytes they brought.
func (r *Reader) Requests() (requests int, fetched int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests, r.fetched
}

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, &Error{Address: r.object.Address, Cause: fmt.Errorf("an offset of %d", off)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	read := 0
	for read < len(p) {
		at := off + int64(read)
		if at >= r.object.Size {
			return read, io.EOF
		}
		from, err := r.piece(at, int64(len(p)-read))
		if err != nil {
			return read, err
		}
		read += copy(p[read:], from.data[at-from.at:])
	}
	return read, nil
}

// piece returns one that holds the byte at an offset.
func (r *Reader) piece(at, wanted int64) (piece, error) {
	if r.tail.data == nil {
		begin := max(r.object.Size-tailLength, 0)
		tail, err := r.fetch(begin, r.object.Size-begin)
		if err != nil {
			return piece{}, err
		}
		r.tail = tail
	}
	switch {
	case at >= r.tail.at:
		return r.tail, nil
	case at >= r.chunk.at && at < r.chunk.at+int64(len(r.chunk.data)):
		return r.chunk, nil
	}
	if before := r.tail.at - at; before+int64(len(r.tail.data)) <= maxTail {
		more, err := r.fetch(at, before)
		if err != nil {
			return piece{}, err
		}
		r.tail = piece{at, append(more.data, r.tail.data...)}
		return r.tail, nil
	}
	length := min(max(min(wanted, maxChunk), r.next), r.tail.at-at)
	chunk, err := r.fetch(at, length)
	if err != nil {
		return piece{}, err
	}
	r.chunk, r.next = chunk, min(2*r.next, maxChunk)
	return chunk, nil
}

func (r *Reader) fetch(at, length int64) (piece, error) {
	s, err := r.client.open(r.ctx, r.object.Address, Range{at, length}, r.object.ETag)
	if err != nil {
		return piece{}, err
	}
	defer func() { _ = s.Close() }()
	r.requests++
	if s.object.Size != r.object.Size {
		// A store that has neither ETags nor versions.
		return piece{}, &Error{Kind: Changed, Method: "GET", Address: r.object.Address, Status: s.answer.Status}
	}
	data := make([]byte, length)
	n, err := io.ReadFull(s, data)
	r.fetched += int64(n)
	return piece{at, data}, err
}
