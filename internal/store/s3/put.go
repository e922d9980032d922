package s3

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// MaxPut is the longest object of one PUT in bytes, at S3 and at OBS ("PutObject" in both API
// references).
const MaxPut = 5 << 30

// PutOptions are what goes with an object.
type PutOptions struct {
	// Metadata has names in small letters and values of printable ASCII.
	Metadata map[string]string
	// OnlyIfAbsent has the store refuse the object if there is one of that key. Stores that
	// do not know the condition overwrite: who needs to know asks Head before and after.
	OnlyIfAbsent bool
}

// Put stores size bytes of content with one PUT, whose tries each read content anew. It is sent
// again after lost connections and bad days of the store: with OnlyIfAbsent the condition keeps
// the second one from overwriting anything, without it the bucket should keep versions, of
// which there may then be two with the same bytes.
//
// With OnlyIfAbsent, HEAD asks before the PUT is sent again, and after the last one, whether
// something is there by now. Servers that refuse before they have read the body, and close the
// connection on the rest of it, would else have it sent several times and never be heard.
//
// The error is an *Error, TooLarge before anything is sent. AlreadyExists may be due to what an
// earlier try wrote whose answer was lost, or to somebody who writes at this moment: the caller
// asks Head whether the object has the hash of the content, and that is success. An error of
// content, and httpapi.ErrChanged if it is not as long as was said, end it.
func (c *Client) Put(ctx context.Context, a store.Address, content io.ReaderAt, size int64, o PutOptions) (Object, error) {
	req := request{
		kind: httpapi.Store, method: http.MethodPut, address: a, onlyIfAbsent: o.OnlyIfAbsent,
		header: http.Header{"Content-Type": {"application/zip"}},
	}
	if size > MaxPut {
		return Object{}, &Error{Kind: TooLarge, Address: a, Cause: fmt.Errorf("%d bytes, and one PUT takes %d", size, int64(MaxPut))}
	}
	if err := a.Unversioned(); err != nil {
		return Object{}, &Error{Address: a, Cause: err}
	}
	if size > 0 {
		req.body = &source{content: content, size: size}
		if o.OnlyIfAbsent {
			req.body.again = func() error { return c.taken(ctx, a, nil) }
		}
	}
	for name, value := range o.Metadata {
		req.header.Set("X-Amz-Meta-"+name, value)
	}
	if o.OnlyIfAbsent {
		req.header.Set("If-None-Match", "*")
		if c.config.OBS {
			// OBS documents no If-None-Match for PUT.
			req.header.Set("X-Obs-Forbid-Overwrite", "true")
		}
	}
	answer, err := c.do(ctx, req)
	if sum := checksum(err, o.Metadata); sum != "" {
		// It is not sent right away, because stores that do not know it refuse it.
		req.header.Set("X-Amz-Checksum-Sha256", sum)
		answer, err = c.do(ctx, req)
	}
	if err != nil {
		if o.OnlyIfAbsent && unheard(err) {
			err = cmp.Or(c.taken(ctx, a, err), err)
		}
		return Object{}, err
	}
	defer func() { _ = answer.Close() }()
	stored := objectOf(a, answer.Header)
	stored.Size, stored.Metadata = size, o.Metadata
	stored.SHA256, stored.ContentDigest = o.Metadata[MetaSHA256], o.Metadata[MetaContentDigest]
	return stored, nil
}

// unheard says whether a PUT may have been performed, or refused, without our knowing.
func unheard(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind == AlreadyExists {
		return false
	}
	lost, ok := errors.AsType[*httpapi.TransportError](err)
	return e.Status >= http.StatusInternalServerError || ok && lost.Sent != httpapi.NotConnected
}

// taken returns an *Error of kind AlreadyExists, with the given cause, if an object is there. It
// asks once, and what it cannot find out it leaves to the condition of the PUT.
func (c *Client) taken(ctx context.Context, a store.Address, cause error) error {
	if ctx.Err() == nil && c.sees(ctx, a) {
		return &Error{Kind: AlreadyExists, Method: http.MethodHead, Address: a, Status: http.StatusOK, Cause: cause}
	}
	return nil
}

func (c *Client) sees(ctx context.Context, a store.Address) bool {
	answer, err := c.do(ctx, request{kind: httpapi.Poll, method: http.MethodHead, address: a, once: true})
	return err == nil && answer.Close() == nil
}

// checksum is the SHA-256 of the content in Base64 if it is known and a bucket with object lock
// has refused a PUT without one; else it is empty.
func checksum(err error, metadata map[string]string) string {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || !wantsChecksum(answer.Own()) {
		return ""
	}
	sum, err := hex.DecodeString(metadata[MetaSHA256])
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// source is the body of each try. What failed here fails again, so the next try is not made.
type source struct {
	content io.ReaderAt
	size    int64
	// again is called before each try but the first one; its error ends them. It may be nil.
	again  func() error
	opened int
	// failed is written before the try ends that reads it, and read by the next one.
	failed error
}

func (s *source) open() (io.ReadCloser, error) {
	if s.failed != nil {
		return nil, fmt.Errorf("reading what is to be stored: %w", s.failed)
	}
	s.opened++
	if s.opened > 1 && s.again != nil {
		if err := s.again(); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(&noting{httpapi.Exactly(io.NewSectionReader(s.content, 0, s.size), s.size), s}), nil
}

// noting remembers an error of the content.
type noting struct {
	content io.Reader
	source  *source
}

func (n *noting) Read(p []byte) (int, error) {
	read, err := n.content.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.source.failed = err
	}
	return read, err
}
