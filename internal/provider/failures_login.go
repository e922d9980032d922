package provider

// What keeps a run from talking to a server at all: certificates, clocks,
// credentials.

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// unreached makes messages about these, for runs and for look-ups.
type unreached struct {
	session  *session
	platform string
	// said frames a message with facts and what the server said.
	said func(summary, what string, err error, next string) diag.Diagnostic
	// again ends the advice.
	again string
}

func (w *work) unreached() unreached {
	return unreached{session: w.session, platform: w.model.Platform.ValueString(), said: w.refused, again: "then apply again."}
}

// diagnostic is nil for everything else.
func (u unreached) diagnostic(err error) diag.Diagnostic {
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
		return u.said("Proxy does not answer", "There is no way through the proxy: "+rootCause(err)+". Nothing was sent to the server.", err,
			advice+u.again)
	}
	if proxy, ok := errors.AsType[*httpapi.ProxyError](err); ok {
		return u.said("Proxy refused", "There is no way through the proxy: "+rootCause(err)+". Nothing was sent to the server.", err,
			"Check "+u.proxyAdvice(proxy)+", "+u.again)
	}
	if skew, ok := errors.AsType[*roma.ClockSkewError](err); ok {
		return u.clockSkew(skew, err)
	}
	if source, ok := errors.AsType[*roma.SourceError](err); ok {
		return u.sourceFailed(source, err)
	}
	return nil
}

// certificateRefused says what was wrong with a certificate, and which
// attribute helps.
func (u unreached) certificateRefused(e *httpapi.CertificateError, err error) diag.Diagnostic {
	variables := variablesOf(u.platform)
	attribute := func(name string) string { return u.platform + "." + name + " (" + variables[name] + ")" }
	host := e.Host
	if e.Proxy {
		host = "the proxy " + host
	}
	what := "The certificate of " + host + " was not accepted"
	next := "Have the certificate replaced, " + u.again
	switch e.Problem {
	case httpapi.UnknownAuthority:
		what += fmt.Sprintf(": an authority that is not trusted here has issued it (%q).", e.Issuer)
		next = "Write the path of a PEM file with that authority's certificate in " + attribute("ca_file") + ", " + u.again
		if e.SelfSigned {
			what = fmt.Sprintf("The certificate of %s was not accepted: nobody but itself has issued it (%q).", host, e.Issuer)
			next = "Write the path of a PEM file with this very certificate in " + attribute("ca_file") + ", " + u.again
		}
	case httpapi.OutOfDate:
		what += fmt.Sprintf(": it is valid from %s to %s. The time of this machine is %s.", instant(e.NotBefore), instant(e.NotAfter), instant(time.Now()))
		next = "Check the clock of this machine, or have the certificate renewed, " + u.again
	case httpapi.OtherName:
		if len(e.Names) == 0 && !e.Proxy {
			what += ": it is for no name at all, only a common name."
			next = "Write the path of a PEM file with this very certificate in " + attribute("ca_file") + ": a certificate that is listed there itself is " +
				"accepted without a name, " + u.again
			break
		}
		what += ": it is not for this name, but for " + listed(e.Names) + "."
		next = "Write a name of the certificate in " + attribute(u.addressOf(e.Host)) + ", " + u.again
		if e.Proxy {
			next = "Write a name of the certificate in HTTPS_PROXY, " + u.again
		}
	case httpapi.WeakSignature:
		what += ": its signature, or that of its authority, is made with SHA-1 or MD5, which anybody can forge."
		next = "Have the certificate renewed, or write the path of a PEM file with this very certificate in " + attribute("ca_file") +
			": one that is listed there itself needs no signature, " + u.again
	case httpapi.OtherProblem:
		what += ": " + rootCause(err) + "."
	}
	if len(e.Unread) > 0 {
		what += " In " + attribute("ca_file") + " " + strings.Join(e.Unread, "; ") + "."
	}
	return u.said("Certificate not accepted", what+" No credential was sent.", err,
		next+" "+u.platform+".insecure would accept any certificate, that of an attacker too.")
}

