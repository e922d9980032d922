package httpapi

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
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
	for name, config := range map[string]*tls.Config{
		"version":            {MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10},
		"client certificate": {ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var handshakes atomic.Int32
			config.GetConfigForClient = func(*tls.ClientHelloInfo) (same *tls.Config, err error) {
				handshakes.Add(1)
				return same, err
			}
			server := serveTLS(t, config)
			c := newClient(t, Options{BaseURL: server.URL, Settings: Settings{Insecure: true, MaxRetries: 3}})
			err := discard(t.Context(), c, get(Lookup))
			if _, ok := errors.AsType[*HandshakeError](err); !ok || handshakes.Load() != 1 {
				t.Errorf("%d handshakes, %v", handshakes.Load(), err)
			}
		})
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
		for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
			if transport, ok := carrier.(*http.Transport); ok {
				transport.Proxy = http.ProxyURL(at)
			}
		}
		err = discard(t.Context(), c, get(Lookup))
		refused, ok := errors.AsType[*ProxyError](err)
		if !ok || refused.Status != status || refused.Proxy != at.Host || refused.Target != "example.test:443" || asked.Load() != 1 {
			t.Errorf("%d: asked %d times, %v", status, asked.Load(), err)
		}
	}
}

func TestUnusableProxies(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"": true, "http://proxy:3128": true, "proxy:3128": true, "http://me:a%25b@proxy:3128": true, "socks5://proxy:1080": true,
		"http://me:a%b@proxy:3128": false, "http://me:100%@proxy:3128": false, "http://proxy:port": false,
	} {
		err := usableProxies(func(name string) string { return map[string]string{"HTTPS_PROXY": address}[name] })
		if (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}
