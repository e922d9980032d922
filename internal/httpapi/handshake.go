package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// HandshakeError is a connection that TLS refused before any certificate was
// judged. Another try would end the same way.
type HandshakeError struct {
	// Host is the name or address that was asked for.
	Host string
	// Cause is the error of crypto/tls.
	Cause error
}

func (e *HandshakeError) Error() string {
	return "TLS with " + e.Host + " is not possible: " + e.Cause.Error()
}

func (e *HandshakeError) Unwrap() error { return e.Cause }

// handshakeError recognises refusals of TLS; false if err is something else.
func (t *try) handshakeError(err error) (*HandshakeError, bool) {
	_, alert := errors.AsType[tls.AlertError](err)
	text := err.Error()
	for _, words := range []string{"remote error: tls: ", "tls: server selected", "x509: negative serial number", "tls: failed to parse certificate"} {
		alert = alert || strings.Contains(text, words)
	}
	if !alert {
		return nil, false
	}
	return &HandshakeError{Host: t.client.base.Hostname(), Cause: err}, true
}

// ProxyError is a proxy that refused the way to the server. Another try would
// end the same way, and repeated 407s lock accounts.
type ProxyError struct {
	// Proxy is the proxy's host and port, and Status its HTTP status; 0 if the
	// proxy's address cannot be used.
	Proxy  string
	Status int
	// Target is the server's host and port.
	Target string
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return "the address of the proxy in the environment cannot be used (a % or another special character in a password is written as %25 and so on)"
	}
	return "the proxy " + e.Proxy + " answered " + http.StatusText(e.Status) + " to the request for " + e.Target
}

func refusedByProxy(_ context.Context, proxy *url.URL, connect *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, Status: answer.StatusCode, Target: connect.Host}
}

// usableProxies returns a *ProxyError for an address in the environment that is
// no URL, for which net/http would connect directly.
func usableProxies(getenv func(string) string) error {
	for _, variable := range proxyVariables {
		address := getenv(variable)
		if address == "" {
			continue
		}
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			continue
		}
		if u, err := url.Parse("http://" + address); err != nil || strings.Contains(address, "://") || u.Host == "" {
			return &ProxyError{}
		}
	}
	return nil
}

// pinned makes config accept a server's certificate that is listed itself in
// pem, by its bytes and whatever its names: those of old servers have none.
// Everything else is verified as ever, its validity too.
func pinned(config *tls.Config, listed []byte, host string, getenv func(string) string) {
	leaves, proxies := certificatesIn(listed), proxyAddresses(getenv)
	isAddress := net.ParseIP(host) != nil
	if len(leaves) == 0 || config.InsecureSkipVerify || isAddress && len(proxies) > 0 {
		// The handshake tells no address, so that one of a proxy could not be
		// told from the server's.
		return
	}
	roots := config.RootCAs
	config.InsecureSkipVerify = true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		chain := state.PeerCertificates
		ours := isAddress && state.ServerName == "" || strings.EqualFold(state.ServerName, strings.TrimSuffix(host, "."))
		listed := slices.ContainsFunc(leaves, func(leaf *x509.Certificate) bool { return leaf.Equal(chain[0]) })
		switch {
		case ours && listed:
			return verify(chain, roots, "")
		case ours:
			return verify(chain, roots, host)
		case state.ServerName != "":
			return verify(chain, roots, state.ServerName)
		}
		err := error(x509.HostnameError{Certificate: chain[0], Host: "the proxy"})
		for _, proxy := range proxies {
			if err = verify(chain, roots, proxy); err == nil {
				return nil
			}
		}
		return err
	}
}

// proxyAddresses are the proxies of the environment that are named by address.
func proxyAddresses(getenv func(string) string) []string {
	var found []string
	for _, variable := range proxyVariables {
		if u, err := url.Parse(getenv(variable)); err == nil && net.ParseIP(u.Hostname()) != nil {
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

// certificatesIn are the certificates of a PEM file.
func certificatesIn(data []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, c)
		}
	}
}
