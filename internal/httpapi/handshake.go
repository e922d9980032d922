package httpapi

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/net/http/httpproxy"
)

// HandshakeError is a connection that TLS refused for another reason than the
// server's certificate.
type HandshakeError struct {
	// Host is the name or address that was asked for, and Proxy says that it
	// is that of a proxy.
	Host  string
	Proxy bool
	// WantsCertificate: the other side judges certificates of clients, and the provider
	// has none. With TLS 1.3 its refusal arrives when the request is on its way.
	WantsCertificate bool
	// Perhaps: it asked for one, and the connection broke. That may have another cause.
	Perhaps bool
	// UnknownName: it has no certificate for the name that was asked for.
	UnknownName bool
	// Closed: the connection ended, or nothing came, in answer to the first message. Another
	// try may end better, as with Perhaps; every other one would end the same way.
	Closed bool
	// Cause is the error of crypto/tls, or of the connection.
	Cause error

	// unread: the server certainly has not read the request.
	unread bool
}

func (e *HandshakeError) Error() string {
	switch {
	case e.Perhaps:
		return e.Host + " asked for a certificate, and the connection broke: " + e.Cause.Error()
	case e.Closed:
		return e.Host + " ended the connection when TLS began: " + e.Cause.Error()
	}
	return "TLS with " + e.Host + " is not possible: " + e.Cause.Error()
}

func (e *HandshakeError) Unwrap() error { return e.Cause }

// What crypto/tls says of a refusal. It has no types for what the other side sends.
var (
	// certificateAlerts are about a certificate of the client: the other side judges no other.
	certificateAlerts = []string{
		"remote error: tls: bad certificate", "remote error: tls: unsupported certificate", "remote error: tls: revoked certificate",
		"remote error: tls: expired certificate", "remote error: tls: unknown certificate", "remote error: tls: access denied",
	}
	// certificateRequired is that of TLS 1.3, which ends a handshake, also where the
	// client has sent more already (RFC 8446, 4.4.2.4).
	certificateRequired = []string{"remote error: tls: certificate required"}
	// renegotiations begin on a connection that is in use (TLS 1.2).
	renegotiations = []string{"tls: no renegotiation"}
	// failures may be about anything. TLS 1.2 tells a client without certificate no more.
	failures     = []string{"remote error: tls: handshake failure"}
	unknownNames = []string{"remote error: tls: unrecognized name"}
)

// handshakeError recognises refusals of TLS; false if err is something else.
func (t *try) handshakeError(err error) (*HandshakeError, bool) {
	says := func(words ...[]string) bool {
		return slices.ContainsFunc(slices.Concat(words...), func(each string) bool { return strings.Contains(err.Error(), each) })
	}
	t.mu.Lock()
	connected, ended, asked := t.connected, t.handshake, t.asked
	t.mu.Unlock()
	e := &HandshakeError{Host: t.client.base.Hostname(), UnknownName: says(unknownNames), Cause: err, unread: !connected || says(certificateRequired)}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == proxyConnect {
		e.Host, e.Proxy = t.client.proxyOf(t.request).Hostname(), true
	}
	e.WantsCertificate = says(certificateRequired, renegotiations) || (!connected || asked) && says(certificateAlerts) || asked && says(failures)
	switch {
	case e.WantsCertificate:
	case connected && asked && t.answer == nil && hasBroken(err):
		// The end of the connection may arrive before the alert that says why.
		e.WantsCertificate, e.Perhaps = true, true
	case connected || ended == nil || errors.Is(ended, context.Canceled) || isPlain(err):
		// An alert that ends a connection that was in use is like any other end of it.
		return nil, false
	case hasEnded(ended):
		if e.Proxy {
			return nil, false
		}
		e.Closed = true
	}
	return e, true
}

// isPlain says whether the other side speaks no TLS at all.
func isPlain(err error) bool {
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}

// tryKey is the key of a try in the context of its connection.
type tryKey struct{}

// noCertificate answers a server that asks for a certificate of the client, and notes it.
func noCertificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if t, ok := info.Context().Value(tryKey{}).(*try); ok {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.asked = true
	}
	return new(tls.Certificate), nil
}

