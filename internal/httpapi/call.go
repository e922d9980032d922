package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Kind says what a request does, and with that what may be repeated.
type Kind int

const (
	// Lookup reads, or does something that may be done twice (a login).
	Lookup Kind = iota
	// Poll looks at a job once; whoever waits for the job repeats it.
	Poll
	// Start starts something that must not be started twice.
	Start
	// Download reads something that is gone after the first reading.
	Download
	// Store writes something long that is the same when it is written twice, or whose second
	// writing a condition refuses.
	Store
)

// Call is one request to the server.
type Call struct {
	Kind   Kind
	Method string
	// Path follows the base URL, starts with a slash and is escaped.
	Path   string
	Query  url.Values
	Header http.Header
	// Body opens the body anew for each try; nil means none.
	Body func() (io.ReadCloser, error)
	// Length is the exact number of bytes of the body.
	Length int64
	// Secret: a good answer holds credentials. No error quotes any of it, except
	// of the page of a proxy.
	Secret bool
	// Longest is how long the body of a good answer may be that Parse reads, in bytes; 1 MiB when 0.
	Longest int64
	// LongestError is how much of the body of an answer with a bad status is read, in bytes; 64 KiB when 0.
	LongestError int64
	// Sign, if not nil, completes each try before it is sent. Its error ends
	// the call and is returned as it is.
	Sign func(*http.Request) error
}

// SetBytes makes data the body.
func (call *Call) SetBytes(data []byte) {
	call.Length = int64(len(data))
	call.Body = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// Do sends the call, and sends it again as the table of repetitions allows,
// until the server answers with a status from 200 to 299. The caller closes
// the answer. The error is
//
//   - *Error for an answer with another status,
//   - *TransportError if there was no answer,
//   - the error of Sign or Body,
//   - the context's cause joined with the last of these, if the context ended
//     while waiting to send again.
func (c *Client) Do(ctx context.Context, call *Call) (*Answer, error) {
	return c.run(ctx, call, nil)
}

// Parse sends the call like Do, reads the answer's body and
// hands its header and the body to parse. An answer that is longer than the call allows, or that parse refuses, is an
// *AnswerError; one that breaks off is a *TransportError.
func (c *Client) Parse(ctx context.Context, call *Call, parse func(http.Header, []byte) error) error {
	_, err := c.run(ctx, call, func(t *try) error { return t.consume(parse) })
	return err
}

func (c *Client) run(ctx context.Context, call *Call, consume func(*try) error) (*Answer, error) {
	repeated := 0
	for attempt := 1; ; attempt++ {
		t := &try{client: c, call: call, attempt: attempt, consumed: consume != nil}
		err := t.send(ctx)
		if err == nil && consume != nil {
			err = consume(t)
		}
		if err == nil {
			return t.answer, nil
		}
		if t.request == nil {
			// Nothing was sent: an error of Sign or Body, with its own history.
			return nil, err
		}
		if t.expected() && statusOf(err) == http.StatusExpectationFailed {
			c.plain.Store(true)
			// Nothing was performed: sent again without, once (RFC 9110, 10.1.1).
			continue
		}
		verdict := mayRepeat(call.Kind, eventOf(err))
		if verdict == never || ctx.Err() != nil || (verdict == counted && repeated >= c.maxRetries) {
			return nil, err
		}
		if verdict == counted {
			repeated++
		}
		delay, ok := waitBefore(ctx, err, attempt)
		if !ok {
			return nil, err
		}
		if cause := sleep(ctx, delay); cause != nil {
			return nil, fmt.Errorf("%w while waiting to send again: %w", cause, err)
		}
	}
}

// expected says whether the try asked for leave to send its body.
func (t *try) expected() bool { return t.request.Header.Get("Expect") != "" }

func statusOf(err error) int {
	if answer, ok := errors.AsType[*Error](err); ok {
		return answer.Status
	}
	return 0
}

func (c *Client) request(ctx context.Context, call *Call) (*http.Request, error) {
	u, err := url.Parse(c.base.String() + call.Path)
	if err != nil {
		return nil, fmt.Errorf("%s: unusable path", call.Method)
	}
	// A space is %20 and never "+": the canonical query of a signature knows
	// only that form, and both forms decode to the same.
	u.RawQuery = strings.ReplaceAll(call.Query.Encode(), "+", "%20")
	r, err := http.NewRequestWithContext(ctx, call.Method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range call.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	r.Header.Set("User-Agent", c.userAgent)
	if call.Sign != nil {
		if err := call.Sign(r); err != nil {
			return nil, err
		}
	}
	// Lengths and digests are those of the bytes on the wire.
	r.Header.Set("Accept-Encoding", "identity")
	return r, nil
}

// sleep waits for d and returns nil, or the context's cause if it ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
