package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// CertificateProblem is why a certificate was not accepted.
type CertificateProblem int

const (
	// OtherProblem is told by the error's text alone.
	OtherProblem CertificateProblem = iota
	// UnknownAuthority means that nobody who is trusted here has issued it.
	UnknownAuthority
	// OutOfDate means that it is not valid yet, or not any more.
	OutOfDate
	// WeakSignature means that it, or one of its authorities, is signed with SHA-1 or MD5.
	WeakSignature
	// OtherName means that it is for other names than the one that was asked for.
	OtherName
)

// CertificateError is a server's certificate that was not accepted. Nothing
// was sent to the server.
type CertificateError struct {
	// Host is the name or address that was asked for, and Proxy says that it
	// is that of a proxy.
	Host    string
	Proxy   bool
	Problem CertificateProblem
	// Issuer is who issued it, by its own words, and SelfSigned says that
	// this is the server itself.
	Issuer     string
	SelfSigned bool
	// NotBefore and NotAfter bound its validity, by its own words.
	NotBefore, NotAfter time.Time
	// Names are the names and addresses that it is for, at most ten.
	Names []string
	// Unread is what is wrong with certificates of ca_file that could not be read, each by its position.
	Unread []string
	// Cause is the error of crypto/tls.
	Cause error
}

func (e *CertificateError) Error() string {
	text := "the certificate of " + e.Host + " was not accepted: "
	switch e.Problem {
	case UnknownAuthority:
		return text + "issued by an unknown authority"
	case OutOfDate:
		return text + "valid from " + e.NotBefore.UTC().Format(time.RFC3339) + " to " + e.NotAfter.UTC().Format(time.RFC3339)
	case OtherName:
		return text + "it is for " + strings.Join(e.Names, ", ")
	case WeakSignature:
		return text + "its signature is made with an insecure algorithm"
	case OtherProblem:
	}
	return text + e.Cause.Error()
}

func (e *CertificateError) Unwrap() error { return e.Cause }

const mostNames = 10

// certificateError says what was wrong with a certificate; false if err is
// about something else.
func (t *try) certificateError(err error) (*CertificateError, bool) {
	refused, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok || len(refused.UnverifiedCertificates) == 0 {
		return nil, false
	}
	leaf := refused.UnverifiedCertificates[0]
	e := &CertificateError{
		Host: t.client.base.Hostname(), Issuer: name(leaf.Issuer.String()), SelfSigned: leaf.Issuer.String() == leaf.Subject.String(),
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, Names: names(leaf), Unread: t.client.unread, Cause: err,
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == proxyConnect {
		e.Host, e.Proxy = t.client.proxyOf(t.request).Hostname(), true
	}
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, isUnknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, isName := errors.AsType[x509.HostnameError](err)
	switch {
	case isUnknown && strings.Contains(err.Error(), "insecure algorithm"):
		// x509 looks for another issuer, and tells what it found in its text.
		e.Problem = WeakSignature
	case isUnknown:
		e.Problem = UnknownAuthority
	case isInvalid && invalid.Reason == x509.Expired:
		e.Problem = OutOfDate
		// It may be the authority's.
		e.NotBefore, e.NotAfter = invalid.Cert.NotBefore, invalid.Cert.NotAfter
	case isName:
		e.Problem = OtherName
	}
	return e, true
}

// name makes what a certificate says of itself fit to be seen.
func name(text string) string { return truncate(printable(text), maxWord) }

func names(c *x509.Certificate) []string {
	var all []string
	for _, n := range c.DNSNames {
		all = append(all, name(n))
	}
	for _, ip := range c.IPAddresses {
		all = append(all, net.IP.String(ip))
	}
	if len(all) > mostNames {
		all = append(all[:mostNames], fmt.Sprintf("and %d more", len(all)-mostNames))
	}
	return all
}
