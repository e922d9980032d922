package httpapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A proxy that says nothing ends with its name, whatever it speaks. One that has opened
// the way does not end a server that takes its time.
func TestTimeOfProxy(t *testing.T) {
	t.Parallel()
	const proxy = "proxy.test:1080"
	for name, row := range map[string]struct {
		scheme string
		opens  bool
		takes  time.Duration
	}{
		"HTTP, silent":  {"http", false, proxyTime},
		"SOCKS, silent": {"socks5", false, proxyTime},
		"SOCKS, opens":  {"socks5", true, 3 * proxyTime},
	} {
		for _, kind := range []Kind{Lookup, Start} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					base := "https://example.test"
					if row.opens {
						base = "http://example.test"
					}
					c := newClient(t, Options{BaseURL: base, AnswerTimeout: -1})
					through(t, c, row.scheme+"://"+proxy)
					for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
						if transport, ok := carrier.(*http.Transport); ok {
							transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
								near, far := net.Pipe()
								go playProxy(t.Context(), far, row.opens, row.takes)
								return near, nil
							}
						}
					}
					begin := time.Now()
					err := discard(t.Context(), c, post(kind, "{}"))
					if took := time.Since(begin); took != row.takes || row.opens != (err == nil) {
						t.Errorf("after %s: %v", took, err)
					}
					silent, ok := errors.AsType[*ProxyError](err)
					if !row.opens && (!ok || silent.Proxy != proxy || eventOf(err) != notConnected) {
						t.Errorf("told %v", err)
					}
				})
			})
		}
	}
}

// playProxy is a proxy of SOCKS, and the server behind it, or says nothing at all.
func playProxy(ctx context.Context, conn net.Conn, opens bool, takes time.Duration) {
	defer func() { _ = conn.Close() }()
	read := make([]byte, 1<<10)
	for _, answer := range []string{"\x05\x00", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"} {
		if _, err := conn.Read(read); err != nil || !opens {
			break
		}
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
	if opens {
		_, _ = conn.Read(read)
		if sleep(ctx, takes) != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
	// Until the client goes.
	_, _ = io.Copy(io.Discard, conn)
}
