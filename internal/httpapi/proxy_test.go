package httpapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

func TestProxies(t *testing.T) {
	t.Parallel()
	for _, direct := range []bool{false, true} {
		c := newClient(t, Options{BaseURL: "https://example.test", Direct: direct})
		for _, carrier := range []http.RoundTripper{c.pooled, c.fresh} {
			transport, ok := carrier.(*http.Transport)
			if !ok {
				t.Fatalf("a %T", carrier)
			}
			// The environment is read once in a process, so no test can set it.
			fromEnvironment := transport.Proxy != nil &&
				reflect.ValueOf(transport.Proxy).Pointer() == reflect.ValueOf(http.ProxyFromEnvironment).Pointer()
			if fromEnvironment == direct || direct != (transport.Proxy == nil) {
				t.Errorf("direct %t: from the environment %t, none %t", direct, fromEnvironment, transport.Proxy == nil)
			}
		}
	}
}

// An address of a proxy that cannot be used is quoted by net/http.
func TestSecretsOfProxies(t *testing.T) {
	t.Parallel()
	for address, secret := range map[string]string{
		"http://me:t0ps3cret@proxy:3128":       "t0ps3cret",
		"http://me:t0p/s3/cret@proxy:3128":     "t0p/s3/cret",
		"http://me:t0p@s3cret@proxy:port":      "t0p@s3cret",
		"http://me:t0p%2Fs3cret@proxy:3128":    "t0p/s3cret",
		"http://me:t0p%s3cret@proxy:3128":      "t0p%s3cret",
		"me:t0ps3cret@proxy":                   "t0ps3cret",
		"http://token-t0ps3cret@proxy:3128/pa": "token-t0ps3cret",
	} {
		redactor := new(Redactor)
		redactor.Add(proxySecrets(func(name string) string { return map[string]string{"https_proxy": address}[name] })...)
		for _, quoted := range []string{`invalid proxy address "` + address + `": parse`, "password " + secret} {
			if got := redactor.Clean(quoted); strings.Contains(got, "s3") {
				t.Errorf("%s becomes %s", quoted, got)
			}
		}
	}
	if got := proxySecrets(func(string) string { return "http://proxy:3128" }); len(got) > 0 {
		t.Errorf("%q are no secrets", got)
	}
}

// What a client tells hides the password of its proxy.
func TestClientHidesTheProxysPassword(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://me:t0ps3cret@proxy.test:3128")
	// With a transport of its own nothing reads the variable for a connection.
	c := newClient(t, Options{Transport: one(http.StatusOK, "")})
	if got := c.Redact("password t0ps3cret"); got != "password ***" {
		t.Errorf("told %q", got)
	}
}

// TestCertificateOfProxy: it is not that of the server behind the proxy.
func TestCertificateOfProxy(t *testing.T) {
	t.Parallel()
	front := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(front.Close)
	c := newClient(t, Options{BaseURL: "https://example.test"})
	through(t, c, front.URL)
	_, err := c.Do(t.Context(), &Call{Kind: Lookup, Method: http.MethodGet, Path: "/x"})
	refused, ok := errors.AsType[*CertificateError](err)
	if !ok || refused.Host != "127.0.0.1" || !refused.Proxy || refused.Problem != UnknownAuthority {
		t.Errorf("error %v, %+v", err, refused)
	}
}
