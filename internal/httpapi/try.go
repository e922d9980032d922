package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

const (
	maxJSONBody  = 1 << 20
	maxErrorBody = 64 << 10
	// bodyTimeout limits the reading of the bodies above, so that a server
	// that stops in the middle of one cannot hold a call.
	bodyTimeout = time.Minute
)

var (
	errSlowBody = errors.New("the answer's body did not end in time")
	errTooLong  = fmt.Errorf("the answer is longer than %d bytes", maxJSONBody)
)

// try is one sending of a call: what was written, and what came back.
type try struct {
	client  *Client
	call    *Call
	attempt int

	begin   time.Time
	request *http.Request
	resp    *http.Response
	body    *requestBody
	answer  *answerBody

	mu         sync.Mutex
	connected  bool
	wroteError bool
	wroteAll   bool
}

// send performs the try up to the answer's header, or to the end of the body
// of an answer that is an error.
func (t *try) send(ctx context.Context) (*http.Response, error) {
	t.begin = time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	r, err := t.prepare(ctx)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	t.request = r
	carrier := t.client.pooled
	if t.call.Kind == Start || t.call.Kind == Download {
		carrier = t.client.fresh
	}
	resp, err := carrier.RoundTrip(r)
	if err != nil {
		t.body.seal()
		err = t.failure(ctx, err)
		cancel(nil)
		t.log(0, 0, "", err)
		return nil, err
	}
	t.answer = &answerBody{body: resp.Body, try: t, resp: resp, cancel: cancel}
	resp.Body = t.answer
	t.resp = resp
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer func() { _ = t.answer.Close() }()
		return nil, t.errorAnswer()
	}
	return resp, nil
}

func (t *try) prepare(ctx context.Context) (*http.Request, error) {
	r, err := t.client.request(httptrace.WithClientTrace(ctx, t.trace()), t.call)
	if err != nil || t.call.Body == nil {
		return r, err
	}
	body, err := t.call.Body()
	if err != nil {
		return nil, err
	}
	t.body = &requestBody{body: body}
	r.ContentLength = t.call.Length
	r.Body = t.body
	return r, nil
}

// trace notes the facts from which Sent is told. The hooks run on goroutines
// of the transport.
func (t *try) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.connected = true
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.wroteError = info.Err != nil
			t.wroteAll = info.Err == nil
		},
	}
}

// sent tells how much of the request may have arrived. A body of announced
// length that was not read to its end here, or whose last write failed, is
// not whole on the other side either.
func (t *try) sent() Sent {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.connected:
		return NotConnected
	case t.wroteError, t.body != nil && t.body.count() < t.call.Length:
		return SentInPart
	case t.body == nil && !t.wroteAll:
		return SentInPart
	}
	return SentWhole
}

// consume reads a whole answer. Its error takes the place of the answer.
func (t *try) consume(parse func(http.Header, []byte) error) error {
	defer func() { _ = t.answer.Close() }()
	data, err := t.answer.readAll(maxJSONBody)
	switch {
	case errors.Is(err, errTooLong):
		return t.badAnswer(data, err)
	case err != nil:
		return t.failure(t.request.Context(), err)
	}
	if err := parse(t.resp.Header, data); err != nil {
		return t.badAnswer(data, err)
	}
	return nil
}

// log writes the one line of the try.
func (t *try) log(status int, in int64, requestID string, err error) {
	fields := map[string]any{
		"method":    t.call.Method,
		"url":       t.client.redactor.Clean(t.request.URL.Host + t.request.URL.EscapedPath()),
		"attempt":   t.attempt,
		"status":    status,
		"bytes_out": t.body.count(),
		"bytes_in":  in,
		"ms":        time.Since(t.begin).Milliseconds(),
	}
	if requestID != "" {
		fields["request_id"] = requestID
	}
	if err != nil {
		fields["error"] = err.Error()
	}
	t.client.log(t.request.Context(), "debug", "HTTP request", fields)
}

// requestBody counts what the transport took.
type requestBody struct {
	mu     sync.Mutex
	body   io.ReadCloser
	read   int64
	sealed bool
}

var errSealed = errors.New("the request was given up")

func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sealed {
		return 0, errSealed
	}
	n, err := b.body.Read(p)
	b.read += int64(n)
	return n, err
}

// Close never fails: what matters of a body that was only read is its bytes.
func (b *requestBody) Close() error {
	b.seal()
	return nil
}

// seal ends the reading of the body. The transport may go on reading after it
// has answered; nobody wants to share a file with it then.
func (b *requestBody) seal() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.sealed {
		b.sealed = true
		_ = b.body.Close()
	}
}

func (b *requestBody) count() int64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// answerBody is an answer's body that writes the log line when it is closed.
type answerBody struct {
	body   io.ReadCloser
	try    *try
	resp   *http.Response
	cancel context.CancelCauseFunc
	once   sync.Once
	read   int64
	failed error
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed = err
	}
	return n, err
}

// Close may be called more than once.
func (b *answerBody) Close() error {
	b.once.Do(func() {
		_ = b.body.Close()
		b.cancel(nil)
		b.try.body.seal()
		var err error
		if b.failed != nil {
			err = b.try.failure(b.try.request.Context(), b.failed)
		}
		b.try.log(b.resp.StatusCode, b.read, b.try.requestID(), err)
	})
	return nil
}

// readAll reads the body to its end. With errTooLong it returns the first
// limit bytes.
func (b *answerBody) readAll(limit int64) ([]byte, error) {
	timer := time.AfterFunc(bodyTimeout, func() { b.cancel(errSlowBody) })
	defer timer.Stop()
	data, err := io.ReadAll(io.LimitReader(b, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], errTooLong
	}
	return data, err
}
