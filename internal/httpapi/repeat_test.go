package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// roundTrip is a network made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	h := make(http.Header)
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(body))}
}

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.BaseURL == "" {
		o.BaseURL = "https://example.test"
	}
	if o.ErrorWords == nil {
		o.ErrorWords = romaLike.Words
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func get(kind Kind) *Call { return &Call{Kind: kind, Method: http.MethodGet, Path: "/x"} }

func post(kind Kind, body string) *Call {
	call := &Call{Kind: kind, Method: http.MethodPost, Path: "/x"}
	call.SetBytes([]byte(body))
	return call
}

// discard sends a call whose answer does not matter.
func discard(ctx context.Context, c *Client, call *Call) error {
	got, err := c.Do(ctx, call)
	if err != nil {
		return err
	}
	return got.Close()
}

// brokenConnection is a network that connects and then fails.
func brokenConnection(r *http.Request, wrote error) error {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GotConn(httptrace.GotConnInfo{})
	if r.Body != nil && wrote == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	trace.WroteRequest(httptrace.WroteRequestInfo{Err: wrote})
	return errors.New("connection reset by peer")
}

// Each row: the number of sendings of one call with MaxRetries 2, for each
// kind. A Start that is throttled goes on until the context ends.
func TestRepetitions(t *testing.T) {
	t.Parallel()
	const untilContextEnds = -1
	status := func(code int) roundTrip {
		return func(r *http.Request) (*http.Response, error) { return answer(r, code, ""), nil }
	}
	fails := func(err error) roundTrip {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	rows := []struct {
		name                                 string
		network                              roundTrip
		lookup, poll, start, download, store int
	}{
		{"connection refused", fails(refused), 3, 1, 3, 3, 3},
		{"host unknown", fails(&net.DNSError{Err: "no such host", IsNotFound: true}), 1, 1, 1, 1, 1},
		{"name server silent", fails(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), 3, 1, 3, 3, 3},
		{"lost while writing", func(r *http.Request) (*http.Response, error) {
			return nil, brokenConnection(r, errors.New("broken pipe"))
		}, 3, 1, 1, 1, 3},
		{"lost after writing", func(r *http.Request) (*http.Response, error) {
			return nil, brokenConnection(r, nil)
		}, 3, 1, 1, 1, 3},
		{"302", status(302), 1, 1, 1, 1, 1},
		{"400", status(400), 1, 1, 1, 1, 1},
		{"401", status(401), 1, 1, 1, 1, 1},
		{"403", status(403), 1, 1, 1, 1, 1},
		{"404", status(404), 1, 1, 1, 1, 1},
		{"408", status(408), 3, 1, 1, 1, 3},
		{"413", status(413), 1, 1, 1, 1, 1},
		{"429", status(429), 3, 1, untilContextEnds, 3, 3},
		{"500", status(500), 3, 1, 1, 1, 3},
		{"501", status(501), 1, 1, 1, 1, 1},
		{"502", status(502), 3, 1, 1, 1, 3},
		{"503", status(503), 3, 1, 1, 1, 3},
		{"504", status(504), 3, 1, 1, 1, 3},
	}
	for _, row := range rows {
		want := map[Kind]int{Lookup: row.lookup, Poll: row.poll, Start: row.start, Download: row.download, Store: row.store}
		for kind, sendings := range want {
			t.Run(fmt.Sprintf("%s/%d", row.name, kind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					sent := 0
					c := newClient(t, Options{Settings: Settings{MaxRetries: 2}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						sent++
						return row.network(r)
					})})
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					err := discard(ctx, c, post(kind, "body"))
					if err == nil {
						t.Fatal("no error")
					}
					if sendings == untilContextEnds {
						if sent < 100 || !errors.Is(err, context.DeadlineExceeded) {
							t.Errorf("%d sendings and %v", sent, err)
						}
						return
					}
					if sent != sendings {
						t.Errorf("%d sendings, want %d", sent, sendings)
					}
				})
			})
		}
	}
}

func TestRepetitionSucceeds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var bodies []string
		c := newClient(t, Options{Settings: Settings{MaxRetries: 2}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent++
			data, err := io.ReadAll(r.Body)
			bodies = append(bodies, string(data)+r.Header.Get("X-Try"))
			if sent == 1 {
				return answer(r, 503, ""), err
			}
			return answer(r, 200, "{}"), err
		})})
		signed := 0
		call := post(Lookup, "body")
		call.Sign = func(r *http.Request) error {
			signed++
			r.Header.Set("X-Try", strconv.Itoa(signed))
			return nil
		}
		if err := discard(t.Context(), c, call); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(bodies, " "); got != "body1 body2" {
			t.Errorf("sent %q: body and signature must be made anew", got)
		}
	})
}

func TestSignErrorIsFinal(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Settings: Settings{MaxRetries: 2}, Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("something was sent")
		return nil, io.EOF
	})})
	// An error that would be repeated, had it been the answer to this call.
	cause := &Error{Status: 503}
	signed := 0
	call := get(Lookup)
	call.Sign = func(*http.Request) error { signed++; return cause }
	if err := discard(t.Context(), c, call); !errors.Is(err, cause) || signed != 1 {
		t.Errorf("%v after %d signings", err, signed)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]func() string{
		"seconds": func() string { return "42" },
		"date":    func() string { return time.Now().Add(42 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				first := true
				c := newClient(t, Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if first {
						first = false
						return answer(r, 429, "", "Retry-After", header()), nil
					}
					return answer(r, 200, ""), nil
				})})
				if err := discard(t.Context(), c, post(Start, "x")); err != nil {
					t.Fatal(err)
				}
				if waited := time.Since(begin); waited != 42*time.Second {
					t.Errorf("waited %s", waited)
				}
			})
		})
	}
}

func TestRetryAfterBeyondTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Settings: Settings{MaxRetries: 5}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return answer(r, 429, "", "Retry-After", "86400"), nil
		})})
		begin := time.Now()
		stopped := errors.New("stopped")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, stopped)
		defer cancel()
		err := discard(ctx, c, post(Start, "x"))
		var last *Error
		if !errors.Is(err, stopped) || !errors.As(err, &last) || last.Delay() != 24*time.Hour {
			t.Errorf("error %v", err)
		}
		if waited := time.Since(begin); waited != time.Minute {
			t.Errorf("waited %s", waited)
		}
		// Without a deadline nobody waits for a day.
		begin = time.Now()
		if err := discard(t.Context(), c, get(Lookup)); asError(err) == nil || time.Since(begin) != 0 {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	t.Parallel()
	want := []time.Duration{
		500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
		8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
	}
	for i, limit := range want {
		for range 100 {
			if d := backoff(i + 1); d < limit/2 || d > limit {
				t.Fatalf("backoff %d is %s, want %s to %s", i+1, d, limit/2, limit)
			}
		}
	}
	if d := backoff(math.MaxInt); d > maxBackoff {
		t.Errorf("backoff %s", d)
	}
}

func TestRetryAfterForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"-7":                            0,
		"1.5":                           0,
		"soon":                          0,
		"99999999999999999999":          365 * 24 * time.Hour,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute,
		"Fri, 02 Jan 2026 03:03:05 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
