package roma

import (
	"strings"
	"unicode"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Signs says whether requests will be signed with a key pair, given or
// temporary, so that SignedBodyLimit holds.
func (c Config) Signs() bool {
	byToken := c.Token != "" || !c.givesPair() && c.Password != ""
	return c.AssumeRole != nil || !byToken
}

func (c Config) givesPair() bool { return c.AccessKey != "" && c.SecretKey != "" }

// credentials returns the first complete set, and what the agency makes of it.
func (c Config) credentials(iam *identity) (credentials, error) {
	base, err := c.base(iam)
	if err != nil || c.AssumeRole == nil {
		return base, err
	}
	role := *c.AssumeRole
	bad := func(problem string) (credentials, error) {
		return nil, &httpapi.ConfigError{Field: "assume_role", Problem: problem}
	}
	switch {
	case iam.api == nil:
		return nil, needsIAM("to assume a role")
	case role.AgencyName == "":
		return bad("needs agency_name")
	case role.DomainID == "" && role.DomainName == "":
		return bad("needs domain_name or domain_id")
	case role.Duration != 0 && (role.Duration < MinDuration || role.Duration > MaxDuration):
		return bad(durationRule)
	}
	return iam.assumeRole(base, role), nil
}

const durationRule = "needs a duration from 900 to 86400 seconds"

func (c Config) base(iam *identity) (credentials, error) {
	lacks := func(problem string) (credentials, error) {
		return nil, &httpapi.ConfigError{Field: "credentials", Problem: problem}
	}
	for field, value := range map[string]string{
		"token": c.Token, "access_key": c.AccessKey, "secret_key": c.SecretKey, "security_token": c.SecurityToken,
	} {
		if problem := unsendable(value); problem != "" {
			return nil, &httpapi.ConfigError{Field: field, Problem: problem}
		}
	}
	switch {
	case c.Token != "":
		return readyToken(c.Token), nil
	case c.givesPair():
		return newKeyPair(pair{c.AccessKey, c.SecretKey, c.SecurityToken}), nil
	case c.AccessKey != "" || c.SecretKey != "":
		return lacks("need both access_key and secret_key")
	case c.UserName != "" || c.UserID != "" || c.Password != "":
		return c.login(iam)
	case c.OIDC != nil:
		return c.federated(iam)
	case c.Metadata:
		return c.metadata(iam.redactor)
	}
	return lacks("are missing")
}

// unsendable says why a value cannot be that of a header, as one that was wrapped into lines; empty where it can.
func unsendable(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "has a blank, a line end or another control character inside"
	}
	return ""
}

func (c Config) login(iam *identity) (credentials, error) {
	account := c.DomainName != "" || c.DomainID != ""
	project := c.ProjectID != "" || c.ProjectName != ""
	switch {
	case c.Password == "" || c.UserID == "" && (c.UserName == "" || !account):
		return nil, &httpapi.ConfigError{
			Field: "credentials", Problem: "need password, and user_id, or user_name with domain_name or domain_id",
		}
	case iam.api == nil:
		return nil, needsIAM("to log in")
	case c.AssumeRole == nil && !project:
		return nil, &httpapi.ConfigError{Field: "project_id", Problem: "or project_name is needed to log in"}
	case c.AssumeRole != nil && !account:
		// The scope of the login is the user's account then.
		return nil, &httpapi.ConfigError{Field: "domain_id", Problem: "or domain_name is needed to assume a role with a password"}
	}
	return newLogin(iam, c), nil
}

func (c Config) federated(iam *identity) (credentials, error) {
	bad := func(problem string) (credentials, error) {
		return nil, &httpapi.ConfigError{Field: "assume_role_with_oidc", Problem: problem}
	}
	oidc := *c.OIDC
	switch {
	case iam.api == nil:
		return nil, needsIAM("to log in")
	case oidc.IdpID == "":
		return bad("needs idp_id")
	case oidc.IDToken == "" && oidc.IDTokenFile == "":
		return bad("needs id_token or id_token_file")
	case unsendable(oidc.IdpID) != "":
		return bad("needs an idp_id without blanks or control characters")
	case oidc.Duration != 0 && (oidc.Duration < MinDuration || oidc.Duration > MaxDuration):
		return bad(durationRule)
	}
	return iam.federated(oidc), nil
}

func needsIAM(purpose string) error {
	return &httpapi.ConfigError{Field: "auth_url", Problem: "or region is needed " + purpose}
}
