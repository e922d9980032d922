package httpapi

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// commonName makes what keytool -genkey does: a certificate without names.
func commonName(t *testing.T, ends time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "csa"}, NotBefore: ends.Add(-48 * time.Hour), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func pemFile(t *testing.T, c tls.Certificate) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func serveTLS(t *testing.T, config *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// TestPinnedCertificate: the very certificate that is listed is accepted
// without a name, no other is, nor is it when it has ended.
func TestPinnedCertificate(t *testing.T) {
	t.Parallel()
	tomorrow, yesterday := time.Now().Add(24*time.Hour), time.Now().Add(-24*time.Hour)
	own, other, ended := commonName(t, tomorrow), commonName(t, tomorrow), commonName(t, yesterday)
	for name, row := range map[string]struct {
		serves, listed tls.Certificate
		want           bool
		problem        CertificateProblem
	}{
		"listed":     {own, own, true, 0},
		"not listed": {other, own, false, UnknownAuthority},
		"ended":      {ended, ended, false, OutOfDate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{row.serves}})
			c := newClient(t, Options{BaseURL: server.URL, Settings: Settings{CAFile: pemFile(t, row.listed)}})
			err := discard(t.Context(), c, get(Lookup))
			refused, ok := errors.AsType[*CertificateError](err)
			// Whether the name or the issuer is told first is up to x509.
			if row.want != (err == nil) || !row.want && (!ok || refused.Problem != row.problem && refused.Problem != OtherName) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestHandshakesThatFail are not tried again.
func TestHandshakesThatFail(t *testing.T) {
	t.Parallel()
	negative := commonName(t, time.Now().Add(time.Hour))
	if at := bytes.Index(negative.Certificate[0], []byte{2, 1, 7}); at >= 0 {
		negative.Certificate[0][at+2] = 0xf9
	}
	for name, row := range map[string]struct {
		config *tls.Config
		wants  bool
	}{
		"version":                    {&tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}, false},
		"client certificate":         {&tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, true},
		"client certificate, TLS1.3": {&tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}, true},
		"negative serial number":     {&tls.Config{Certificates: []tls.Certificate{negative}}, false},
	} {
		for kind, call := range map[string]func() *Call{"look-up": func() *Call { return get(Lookup) }, "start": func() *Call { return post(Start, "{}") }} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				var handshakes atomic.Int32
				config := row.config.Clone()
				config.GetConfigForClient = func(*tls.ClientHelloInfo) (same *tls.Config, err error) {
					handshakes.Add(1)
					return same, err
				}
				c := newClient(t, Options{BaseURL: listenTLS(t, config, 0), Settings: Settings{Insecure: true, MaxRetries: 3}})
				err := discard(t.Context(), c, call())
				refused, ok := errors.AsType[*HandshakeError](err)
				if !ok || refused.WantsCertificate != row.wants || refused.Closed || !refused.Perhaps && handshakes.Load() != 1 {
					t.Errorf("%d handshakes, %v", handshakes.Load(), err)
				}
				if lost, ok := errors.AsType[*TransportError](err); !ok || lost.Sent == SentWhole && refused != nil && !refused.Perhaps {
					t.Errorf("it may have been performed: %v", err)
				}
			})
		}
	}
}

// listenTLS serves nothing but its handshake, also with certificates that httptest does not take. It
// closes the connection on a first record of more than longest bytes; 0 is no limit.
func listenTLS(t *testing.T, config *tls.Config, longest int) (address string) {
	t.Helper()
	if len(config.Certificates) == 0 {
		config.Certificates = []tls.Certificate{commonName(t, time.Now().Add(time.Hour))}
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute,
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(tls.NewListener(shortHellos{listener, longest}, config)) }()
	return "https://" + listener.Addr().String()
}

// shortHellos closes connections whose first record is too long for it.
type shortHellos struct {
	net.Listener
	longest int
}

func (l shortHellos) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil || l.longest == 0 {
		return conn, err
	}
	return &shortHello{Conn: conn, longest: l.longest}, nil
}

type shortHello struct {
	net.Conn
	longest int
	read    []byte
	looked  bool
}

