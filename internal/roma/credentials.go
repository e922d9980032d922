package roma

import (
	"strings"
	"unicode"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Credentials are one way to be authorised: Token, KeyPair, Password, IdentityToken or Metadata, or an Agency
// that is assumed with one of them.
//
//sumtype:decl
type Credentials interface {
	// Signs says whether requests are signed with a key pair, given or temporary, so that
	// SignedBodyLimit holds.
	Signs() bool
	// Secrets are what must not be shown, and Names what may be a secret that lost its way: whoever
	// swaps the halves of a pair gives the secret one as the name.
	Secrets() []string
	Names() []string
	// grants makes what authorises requests. It is to be exchanged for an agency's where forAgency is
	// set: its project is then one of another account.
	grants(c Config, iam *identity, forAgency bool) (credentials, error)
}

// Token is a ready IAM token with project scope.
type Token string

// KeyPair signs requests; with a SecurityToken it is a temporary one.
type KeyPair struct{ AccessKey, SecretKey, SecurityToken string }

// Password fetches a token for UserID, or for UserName in the account DomainID or DomainName.
type Password struct{ UserID, UserName, Password, DomainID, DomainName string }

// IdentityToken exchanges an identity token for temporary key pairs.
type IdentityToken struct{ OIDC }

// Metadata takes the key pairs of the agency of the cloud server that this program runs on.
type Metadata struct{}

// Agency exchanges what With gives for temporary key pairs of an agency.
type Agency struct {
	With Credentials
	AssumeRole
}

// Base is what requests are authorised with where no agency is assumed, and else what one is assumed with.
func Base(c Credentials) Credentials {
	if agency, ok := c.(Agency); ok {
		return agency.With
	}
	return c
}

// Signs is false: the token is sent as it is.
func (Token) Signs() bool { return false }

// Signs is true.
func (KeyPair) Signs() bool { return true }

// Signs is false: it gives a token.
func (Password) Signs() bool { return false }

// Signs is true: it gives key pairs.
func (IdentityToken) Signs() bool { return true }

// Signs is true: it gives key pairs.
func (Metadata) Signs() bool { return true }

// Signs is true: it gives key pairs.
func (Agency) Signs() bool { return true }

// Secrets is the token.
func (t Token) Secrets() []string { return []string{string(t)} }

// Secrets are all but the access key.
func (p KeyPair) Secrets() []string { return []string{p.SecretKey, p.SecurityToken} }

// Secrets is the password.
func (p Password) Secrets() []string { return []string{p.Password} }

// Secrets is the token; that of a file is known when it is read.
func (t IdentityToken) Secrets() []string { return []string{t.IDToken} }

// Secrets are none.
func (Metadata) Secrets() []string { return nil }

// Secrets are those of what it is assumed with.
func (a Agency) Secrets() []string { return a.With.Secrets() }

// Names are none.
func (Token) Names() []string { return nil }

// Names is the access key.
func (p KeyPair) Names() []string { return []string{p.AccessKey} }

// Names are those of the user.
func (p Password) Names() []string { return []string{p.UserName, p.UserID} }

// Names are none.
func (IdentityToken) Names() []string { return nil }

// Names are none.
func (Metadata) Names() []string { return nil }

// Names are those of what it is assumed with.
func (a Agency) Names() []string { return a.With.Names() }

func (t Token) grants(Config, *identity, bool) (credentials, error) {
	if t == "" {
		return nil, &httpapi.ConfigError{Field: "credentials", Problem: "are missing"}
	}
	if err := sendable("token", string(t)); err != nil {
		return nil, err
	}
	return readyToken(t), nil
}

func (p KeyPair) grants(Config, *identity, bool) (credentials, error) {
	for _, value := range []struct{ field, text string }{
		{"access_key", p.AccessKey}, {"secret_key", p.SecretKey}, {"security_token", p.SecurityToken},
	} {
		if err := sendable(value.field, value.text); err != nil {
			return nil, err
		}
	}
	if p.AccessKey == "" || p.SecretKey == "" {
		return nil, &httpapi.ConfigError{Field: "credentials", Problem: "need both access_key and secret_key"}
	}
	return newKeyPair(pair{p.AccessKey, p.SecretKey, p.SecurityToken}), nil
}

func (p Password) grants(c Config, iam *identity, forAgency bool) (credentials, error) {
	account := p.DomainName != "" || p.DomainID != ""
	project := c.ProjectID != "" || c.ProjectName != ""
	switch {
	case p.Password == "" || p.UserID == "" && (p.UserName == "" || !account):
		return nil, &httpapi.ConfigError{
			Field: "credentials", Problem: "need password, and user_id, or user_name with domain_name or domain_id",
		}
	case iam.api == nil:
		return nil, needsIAM("to log in")
	case !forAgency && !project:
		return nil, &httpapi.ConfigError{Field: "project_id", Problem: "or project_name is needed to log in"}
	case forAgency && !account:
		// The scope of the login is the user's account then.
		return nil, &httpapi.ConfigError{Field: "domain_id", Problem: "or domain_name is needed to assume a role with a password"}
	}
	if forAgency {
		// The project is one of the account that delegates.
		return newLogin(iam, p, "", ""), nil
	}
	return newLogin(iam, p, c.ProjectID, c.ProjectName), nil
}

func (t IdentityToken) grants(_ Config, iam *identity, _ bool) (credentials, error) {
	bad := func(problem string) (credentials, error) {
		return nil, &httpapi.ConfigError{Field: "assume_role_with_oidc", Problem: problem}
	}
	switch {
	case iam.api == nil:
		return nil, needsIAM("to log in")
	case t.IdpID == "":
		return bad("needs idp_id")
	case t.IDToken == "" && t.IDTokenFile == "":
		return bad("needs id_token or id_token_file")
	case unsendable(t.IdpID) != "":
		return bad("needs an idp_id without blanks or control characters")
	case t.Duration != 0 && (t.Duration < MinDuration || t.Duration > MaxDuration):
		return bad(durationRule)
	}
	return iam.federated(t.OIDC), nil
}

func (Metadata) grants(c Config, iam *identity, _ bool) (credentials, error) {
	return c.metadata(iam.redactor)
}

func (a Agency) grants(c Config, iam *identity, _ bool) (credentials, error) {
	base, err := a.With.grants(c, iam, true)
	if err != nil {
		return nil, err
	}
	bad := func(problem string) (credentials, error) {
		return nil, &httpapi.ConfigError{Field: "assume_role", Problem: problem}
	}
	switch {
	case iam.api == nil:
		return nil, needsIAM("to assume a role")
	case a.AgencyName == "":
		return bad("needs agency_name")
	case a.DomainID == "" && a.DomainName == "":
		return bad("needs domain_name or domain_id")
	case a.Duration != 0 && (a.Duration < MinDuration || a.Duration > MaxDuration):
		return bad(durationRule)
	}
	return iam.assumeRole(base, a.AssumeRole), nil
}

const durationRule = "needs a duration from 900 to 86400 seconds"

func sendable(field, value string) error {
	if problem := unsendable(value); problem != "" {
		return &httpapi.ConfigError{Field: field, Problem: problem}
	}
	return nil
}

// unsendable says why a value cannot be that of a header, as one that was wrapped into lines; empty where it can.
func unsendable(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "has a blank, a line end or another control character inside"
	}
	return ""
}

func needsIAM(purpose string) error {
	return &httpapi.ConfigError{Field: "auth_url", Problem: "or region is needed " + purpose}
}
