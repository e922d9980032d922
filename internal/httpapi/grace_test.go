package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"
)

// The caller ends while the answer is on its way. That of a starting request
// is waited for a moment more; all others are given up at once.
func TestGrace(t *testing.T) {
	t.Parallel()
	const interrupt = time.Second
	for name, row := range map[string]struct {
		kind   Kind
		answer time.Duration
		takes  time.Duration
		sent   Sent
		fails  bool
	}{
		"start, answered in time": {Start, interrupt + answerGrace - time.Millisecond, interrupt + answerGrace - time.Millisecond, 0, false},
		"start, answered late":    {Start, interrupt + answerGrace + time.Millisecond, interrupt + answerGrace, SentWhole, true},
		"poll":                    {Poll, interrupt + time.Millisecond, interrupt, SentWhole, true},
		"download":                {Download, interrupt + time.Millisecond, interrupt, SentWhole, true},
		"look-up":                 {Lookup, interrupt + time.Millisecond, interrupt, SentWhole, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{Settings: Settings{MaxRetries: 5}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					trace := httptrace.ContextClientTrace(r.Context())
					trace.GotConn(httptrace.GotConnInfo{})
					trace.WroteRequest(httptrace.WroteRequestInfo{})
					if err := sleep(r.Context(), row.answer); err != nil {
						return nil, err
					}
					return answer(r, 200, "{}"), nil
				})})
				ctx, cancel := context.WithTimeout(t.Context(), interrupt)
				defer cancel()
				begin := time.Now()
				call := get(row.kind)
				err := c.Parse(ctx, call, func(http.Header, []byte) error { return nil })
				if took := time.Since(begin); took != row.takes || (err != nil) != row.fails {
					t.Errorf("%v after %s, want %s", err, took, row.takes)
				}
				if lost, ok := errors.AsType[*TransportError](err); row.fails && (!ok || lost.Sent != row.sent) {
					t.Errorf("error %#v", err)
				}
				// No goroutine or timer holds the test up after its end.
			})
		})
	}
}

// Nothing is sent for a caller that has ended, of whatever kind.
func TestNothingIsSentAfterTheCallersEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Lookup, Poll, Start, Download, Store} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			stopped := errors.New("stopped")
			ctx, cancel := context.WithCancelCause(t.Context())
			c := newClient(t, Options{Settings: Settings{MaxRetries: 5}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				sent++
				return answer(r, 429, ""), nil
			})})
			call := post(kind, "x")
			call.Sign = func(*http.Request) error {
				cancel(stopped)
				return nil
			}
			if err := discard(ctx, c, call); !errors.Is(err, stopped) || sent != 0 {
				t.Errorf("kind %d: %v after %d sendings", kind, err, sent)
			}

			// The end comes while a refusal is waited out.
			ctx, cancel = context.WithCancelCause(t.Context())
			time.AfterFunc(time.Millisecond, func() { cancel(stopped) })
			if err := discard(ctx, c, post(kind, "x")); err == nil || sent != 1 {
				t.Errorf("kind %d: %v after %d sendings", kind, err, sent)
			}
		})
	}
}