// hasBroken says whether a connection broke.
func hasBroken(err error) bool {
	_, isOp := errors.AsType[*net.OpError](err)
	return isOp || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// hasEnded says whether a handshake ended without a word of TLS.
func hasEnded(err error) bool {
	var timeout net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// ProxyError is a proxy that does not open the way to the server. Where it refused,
// another try would end the same way, and repeated 407s lock accounts.
type ProxyError struct {
	// Proxy is the proxy's host and port, and Status its HTTP status; 0 if there was
	// no answer, or the proxy's address cannot be used.
	Proxy  string
	Status int
	// Target is the server's host and port.
	Target string
	// Cause is why the proxy was not reached, or did not answer; else nil.
	Cause error
	// Refused is what a SOCKS proxy said; else empty.
	Refused string
	// Variable is that of the environment whose address cannot be used; else empty.
	Variable string
}

func (e *ProxyError) Unwrap() error { return e.Cause }

// WantsLogin says whether the proxy refused who asks.
func (e *ProxyError) WantsLogin() bool {
	return e.Status == http.StatusProxyAuthRequired || strings.Contains(e.Refused, "authentication")
}

func (e *ProxyError) Error() string {
	switch {
	case e.Refused != "":
		return "the proxy " + e.Proxy + " refused: " + e.Refused
	case e.Cause != nil:
		return "the proxy " + e.Proxy + " was not reached, or does not answer: " + e.Cause.Error()
	case e.Status == 0:
		return "the address of the proxy in " + e.Variable + " cannot be used (a special character in a user name or password is percent-encoded: % is %25, # is %23, / is %2F; " +
			"no quotes, blanks or line ends)"
	}
	return fmt.Sprintf("the proxy %s answered %s to the request for %s", e.Proxy, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))), e.Target)
}

func refusedByProxy(_ context.Context, proxy *url.URL, connect *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, Status: answer.StatusCode, Target: connect.Host}
}

// usableProxies returns a *ProxyError for the address in the environment that counts for
// a server, and is no URL: net/http would connect directly.
func usableProxies(base *url.URL, getenv func(string) string) error {
	variables := []string{"HTTP_PROXY", "http_proxy"}
	if base.Scheme == "https" {
		variables = []string{"HTTPS_PROXY", "https_proxy"}
	}
	some := &httpproxy.Config{HTTPProxy: "http://some", HTTPSProxy: "http://some", NoProxy: cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))}
	if through, err := some.ProxyFunc()(base); err == nil && through == nil {
		return nil
	}
	for _, variable := range variables {
		address := getenv(variable)
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			u, err = url.Parse("http://" + address)
			if strings.Contains(address, "://") {
				return &ProxyError{Variable: variable}
			}
		}
		if err != nil || u.Host == "" || u.User == nil && strings.Contains(address, "@") || strings.TrimSpace(address) != address {
			return &ProxyError{Variable: variable}
		}
		return nil
	}
	return nil
}

// pinned makes config accept a server's certificate that is listed itself, by its bytes and whatever its names: those of old servers have none.
// Everything else is verified as ever, its validity too.
func pinned(config *tls.Config, listed []*x509.Certificate, host string, getenv func(string) string) {
	proxies := proxyAddresses(getenv)
	isAddress := net.ParseIP(host) != nil
	if len(listed) == 0 || config.InsecureSkipVerify || isAddress && len(proxies) > 0 {
		// The handshake tells no address, so that one of a proxy could not be
		// told from the server's.
		return
	}
	roots := config.RootCAs
	config.InsecureSkipVerify = true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		chain := state.PeerCertificates
		ours := isAddress && state.ServerName == "" || strings.EqualFold(state.ServerName, strings.TrimSuffix(host, "."))
		isListed := slices.ContainsFunc(listed, func(leaf *x509.Certificate) bool { return leaf.Equal(chain[0]) })
		switch {
		case ours && isListed:
			return verify(chain, roots, "")
		case ours:
			return verify(chain, roots, host)
		case state.ServerName != "":
			return verify(chain, roots, state.ServerName)
		}
		err := error(&tls.CertificateVerificationError{
			UnverifiedCertificates: chain, Err: x509.HostnameError{Certificate: chain[0], Host: "the proxy"},
		})
		for _, proxy := range proxies {
			if err = verify(chain, roots, proxy); err == nil {
				return nil
			}
		}
		return err
	}
}

// proxyAddresses are the proxies of the environment that speak TLS and are named by address.
func proxyAddresses(getenv func(string) string) []string {
	var found []string
	for _, variable := range proxyVariables {
		if u, err := url.Parse(getenv(variable)); err == nil && u.Scheme == "https" && net.ParseIP(u.Hostname()) != nil {
			found = append(found, u.Hostname())
		}
	}
	return found
}

// verify judges a chain for a name or address, or for none.
func verify(chain []*x509.Certificate, roots *x509.CertPool, name string) error {
	options := x509.VerifyOptions{Roots: roots, DNSName: name, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := chain[0].Verify(options); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
	}
	return nil
}