func (c *shortHello) Read(p []byte) (int, error) {
	if !c.looked {
		c.looked = true
		c.read = make([]byte, 5)
		if _, err := io.ReadFull(c.Conn, c.read); err != nil {
			return 0, err
		}
		if int(binary.BigEndian.Uint16(c.read[3:])) > c.longest {
			_ = c.Close()
			return 0, io.ErrClosedPipe
		}
	}
	if len(c.read) > 0 {
		n := copy(p, c.read)
		c.read = c.read[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// TestVariablesOfGo: what the messages advise helps.
func TestVariablesOfGo(t *testing.T) {
	t.Setenv("GODEBUG", "")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	for variable, row := range map[string]struct {
		config  *tls.Config
		longest int
		closed  bool
	}{
		"tlsrsakex=1": {&tls.Config{
			Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MaxVersion: tls.VersionTLS12,
			CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256},
		}, 0, false},
		"tlsmlkem=0": {&tls.Config{MinVersion: tls.VersionTLS13}, 1400, true},
	} {
		address := listenTLS(t, row.config, row.longest)
		ask := func() error {
			return discard(t.Context(), newClient(t, Options{BaseURL: address, Settings: Settings{Insecure: true}}), get(Lookup))
		}
		err := ask()
		if refused, ok := errors.AsType[*HandshakeError](err); !ok || refused.Closed != row.closed {
			t.Errorf("without %s: %v", variable, err)
		}
		t.Setenv("GODEBUG", variable)
		if err := ask(); err != nil {
			t.Errorf("with %s: %v", variable, err)
		}
		t.Setenv("GODEBUG", "")
	}
}

// TestProxyThatDoesNotAnswer is named, whether it is not there or says nothing.
func TestProxyThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	closes := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	}))
	t.Cleanup(closes.Close)
	for _, proxy := range []string{"http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://" + silent.Addr().String(), closes.URL} {
		at, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, Options{BaseURL: "https://example.test"})
		for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
			if transport, ok := carrier.(*http.Transport); ok {
				transport.Proxy = http.ProxyURL(at)
				transport.DialContext = shortLived
			}
		}
		err = discard(t.Context(), c, get(Lookup))
		down, ok := errors.AsType[*ProxyError](err)
		if !ok || down.Proxy != at.Host || down.Cause == nil || eventOf(err) != notConnected {
			t.Errorf("%s: %v", proxy, err)
		}
	}
}

// shortLived connects, and waits for an answer for a moment only.
func shortLived(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
	}
	return conn, err
}

// TestSHA1 chains are told as such: another authority would not help.
func TestSHA1(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, SignatureAlgorithm: x509.SHA1WithRSA,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	address := listenTLS(t, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{own}, PrivateKey: key}}}, 0)
	for _, row := range []struct {
		listed []byte
		want   bool
	}{{ca, false}, {own, true}} {
		c := newClient(t, Options{BaseURL: address, Settings: Settings{CAFile: pemFile(t, tls.Certificate{Certificate: [][]byte{row.listed}})}})
		err := discard(t.Context(), c, get(Lookup))
		refused, ok := errors.AsType[*CertificateError](err)
		if row.want != (err == nil) || !row.want && (!ok || refused.Problem != WeakSignature) {
			t.Errorf("got %v", err)
		}
	}
}

// TestProxyThatRefuses is asked once.
func TestProxyThatRefuses(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 407, 503} {
		var asked atomic.Int32
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(status)
		}))
		t.Cleanup(front.Close)
		at, err := url.Parse(front.URL)
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, Options{BaseURL: "https://example.test", Settings: Settings{MaxRetries: 3}})
		through(t, c, front.URL)
		err = discard(t.Context(), c, get(Lookup))
		refused, ok := errors.AsType[*ProxyError](err)
		if !ok || refused.Status != status || refused.Proxy != at.Host || refused.Target != "example.test:443" || asked.Load() != 1 {
			t.Errorf("%d: asked %d times, %v", status, asked.Load(), err)
		}
	}
}

func TestUnusableProxies(t *testing.T) {
	t.Parallel()
	base := &url.URL{Scheme: "https", Host: "roma.example.com"}
	for address, want := range map[string]bool{
		"": true, "http://proxy:3128": true, "proxy:3128": true, "http://me:a%25b@proxy:3128": true, "socks5://proxy:1080": true,
		"http://me:a%b@proxy:3128": false, "http://me:100%@proxy:3128": false, "http://proxy:port": false, "http://me:2024#x@proxy:3128": false,
		"http://proxy:3128\n": false, "\thttp://proxy:3128": false, `"http://proxy:3128"`: false,
	} {
		for _, variable := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
			for _, direct := range []string{"", ".example.com"} {
				err := usableProxies(base, func(name string) string { return map[string]string{variable: address, "NO_PROXY": direct}[name] })
				// What does not count for this server stops nothing.
				if (err == nil) != (want || variable == "HTTP_PROXY" || direct != "") {
					t.Errorf("%s=%q, NO_PROXY=%q: %v", variable, address, direct, err)
				}
				if err != nil && (strings.Contains(err.Error(), "2024") || !strings.Contains(err.Error(), variable)) {
					t.Errorf("told %v", err)
				}
			}
		}
	}
}
