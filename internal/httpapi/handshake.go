package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
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

// pinned makes config accept a server's certificate that is listed itself, by its bytes
// and whatever its names: those of old servers have none. Everything else is verified as
// ever, its validity too.
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
