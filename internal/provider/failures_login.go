package provider

// What keeps a run from talking to a server at all: certificates, clocks,
// credentials.

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// loginFailure has the words for these; nil for everything else.
func (w *work) loginFailure(err error) diag.Diagnostic {
	if refused, ok := errors.AsType[*httpapi.CertificateError](err); ok {
		return w.certificateRefused(refused, err)
	}
	if skew, ok := errors.AsType[*roma.ClockSkewError](err); ok {
		return w.clockSkew(skew)
	}
	if source, ok := errors.AsType[*roma.SourceError](err); ok {
		return w.sourceOfCredentialsFailed(source, err)
	}
	return nil
}

// certificateRefused says what was wrong with a certificate, and which
// attribute helps.
func (w *work) certificateRefused(e *httpapi.CertificateError, err error) diag.Diagnostic {
	platform := w.model.Platform.ValueString()
	variables := variablesOf(platform)
	attribute := func(name string) string { return platform + "." + name + " (" + variables[name] + ")" }
	what := "The certificate of " + e.Host + " was not accepted"
	next := "Have the certificate replaced, then apply again."
	switch e.Problem {
	case httpapi.UnknownAuthority:
		what += fmt.Sprintf(": an authority that is not trusted here has issued it (%q).", e.Issuer)
		next = "Write the path of a PEM file with that authority's certificate in " + attribute("ca_file") + ", then apply again."
		if e.SelfSigned {
			what = fmt.Sprintf("The certificate of %s was not accepted: nobody but itself has issued it (%q).", e.Host, e.Issuer)
			next = "Write the path of a PEM file with this very certificate in " + attribute("ca_file") + ", then apply again."
		}
	case httpapi.OutOfDate:
		what += fmt.Sprintf(": it is valid from %s to %s. The time of this machine is %s.", instant(e.NotBefore), instant(e.NotAfter), instant(time.Now()))
		next = "Check the clock of this machine, or have the certificate renewed, then apply again."
	case httpapi.OtherName:
		what += ": it is not for this name, but for " + listed(e.Names) + "."
		next = "Write a name of the certificate in " + attribute(w.addressOf(e.Host)) + ", then apply again."
	case httpapi.OtherProblem:
		what += ": " + rootCause(err) + "."
	}
	return w.refused("Certificate not accepted", what+" No credential was sent.", err,
		next+" "+platform+".insecure would accept any certificate, that of an attacker too.")
}

// listed is a list in words.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// addressOf is the attribute that a host's address stands in.
func (w *work) addressOf(host string) string {
	if w.model.Platform.ValueString() == platformRoma {
		endpoint, iam := hostOf(w.session.roma.config.Endpoint), hostOf(w.session.roma.config.AuthURL)
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

func (w *work) clockSkew(e *roma.ClockSkewError) diag.Diagnostic {
	t := text{
		what:  "The server refused the signature because the clocks differ by more than 15 minutes.",
		facts: append(w.facts(w.job), fact{"Time of this machine", instant(e.SignatureTime)}, fact{"Time of the server", instant(e.ServerTime)}),
		next:  "Set the clock of this machine, then apply again.",
	}
	if w.open {
		t.next += " " + w.continues()
	}
	return diag.NewErrorDiagnostic("Clocks differ", t.String())
}

// sourceOfCredentialsFailed says where credentials could not be had from; nil
// for a password, whose refusal needs no other words.
func (w *work) sourceOfCredentialsFailed(e *roma.SourceError, err error) diag.Diagnostic {
	summary := "Login failed"
	if errors.Is(err, asset.ErrDenied) {
		summary = "Credentials refused"
	}
	reason := rootCause(e.Cause)
	switch e.Source {
	case "assume_role":
		agency := ""
		if role := w.session.roma.config.AssumeRole; role != nil {
			agency = fmt.Sprintf(" %q", role.AgencyName)
		}
		return w.refused(summary, fmt.Sprintf("IAM gave no key pair of the agency%s: %s. Nothing was sent to the instance.", agency, reason), err,
			"Check the name and the account of the agency in roma.assume_role, that it delegates to the account of the credentials, and that these "+
				"may assume it, then apply again.")
	case "assume_role_with_oidc":
		return w.refused(summary, fmt.Sprintf("The identity token could not be exchanged for a key pair: %s. Nothing was sent to the instance.", reason), err,
			"Check roma.assume_role_with_oidc: the identity provider, and that the identity token is there and has not ended, then apply again.")
	case "metadata":
		if !answered(err) {
			looked := append([]string(nil), w.session.roma.lookedFor...)
			return noCredentials(&credentialsError{missing: append(looked, "metadata service of a cloud server: "+reason)})
		}
		return w.refused(summary, "The metadata service of this cloud server gave no key pair: "+reason+". Nothing was sent to the instance.", err,
			"Give the server an agency, or write credentials in the provider block or its variables, then apply again.")
	}
	return nil
}
