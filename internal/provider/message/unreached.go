package message

// What keeps a request from reaching a server at all: certificates, TLS, proxies.

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Unreached makes messages about these, for runs and for look-ups, for platforms and for stores.
type Unreached struct {
	// Block is the attribute of the provider block, and Variables the environment variable of each
	// attribute in it.
	Block     string
	Variables map[string]string
	// AddressOf is the attribute in which the address of a host stands.
	AddressOf func(host string) string
	// Said frames a message with facts and what the server said.
	Said func(summary, what string, err error, next string) diag.Diagnostic
	// Again ends the advice.
	Again string
}

// IsUnreached says whether an error is one of these.
func IsUnreached(err error) bool {
	_, isCertificate := errors.AsType[*httpapi.CertificateError](err)
	_, isHandshake := errors.AsType[*httpapi.HandshakeError](err)
	_, isProxy := errors.AsType[*httpapi.ProxyError](err)
	return isCertificate || isHandshake || isProxy
}

// Diagnostic is nil for everything else.
func (u Unreached) Diagnostic(err error) diag.Diagnostic {
	if refused, ok := errors.AsType[*httpapi.CertificateError](err); ok {
		return u.certificateRefused(refused, err)
	}
	if refused, ok := errors.AsType[*httpapi.HandshakeError](err); ok {
		return u.handshakeRefused(refused, err)
	}
	if proxy, ok := errors.AsType[*httpapi.ProxyError](err); ok && proxy.Cause != nil && proxy.Refused == "" {
		advice := "Check that HTTPS_PROXY names the proxy and its port and that it can be reached from this machine, or name the server's host in NO_PROXY, "
		if _, plain := errors.AsType[tls.RecordHeaderError](proxy.Cause); plain {
			advice = "The proxy speaks no TLS: write http:// in HTTPS_PROXY, "
		}
		return u.Said("Proxy does not answer", "There is no way through the proxy: "+RootCause(err)+". Nothing was sent to the server.", err,
			advice+u.Again)
	}
	if proxy, ok := errors.AsType[*httpapi.ProxyError](err); ok {
		return u.Said("Proxy refused", "There is no way through the proxy: "+RootCause(err)+". Nothing was sent to the server.", err,
			"Check "+u.proxyAdvice(proxy)+", "+u.Again)
	}
	return nil
}

// certificateRefused says what was wrong with a certificate, and which
// attribute helps.
func (u Unreached) certificateRefused(e *httpapi.CertificateError, err error) diag.Diagnostic {
	attribute := func(name string) string { return u.Block + "." + name + " (" + u.Variables[name] + ")" }
	host := e.Host
	if e.Proxy {
		host = "the proxy " + host
	}
	what := "The certificate of " + host + " was not accepted"
	next := "Have the certificate replaced, " + u.Again
	switch e.Problem {
	case httpapi.UnknownAuthority:
		what += fmt.Sprintf(": an authority that is not trusted here has issued it (%q).", e.Issuer)
		next = "Write the path of a PEM file with that authority's certificate in " + attribute("ca_file") + ", " + u.Again
		if e.SelfSigned {
			what = fmt.Sprintf("The certificate of %s was not accepted: nobody but itself has issued it (%q).", host, e.Issuer)
			next = "Write the path of a PEM file with this very certificate in " + attribute("ca_file") + ", " + u.Again
		}
	case httpapi.OutOfDate:
		what += fmt.Sprintf(": it is valid from %s to %s. The time of this machine is %s.", Instant(e.NotBefore), Instant(e.NotAfter), Instant(time.Now()))
		next = "Check the clock of this machine, or have the certificate renewed, " + u.Again
	case httpapi.OtherName:
		if len(e.Names) == 0 && !e.Proxy {
			what += ": it is for no name at all, only a common name."
			next = "Write the path of a PEM file with this very certificate in " + attribute("ca_file") + ": a certificate that is listed there itself is " +
				"accepted without a name, " + u.Again
			break
		}
		what += ": it is not for this name, but for " + Listed(e.Names) + "."
		next = "Write a name of the certificate in " + attribute(u.AddressOf(e.Host)) + ", " + u.Again
		if e.Proxy {
			next = "Write a name of the certificate in HTTPS_PROXY, " + u.Again
		}
	case httpapi.WeakSignature:
		what += ": its signature, or that of its authority, is made with SHA-1 or MD5, which anybody can forge."
		next = "Have the certificate renewed, or write the path of a PEM file with this very certificate in " + attribute("ca_file") +
			": one that is listed there itself needs no signature, " + u.Again
	case httpapi.OtherProblem:
		what += ": " + RootCause(err) + "."
	}
	if len(e.Unread) > 0 {
		what += " In " + attribute("ca_file") + " " + strings.Join(e.Unread, "; ") + "."
	}
	return u.Said("Certificate not accepted", what+" No credential was sent.", err,
		next+" "+u.Block+".insecure would accept any certificate, that of an attacker too.")
}

func (u Unreached) proxyAdvice(e *httpapi.ProxyError) string {
	switch {
	case e.Variable != "":
		return e.Variable
	case e.WantsLogin():
		return "the user name and the password in HTTPS_PROXY (it was asked once: repeated refusals lock accounts)"
	}
	return "that the proxy allows this host and port, or name the host in NO_PROXY"
}

// handshakeRefused says what TLS the provider speaks. No setting changes what
// is secure enough; variables of Go help with two harmless cases.
func (u Unreached) handshakeRefused(e *httpapi.HandshakeError, err error) diag.Diagnostic {
	who := "server " + e.Host
	if e.Proxy {
		who = "proxy " + e.Host
	}
	switch {
	case e.WantsCertificate:
		return u.Said("Client certificate wanted", "The "+who+" asks for a certificate of the client, and the provider has none. The connection ended "+
			"before the request was answered.", err, "Use an address of the API that asks for no client certificate, or a TLS proxy that has one, "+u.Again)
	case e.Closed:
		return u.Said("TLS not possible", "The connection to "+e.Host+" ended as soon as TLS began: "+RootCause(err)+". No credential was sent.", err,
			"Check that the port is that of HTTPS. An old appliance on the way may not read a long ClientHello: GODEBUG=tlsmlkem=0 in the environment makes a shorter "+
				"one. Change one of these, "+u.Again)
	case e.UnknownName:
		return u.Said("TLS not possible", "The "+who+" has no certificate for this name: "+RootCause(err)+". No credential was sent.", err,
			"Check the host name in the endpoint, "+u.Again)
	}
	return u.Said("TLS not possible", "The "+who+" and this provider have no TLS in common: "+RootCause(err)+". No credential was sent.", err,
		"The server needs TLS 1.2 or later with an ECDHE cipher suite. GODEBUG=tlsrsakex=1 in the environment allows the older RSA key exchange, and "+
			"GODEBUG=tlsmlkem=0 makes a shorter ClientHello for old appliances. A server with TLS 1.0 or an unusable certificate needs a new one, or a "+
			"TLS proxy in front. Change one of these, "+u.Again)
}
