package doctor

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Attribute is a setting of a platform, with the name that it has in the provider block.
type Attribute struct {
	Name string
	// Variable is the environment variable behind it, the provider's.
	Variable string
	// Secret attributes have no flag: other users of a machine see command lines.
	Secret bool
}

// Flag is the flag for the attribute on the command line, without the platform before it.
func (a Attribute) Flag() string { return strings.NewReplacer("_", "-", ".", "-").Replace(a.Name) }

// RomaAttributes are those of the roma block.
var RomaAttributes = []Attribute{
	{"region", "HW_REGION_NAME", false},
	{"cloud", "HW_CLOUD", false},
	{"endpoint", "ROMA_ENDPOINT", false},
	{"auth_url", "HW_AUTH_URL", false},
	{"project_id", "HW_PROJECT_ID", false},
	{"project_name", "HW_PROJECT_NAME", false},
	{"instance_id", "ROMA_INSTANCE_ID", false},
	{"token", "HW_AUTH_TOKEN", true},
	{"access_key", "HW_ACCESS_KEY", false},
	{"secret_key", "HW_SECRET_KEY", true},
	{"security_token", "HW_SECURITY_TOKEN", true},
	{"user_name", "HW_USER_NAME", false},
	{"user_id", "HW_USER_ID", false},
	{"password", "HW_USER_PASSWORD", true},
	{"domain_name", "HW_DOMAIN_NAME", false},
	{"domain_id", "HW_DOMAIN_ID", false},
	{"shared_config_file", "HW_SHARED_CONFIG_FILE", false},
	{"profile", "HW_PROFILE", false},
	{"assume_role.agency_name", "HW_ASSUME_ROLE_AGENCY_NAME", false},
	{"assume_role.domain_name", "HW_ASSUME_ROLE_DOMAIN_NAME", false},
	{"assume_role.domain_id", "HW_ASSUME_ROLE_DOMAIN_ID", false},
	{"assume_role.duration", "HW_ASSUME_ROLE_DURATION", false},
	{"assume_role_with_oidc.idp_id", "HW_ASSUME_ROLE_IDP_ID", false},
	{"assume_role_with_oidc.id_token", "HW_ASSUME_ROLE_ID_TOKEN", true},
	{"assume_role_with_oidc.id_token_file", "HW_ASSUME_ROLE_ID_TOKEN_FILE", false},
	{"assume_role_with_oidc.agency_name", "HW_ASSUME_ROLE_AGENCY_NAME", false},
	{"assume_role_with_oidc.domain_id", "HW_ASSUME_ROLE_DOMAIN_ID", false},
	{"assume_role_with_oidc.duration", "HW_ASSUME_ROLE_DURATION", false},
	{"insecure", "HW_INSECURE", false},
	{"ca_file", "HW_CA_FILE", false},
	{"max_retries", "HW_MAX_RETRIES", false},
}

// CSAAttributes are those of the csa block.
var CSAAttributes = []Attribute{
	{"endpoint", "CSA_ENDPOINT", false},
	{"username", "CSA_USERNAME", false},
	{"password", "CSA_PASSWORD", true},
	{"organization", "CSA_ORGANIZATION", false},
	{"user", "CSA_USER", false},
	{"user_identifier", "CSA_USER_IDENTIFIER", true},
	{"insecure", "CSA_INSECURE", false},
	{"ca_file", "CSA_CA_FILE", false},
	{"max_retries", "CSA_MAX_RETRIES", false},
}

// values reads settings: flags stand for what the provider block would say, and the
// variables are behind them.
type values struct {
	attributes []Attribute
	// flags are the values on the command line, by the attribute's name.
	flags    map[string]string
	getenv   func(string) string
	problems []string
	// all are the values that were read: none of them may be told.
	all []string
}

// written is the value on the command line, empty where there is none.
func (v *values) written(name string) string { return tidy(name, v.flags[name]) }

func (v *values) text(name string) string {
	found := v.written(name)
	if found == "" {
		found = v.variable(name)
	}
	v.all = append(v.all, found)
	return found
}

func (v *values) variable(name string) string {
	for _, a := range v.attributes {
		if a.Name == name {
			return tidy(name, v.getenv(a.Variable))
		}
	}
	return ""
}

// tidy drops the white space around a value, as the provider does. A password may have
// some, but not the end of line of the file that it was read from.
func tidy(name, value string) string {
	value = strings.TrimPrefix(value, "\uFEFF")
	if name == "password" {
		return strings.TrimRight(value, "\r\n")
	}
	return strings.TrimSpace(value)
}

// server reads what the blocks of all platforms have.
func (v *values) server() httpapi.Settings {
	s := httpapi.Settings{CAFile: v.text("ca_file"), MaxRetries: httpapi.DefaultMaxRetries, UserAgent: "asset-doctor"}
	if text := v.text("insecure"); text != "" {
		var err error
		if s.Insecure, err = strconv.ParseBool(text); err != nil {
			v.problems = append(v.problems, "insecure is true or false")
		}
	}
	if text := v.text("max_retries"); text != "" {
		s.MaxRetries = v.number("max_retries", text, 0, 100)
	}
	return s
}

func (v *values) number(name, text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		v.problems = append(v.problems, fmt.Sprintf("%s is a number from %d to %d", name, least, most))
		return least
	}
	return n
}

func (v *values) csa() csa.Config {
	return csa.Config{
		Endpoint: v.text("endpoint"), Username: v.text("username"), Password: v.text("password"),
		Organization: v.text("organization"), User: v.text("user"), UserIdentifier: v.text("user_identifier"),
		Settings: v.server(),
	}
}

// target is the CSA that an import goes to: an account of its own, so that the password of
// one server is never shown to another.
func (v *values) target(endpoint string) csa.Config {
	variable := func(name string) string {
		found := tidy(strings.ToLower(name), v.getenv("CSA_TO_"+name))
		v.all = append(v.all, found)
		return found
	}
	c := csa.Config{
		Endpoint: endpoint, Username: variable("USERNAME"), Password: variable("PASSWORD"),
		Organization: variable("ORGANIZATION"), User: variable("USER"),
		Settings: v.server(),
	}
	if file := variable("CA_FILE"); file != "" {
		c.CAFile = file
	}
	if text := variable("INSECURE"); text != "" {
		var err error
		if c.Insecure, err = strconv.ParseBool(text); err != nil {
			v.problems = append(v.problems, "CSA_TO_INSECURE is true or false")
		}
	}
	return c
}
