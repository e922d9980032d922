package roma

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// errNoID is the cause of asset.ErrTaken for a job without an archive id.
var errNoID = errors.New("the job names no archive")

// download opens the stream of an archive (DownloadAssetArchive, ROMA Connect
// API reference 2025-10). The server deletes it with the first request, so
// the request is repeated only when it did not arrive or was refused. The
// error wraps asset.ErrTaken, ErrNoArchive or ErrDenied; io.ErrUnexpectedEOF
// if the answer was lost, which costs the archive as a broken stream does.
func (c *Client) download(ctx context.Context, instanceID, archiveID string) (io.ReadCloser, error) {
	if archiveID == "" {
		return nil, &kindError{asset.ErrTaken, errNoID}
	}
	answer, err := c.do(ctx, instanceID, request{
		kind:     httpapi.Download,
		method:   http.MethodGet,
		segments: []string{"assets", "archives", archiveID},
	})
	if err != nil {
		return nil, downloadError(ctx, err)
	}
	s := &stream{ctx: ctx, body: answer}
	if s.peek(); !s.mayBeZip() {
		bad := answer.Unusable(s.head, errNoZip)
		return nil, errors.Join(&kindError{asset.ErrNoArchive, bad}, s.Close())
	}
	return s, nil
}

var errNoZip = errors.New("the content does not begin like a zip file")

// A zip begins with the header of its first entry, or, if it has none, with
// the end of the central directory (PKWARE APPNOTE 4.3.7 and 4.3.16).
var zipBeginnings = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06")}

const (
	zipMark = 4
	// excerptLength is how much is read of an answer that is no archive.
	excerptLength = 2 << 10
)

// stream is an archive on its way.
type stream struct {
	ctx  context.Context
	body io.ReadCloser
	// head was read already; after it comes err, if set, else the body.
	head []byte
	err  error
}

// peek reads as much of the beginning as tells what it is: gateways answer
// with JSON and pages with status 200 too.
func (s *stream) peek() {
	s.fill(zipMark)
	if !s.mayBeZip() {
		s.fill(excerptLength)
	}
}

func (s *stream) fill(length int) {
	buffer := make([]byte, length)
	for s.err == nil && len(s.head) < length {
		var n int
		n, s.err = s.body.Read(buffer[:length-len(s.head)])
		s.head = append(s.head, buffer[:n]...)
	}
}

// mayBeZip is also true for a beginning that broke off: then Read tells. A few
// bytes may stand before the zip, such as a line feed.
func (s *stream) mayBeZip() bool {
	broken := s.err != nil && !errors.Is(s.err, io.EOF)
	for _, beginning := range zipBeginnings {
		if bytes.Contains(s.head, beginning) || broken && bytes.HasPrefix(beginning, s.head) {
			return true
		}
	}
	return false
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.err != nil {
		return 0, s.broken(s.err)
	}
	n, err := s.body.Read(p)
	return n, s.broken(err)
}

// broken makes every end but the proper one io.ErrUnexpectedEOF, except that
// of the context.
func (s *stream) broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		return io.EOF
	case s.ctx.Err() != nil:
		return context.Cause(s.ctx)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
}

// Close may be called more than once.
func (s *stream) Close() error { return s.body.Close() }
