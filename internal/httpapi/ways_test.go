package httpapi

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// through makes a client go through a proxy.
func through(t *testing.T, c *Client, proxy string) {
	t.Helper()
	at, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
		if transport, ok := carrier.(*http.Transport); ok {
			transport.Proxy = http.ProxyURL(at)
		}
	}
}

// What ends a connection that is in use says nothing of whether the request was
// performed, unless TLS 1.3 says that its handshake never ended.
func TestAlertsOnAConnectionInUse(t *testing.T) {
	t.Parallel()
	for alert, row := range map[string]struct {
		sent  Sent
		wants bool
	}{
		"access denied":                         {SentWhole, false},
		"unknown certificate":                   {SentWhole, false},
		"handshake failure":                     {SentWhole, false},
		"internal error":                        {SentWhole, false},
		"certificate required":                  {SentInPart, true},
		"user canceled":                         {SentWhole, false},
		"x: local error: tls: no renegotiation": {SentWhole, true},
	} {
		c := newClient(t, Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			_ = brokenConnection(r, nil)
			return nil, errors.New("remote error: tls: " + alert)
		})})
		err := discard(t.Context(), c, post(Start, "{}"))
		lost, ok := errors.AsType[*TransportError](err)
		_, refused := errors.AsType[*HandshakeError](err)
		if !ok || lost.Sent != row.sent || refused != row.wants {
			t.Errorf("%s: %v", alert, err)
		}
	}
}

// A server that would like a certificate of the client and can do without is asked again when a
// connection breaks.
func TestOptionalClientCertificate(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		var asked atomic.Int32
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) > 1 {
				return
			}
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		}))
		server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MaxVersion: version}
		server.StartTLS()
		t.Cleanup(server.Close)
		c := newClient(t, Options{BaseURL: server.URL, Settings: Settings{Insecure: true, MaxRetries: 2}})
		if err := discard(t.Context(), c, get(Lookup)); err != nil || asked.Load() != 2 {
			t.Errorf("asked %d times, %v", asked.Load(), err)
		}
	}
}

// A SOCKS proxy that refuses is asked once, like any other.
func TestSOCKSProxyThatRefuses(t *testing.T) {
	t.Parallel()
	for want, answers := range map[string][]string{
		"username/password authentication failed": {"\x05\x02", "\x01\x01"},
		"connection not allowed by ruleset":       {"\x05\x02", "\x01\x00", "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"},
	} {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
		var asked atomic.Int32
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				asked.Add(1)
				for _, answer := range answers {
					// A client that went away is of no interest.
					_, _ = conn.Read(make([]byte, 512))
					_, _ = io.WriteString(conn, answer)
				}
				_ = conn.Close()
			}
		}()
		c := newClient(t, Options{BaseURL: "https://example.test", Settings: Settings{MaxRetries: 3}})
		through(t, c, "socks5://me:wrong@"+listener.Addr().String())
		err = discard(t.Context(), c, get(Lookup))
		refused, ok := errors.AsType[*ProxyError](err)
		if !ok || refused.Refused != want || asked.Load() != 1 {
			t.Errorf("asked %d times, %v", asked.Load(), err)
		}
	}
}

// A proxy that refused a password is not shown it again.
func TestPasswordOfProxyIsShownOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(front.Close)
	c := newClient(t, Options{BaseURL: "https://example.test"})
	through(t, c, front.URL)
	for range 3 {
		if refused, ok := errors.AsType[*ProxyError](discard(t.Context(), c, get(Lookup))); !ok || !refused.WantsLogin() {
			t.Errorf("got %v", refused)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A header that no request can have is not tried again.
func TestHeaderThatCannotBeSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	tries := 0
	c := newClient(t, Options{BaseURL: server.URL, Settings: Settings{MaxRetries: 3, Log: func(context.Context, string, map[string]any) { tries++ }}})
	call := get(Lookup)
	call.Header = http.Header{"X-Auth-Token": {"abc\ndef"}}
	if err := discard(t.Context(), c, call); err == nil || strings.Contains(err.Error(), "abc") || tries != 1 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

// What crypto/tls refuses itself is final, too.
func TestServersThatGoRefuses(t *testing.T) {
	t.Parallel()
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrong := commonName(t, time.Now().Add(time.Hour))
	wrong.PrivateKey = other
	tries := 0
	c := newClient(t, Options{BaseURL: listenTLS(t, &tls.Config{Certificates: []tls.Certificate{wrong}}, 0), Settings: Settings{
		Insecure: true, MaxRetries: 2, Log: func(context.Context, string, map[string]any) { tries++ },
	}})
	if refused, ok := errors.AsType[*HandshakeError](discard(t.Context(), c, get(Lookup))); !ok || refused.Closed || tries != 1 {
		t.Errorf("%d tries, %v", tries, refused)
	}
}

// A proxy with old TLS is told as the proxy.
func TestProxyWithOldTLS(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{BaseURL: "https://example.test", Settings: Settings{Insecure: true}})
	through(t, c, listenTLS(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, 0))
	if refused, ok := errors.AsType[*HandshakeError](discard(t.Context(), c, get(Lookup))); !ok || !refused.Proxy || refused.Host != "127.0.0.1" {
		t.Errorf("got %+v", refused)
	}
}

// Some hops say gzip of what is none.
func TestGzipThatIsNone(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		// The connection is the test's own.
		_, _ = io.WriteString(w, `{"job_id":"j"}`)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, Options{BaseURL: server.URL})
	var got string
	call := post(Start, "{}")
	if err := c.Parse(t.Context(), call, func(_ http.Header, data []byte) error { got = string(data); return nil }); err != nil || got != `{"job_id":"j"}` {
		t.Errorf("got %q, %v", got, err)
	}
}

// A session in a path is no part of what is told, and another scheme or port is the same host.
func TestRedirectsAreTold(t *testing.T) {
	t.Parallel()
	from := &url.URL{Scheme: "https", Host: "csa.example.com:8444", Path: "/csa/rest/import"}
	for location, home := range map[string]bool{
		"/csa/login;jsessionid=0123?x=1":             true,
		"http://CSA.example.com:8444/csa/login;x":    true,
		"https://csa.example.com/csa/login":          true,
		"https://other.example.com:8444/csa/login;y": false,
	} {
		if path, same := redirectPath(from, location); path != "/csa/login" || same != home {
			t.Errorf("%s: %q, same host: %t", location, path, same)
		}
	}
}

// A certificate that is listed itself is accepted of its own server alone: a proxy that shows it
// has to be what it says.
func TestPinnedCertificateOfAProxy(t *testing.T) {
	t.Parallel()
	own := commonName(t, time.Now().Add(time.Hour))
	c := newClient(t, Options{BaseURL: "https://example.test", Settings: Settings{CAFile: pemFile(t, own)}})
	through(t, c, listenTLS(t, &tls.Config{Certificates: []tls.Certificate{own}}, 0))
	err := discard(t.Context(), c, get(Lookup))
	if refused, ok := errors.AsType[*CertificateError](err); !ok || !refused.Proxy {
		t.Errorf("got %v", err)
	}
}
