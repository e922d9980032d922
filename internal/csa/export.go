package csa

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ExportOptions say what an export holds.
type ExportOptions struct {
	// ArtifactID is the id of a catalog, service offering, service design,
	// resource offering, resource environment or component palette.
	ArtifactID string
}

// Exporter returns the exports of one artifact.
func (c *Client) Exporter(options ExportOptions) asset.Exporter {
	return &exporter{client: c, options: options}
}

type exporter struct {
	client  *Client
	options ExportOptions
}

// Start starts nothing: an export is one request, which Download sends. It
// finds out on whose behalf, so that a refused account is known before, and
// answers a job without an id that has succeeded. The error wraps
// asset.ErrNotSent and what the look-up of the person says.
func (e *exporter) Start(ctx context.Context) (asset.Job, error) {
	if _, err := e.client.person.resolve(ctx, e.client); err != nil {
		return asset.Job{}, &kindError{asset.ErrNotSent, err}
	}
	return asset.Job{Type: "export", Status: asset.Succeeded}, nil
}

// Job is always asset.ErrUnknownJob: exports have no jobs.
func (e *exporter) Job(context.Context, string) (asset.Job, error) {
	return asset.Job{}, asset.ErrUnknownJob
}

// Download opens the stream of an archive (Export API, CSA 4.00 API reference
// p. 76-77). It has no announced length: one that was cut off ends with
// io.ErrUnexpectedEOF or is no complete zip. An export changes nothing, so the
// request is repeated as any that reads. The error is an
// *ArtifactMissingError, wraps asset.ErrNoArchive, or is mapped's.
func (e *exporter) Download(ctx context.Context, _ asset.Job) (io.ReadCloser, error) {
	c := e.client
	id, err := c.person.resolve(ctx, c)
	if err != nil {
		return nil, err
	}
	call, err := c.call(http.MethodGet, url.Values{queryPerson: {id}}, "export", e.options.ArtifactID)
	if err != nil {
		return nil, err
	}
	answer, err := c.archives.Do(ctx, call)
	if err, ok := errors.AsType[*httpapi.Error](err); ok && err.Status == http.StatusNotFound {
		return nil, &ArtifactMissingError{ID: e.options.ArtifactID, Cause: err}
	}
	if err != nil {
		return nil, c.mapped(err)
	}
	s := &stream{ctx: ctx, body: bufio.NewReaderSize(answer, beginLength), closer: answer}
	if err := c.checkBegin(s, answer); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

const (
	// localHeader is how a zip with an entry begins (PKWARE APPNOTE 4.3.7).
	localHeader = "PK\x03\x04"
	// beginLength is how much is looked at of an answer that is no archive.
	// The title of a page is near its beginning.
	beginLength = 8 << 10
)

var errNoZip = errors.New("the content does not begin like a zip file")

// checkBegin refuses an answer that is no archive, whatever its status and
// Content-Type say.
func (c *Client) checkBegin(s *stream, answer *httpapi.Answer) error {
	mark, err := s.body.Peek(len(localHeader))
	// Of a beginning that broke off, Read tells.
	broken := err != nil && !errors.Is(err, io.EOF)
	if string(mark) == localHeader || broken && strings.HasPrefix(localHeader, string(mark)) {
		return nil
	}
	// What is missing of the rest is no news.
	begin, _ := s.body.Peek(beginLength)
	if bytes.Contains(begin, []byte(localHeader)) {
		// A few bytes may stand before the zip, such as a line feed.
		return nil
	}
	cause := errNoZip
	if page := pageOf(bytes.ToValidUTF8(begin, nil)); page != nil {
		cause = page
	}
	return &kindError{asset.ErrNoArchive, answer.Unusable(begin, c.shown(cause))}
}

// stream is an archive on its way.
type stream struct {
	ctx    context.Context
	body   *bufio.Reader
	closer io.Closer
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	return n, s.broken(err)
}

// broken makes every end but the proper one io.ErrUnexpectedEOF, except that
// of the context.
func (s *stream) broken(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case s.ctx.Err() != nil:
		return context.Cause(s.ctx)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
}

// Close may be called more than once.
func (s *stream) Close() error { return s.closer.Close() }
