package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// Range is a part of an object in bytes; the zero value is the whole of it.
type Range struct{ Offset, Length int64 }

// Get reads an object, or a range that begins inside of it and may end behind it. The Object has
// the size of the whole. With ifMatch, which is an ETag, a changed object is an *Error of kind
// Changed.
//
// The reader fails with an *Error that wraps io.ErrUnexpectedEOF, or the network's reason, if
// bytes are missing. A stream that breaks is taken up again where it broke, max_retries times at
// most, if the ETag binds what follows to what was read.
func (c *Client) Get(ctx context.Context, a store.Address, part Range, ifMatch string) (io.ReadCloser, Object, error) {
	s, err := c.open(ctx, a, part, ifMatch)
	if err != nil {
		return nil, Object{}, err
	}
	return s, s.object, nil
}

// stream is the body of an answer whose length is known.
type stream struct {
	ctx    context.Context
	client *Client
	answer *httpapi.Answer
	object Object
	// at and end are offsets in the object: of the next byte, and behind the last one.
	at, end int64
	// broke counts the streams that broke.
	broke int
}

func (c *Client) open(ctx context.Context, a store.Address, part Range, ifMatch string) (*stream, error) {
	req := request{kind: httpapi.Lookup, method: http.MethodGet, address: a, query: versioned(a), header: make(http.Header)}
	if ifMatch != "" {
		req.header.Set("If-Match", ifMatch)
		req.ifMatch = true
	}
	ranged := part != Range{}
	if ranged {
		if part.Offset < 0 || part.Length <= 0 {
			return nil, &Error{Method: req.method, Address: a, Cause: fmt.Errorf("no range: %d bytes at %d", part.Length, part.Offset)}
		}
		req.header.Set("Range", fmt.Sprintf("bytes=%d-%d", part.Offset, part.Offset+part.Length-1))
	}
	answer, err := c.do(ctx, req)
	if err != nil {
		return nil, err
	}
	s := &stream{ctx: ctx, client: c, answer: answer, object: objectOf(a, answer.Header), at: part.Offset}
	s.end = s.object.Size
	switch {
	case answer.Encoding() != "":
		err = unusable(req, answer, "the body is encoded as %s", answer.Encoding())
	case ifMatch != "" && s.object.ETag != "" && s.object.ETag != ifMatch:
		// A store that does not know If-Match.
		err = &Error{Kind: Changed, Method: req.method, Address: a, Status: answer.Status}
	case ranged:
		err = s.partial(req, part)
	case s.object.Size < 0 || answer.Status != http.StatusOK:
		err = unusable(req, answer, "not the whole object with its length")
	}
	if err != nil {
		_ = answer.Close()
		return nil, err
	}
	return s, nil
}

var rangeForm = regexp.MustCompile(`^(?i:bytes) ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})$`)

// contentRange reads a header of that name (RFC 9110, 14.4).
func contentRange(text string) (first, last, size int64, ok bool) {
	found := rangeForm.FindStringSubmatch(text)
	if found == nil {
		return 0, 0, 0, false
	}
	for i, number := range []*int64{&first, &last, &size} {
		// Digits alone, and few enough.
		*number, _ = strconv.ParseInt(found[i+1], 10, 64)
	}
	return first, last, size, first <= last && last < size
}

// partial reads where the range lies.
func (s *stream) partial(req request, part Range) error {
	first, last, size, ok := contentRange(s.answer.Header.Get("Content-Range"))
	length := s.object.Size
	switch {
	case s.answer.Status != http.StatusPartialContent || !ok:
		return unusable(req, s.answer, "no range of the object with its size")
	case first != part.Offset || last != min(part.Offset+part.Length, size)-1 || last < first, length >= 0 && length != last-first+1:
		return unusable(req, s.answer, "another range than the one that was asked for")
	}
	s.object.Size, s.end = size, last+1
	return nil
}

func (s *stream) Read(p []byte) (int, error) {
	for {
		if s.at >= s.end {
			return 0, io.EOF
		}
		n, err := s.answer.Read(p[:min(int64(len(p)), s.end-s.at)])
		s.at += int64(n)
		switch {
		case n > 0 || err == nil:
			// An error comes again with the next read.
			return n, nil
		case errors.Is(err, io.EOF):
			err = io.ErrUnexpectedEOF
		}
		if err := s.resume(err); err != nil {
			return 0, err
		}
	}
}

// resume opens the rest of the object after the stream has failed with cause.
func (s *stream) resume(cause error) error {
	failed := &Error{Method: http.MethodGet, Address: s.object.Address, Cause: s.answer.Broken(s.ctx, cause)}
	_ = s.answer.Close()
	if s.ctx.Err() != nil || s.object.ETag == "" || s.broke >= s.client.config.MaxRetries {
		return failed
	}
	s.broke++
	rest, err := s.client.open(s.ctx, s.object.Address, Range{s.at, s.end - s.at}, s.object.ETag)
	if err != nil {
		return err
	}
	if rest.end != s.end {
		_ = rest.Close()
		return failed
	}
	s.answer = rest.answer
	return nil
}

func (s *stream) Close() error { return s.answer.Close() }
