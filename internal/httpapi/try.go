package httpapi

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// try is one sending of a call: what was written, and what came back.
type try struct {
	client  *Client
	call    *Call
	attempt int
	// consumed: the answer is read here, as text.
	consumed bool

	begin   time.Time
	request *http.Request
	body    *requestBody
	answer  *Answer

	mu         sync.Mutex
	connected  bool
	wroteError bool
	wroteAll   bool
	// handshakes: TLS with the server began; handshake is how it failed.
	handshakes bool
	// asked: the server asked for a certificate of the client.
	asked     bool
	handshake error
	// way ends a try whose proxy says nothing; nil without a proxy.
	way *time.Timer
}

// send performs the try up to the answer's header, or to the end of the body
// of an answer that is an error.
func (t *try) send(ctx context.Context) error {
	t.begin = time.Now()
	// Whatever comes before the sending, a login for example, ends with ctx.
	r, err := t.prepare(ctx)
	if err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		t.body.seal()
		return err
	}
	ctx, cancel := t.sending(ctx)
	r = r.WithContext(httptrace.WithClientTrace(context.WithValue(ctx, tryKey{}, t), t.trace()))
	t.request = r
	carrier := t.client.pooled
	if t.call.Kind == Start || t.call.Kind == Download || t.call.Kind == Store {
		carrier = t.client.fresh
	}
	if t.client.proxyOf(r) != nil {
		t.way = time.AfterFunc(proxyTime, func() { cancel(errSilentProxy) })
		defer t.way.Stop()
	}
	resp, err := t.roundTrip(carrier, r)
	if err != nil {
		t.body.seal()
		err = t.failure(ctx, err)
		cancel(nil)
		t.log(0, 0, "", err)
		return err
	}
	good := resp.StatusCode >= 200 && resp.StatusCode <= 299
	t.answer = &Answer{
		Status: resp.StatusCode, Header: resp.Header,
		body: resp.Body, try: t, cancel: cancel,
	}
	if !good || t.consumed || t.call.Kind == Start {
		t.answer.body = decoded(resp)
	}
	if !good {
		err := t.errorAnswer()
		_ = resp.Body.Close()
		t.answer.end()
		return err
	}
	return nil
}

func (t *try) roundTrip(carrier http.RoundTripper, r *http.Request) (*http.Response, error) {
	if t.client.proxies != nil {
		return nil, t.client.proxies
	}
	if refused := t.client.refused.Load(); refused != nil {
		// It was shown these once: more refusals lock the account.
		return nil, refused
	}
	resp, err := carrier.RoundTrip(r)
	if refused, ok := errors.AsType[*ProxyError](err); ok && refused.WantsLogin() {
		t.client.refused.Store(refused)
	}
	return resp, err
}

// answerGrace is how long the answer to a starting request is waited for after
// its caller has ended: it holds the job id, and Terraform is told within a
// second.
const answerGrace = 700 * time.Millisecond

// sending is the context of the request on its way and of its answer. That of
// a starting request outlives its caller's by the grace.
func (t *try) sending(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	if t.call.Kind != Start {
		return context.WithCancelCause(ctx)
	}
	sending, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(answerGrace, func() { cancel(nil) })
	})
	return sending, func(cause error) {
		stop()
		cancel(cause)
	}
}

func (t *try) prepare(ctx context.Context) (*http.Request, error) {
	r, err := t.client.request(ctx, t.call)
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
	if t.call.Length > longBody && !t.client.plain.Load() {
		// A refusal arrives before the body is sent: it would be lost if the
		// server closed the connection on a body that it does not read. A
		// server that does not know this costs a second (RFC 9110, 10.1.1).
		r.Header.Set("Expect", "100-continue")
	}
	return r, nil
}

// longBody is the length in bytes from which a body waits for the server's
// leave.
const longBody = 1 << 20

// trace notes the facts from which Sent is told. The hooks run on goroutines
// of the transport.
func (t *try) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.connected = true
			if t.way != nil {
				t.way.Stop()
			}
		},
		TLSHandshakeStart: func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.handshakes = true
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.handshake = err
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
	defer t.answer.end()
	data, err := t.answer.readAll(cmp.Or(t.call.Longest, maxBody))
	quotable := data
	if t.call.Secret && !htmlStart.Match(data) {
		quotable = nil
	}
	_, isTooLong := errors.AsType[*tooLongError](err)
	switch {
	case isTooLong:
		return t.answer.Unusable(quotable, err)
	case err != nil:
		return t.failure(t.request.Context(), err)
	}
	if err := parse(t.answer.Header, data); err != nil {
		return t.answer.Unusable(quotable, err)
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
	t.client.log(t.request.Context(), "HTTP request", fields)
}

// path is that of the whole address, with its escapes, as it is shown. A server chooses the ids in it.
func (t *try) path() string { return t.client.redactor.Hide(t.client.base.EscapedPath() + t.call.Path) }