func (u unreached) proxyAdvice(e *httpapi.ProxyError) string {
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
func (u unreached) handshakeRefused(e *httpapi.HandshakeError, err error) diag.Diagnostic {
	who := "server " + e.Host
	if e.Proxy {
		who = "proxy " + e.Host
	}
	switch {
	case e.WantsCertificate:
		return u.said("Client certificate wanted", "The "+who+" asks for a certificate of the client, and the provider has none. The connection ended "+
			"before the request was answered.", err, "Use an address of the API that asks for no client certificate, or a TLS proxy that has one, "+u.again)
	case e.Closed:
		return u.said("TLS not possible", "The connection to "+e.Host+" ended as soon as TLS began: "+rootCause(err)+". No credential was sent.", err,
			"Check that the port is that of HTTPS. An old appliance on the way may not read a long ClientHello: GODEBUG=tlsmlkem=0 in the environment makes a shorter "+
				"one. Change one of these, "+u.again)
	case e.UnknownName:
		return u.said("TLS not possible", "The "+who+" has no certificate for this name: "+rootCause(err)+". No credential was sent.", err,
			"Check the host name in the endpoint, "+u.again)
	}
	return u.said("TLS not possible", "The "+who+" and this provider have no TLS in common: "+rootCause(err)+". No credential was sent.", err,
		"The server needs TLS 1.2 or later with an ECDHE cipher suite. GODEBUG=tlsrsakex=1 in the environment allows the older RSA key exchange, and "+
			"GODEBUG=tlsmlkem=0 makes a shorter ClientHello for old appliances. A server with TLS 1.0 or an unusable certificate needs a new one, or a "+
			"TLS proxy in front. Change one of these, "+u.again)
}

// listed is a list in words.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// addressOf is the attribute that a host's address stands in.
func (u unreached) addressOf(host string) string {
	if u.platform == platformRoma {
		endpoint, iam := hostOf(u.session.roma.config.Endpoint), hostOf(u.session.roma.config.AuthURL)
		if host == iam && host != endpoint {
			return "auth_url"
		}
	}
	return "endpoint"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// instant is a time as messages show it.
func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

func (u unreached) clockSkew(e *roma.ClockSkewError, err error) diag.Diagnostic {
	return u.said("Clocks differ", fmt.Sprintf("The server refused the signature because the clocks differ by more than 15 minutes: the time of this machine "+
		"was %s, that of the server %s.", instant(e.SignatureTime), instant(e.ServerTime)), err, "Set the clock of this machine, "+u.again)
}

// sourceFailed says where credentials could not be had from; nil for a
// password, whose refusal needs no other words.
func (u unreached) sourceFailed(e *roma.SourceError, err error) diag.Diagnostic {
	summary := "Login failed"
	if errors.Is(err, asset.ErrDenied) {
		summary = "Credentials refused"
	}
	reason := rootCause(e.Cause)
	switch e.Source {
	case "assume_role":
		if errors.Is(err, asset.ErrDenied) {
			return u.said(summary, "IAM refused the credentials with which an agency was to be assumed ("+u.session.roma.way()+"). Nothing was sent to the instance.", err,
				"Check these, "+u.again+u.session.lockAdvice(u.platform))
		}
		agency := ""
		if role := u.session.roma.config.AssumeRole; role != nil {
			agency = fmt.Sprintf(" %q", role.AgencyName)
		}
		return u.said(summary, fmt.Sprintf("IAM gave no key pair of the agency%s: %s. Nothing was sent to the instance.", agency, reason), err,
			"Check the name and the account of the agency in "+u.session.roma.agency+", that it delegates to the account of the credentials, and that these "+
				"may assume it, "+u.again)
	case "assume_role_with_oidc":
		return u.said(summary, fmt.Sprintf("The identity token could not be exchanged for a key pair: %s. Nothing was sent to the instance.", reason), err,
			"Check roma.assume_role_with_oidc: the identity provider, and that the identity token is there and has not ended, "+u.again)
	case "metadata":
		if looked := u.session.roma.lookedFor; len(looked) > 0 {
			// Nobody said that this is a cloud server.
			return noCredentials(&credentialsError{missing: append(slices.Clone(looked), "metadata service of a cloud server: "+reason)})
		}
		return u.said(summary, "The metadata service of this cloud server gave no key pair: "+reason+". Nothing was sent to the instance.", err,
			"Give the server an agency, or write credentials in the provider block or its variables, "+u.again)
	}
	return nil
}

// loginFacts say with what requests to a platform are authorised: by its name and
// where it was written, never its value.
func (s *session) loginFacts(platform string) []fact {
	if platform != platformRoma {
		return nil
	}
	return []fact{{"Credentials", s.roma.way()}}
}

// lockAdvice is added where a key pair was refused. Each provider block is a process of its own, and
// asks once.
func (s *session) lockAdvice(platform string) string {
	switch {
	case platform != platformRoma || s.roma.config.AccessKey == "":
		return ""
	case s.roma.sso:
		return "\nThe key pair is that of a single sign-on, which ends after some hours: run `hcloud configure sso`."
	}
	return "\nEach provider block with this key pair is refused once. More than five refusals in a row lock a key for five minutes, as the vendor's documents say."
}
