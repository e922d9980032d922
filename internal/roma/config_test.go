package roma

import (
	"errors"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set           func(*Config)
		endpoint, iam string
	}{
		"region":       {func(c *Config) { c.Region = "r" }, "https://roma.r.myhuaweicloud.com", "https://iam.r.myhuaweicloud.com"},
		"cloud":        {func(c *Config) { c.Region, c.Cloud = "r", "myhuaweicloud.eu" }, "https://roma.r.myhuaweicloud.eu", "https://iam.r.myhuaweicloud.eu"},
		"endpoint":     {func(c *Config) { c.Endpoint = "https://h:8443/" }, "https://h:8443", ""},
		"path":         {func(c *Config) { c.Endpoint = "https://h/roma/" }, "https://h/roma", ""},
		"loopback":     {func(c *Config) { c.Endpoint = "http://127.0.0.1:1" }, "http://127.0.0.1:1", ""},
		"loopback six": {func(c *Config) { c.Endpoint = "http://[::1]:1" }, "http://[::1]:1", ""},
		"localhost":    {func(c *Config) { c.Endpoint = "http://localhost:1" }, "http://localhost:1", ""},
		"auth":         {func(c *Config) { c.Region, c.AuthURL = "r", "https://h" }, "https://roma.r.myhuaweicloud.com", "https://h"},
		"auth slash":   {func(c *Config) { c.Region, c.AuthURL = "r", "https://h/" }, "https://roma.r.myhuaweicloud.com", "https://h"},
		"auth v3":      {func(c *Config) { c.Region, c.AuthURL = "r", "https://h/v3" }, "https://roma.r.myhuaweicloud.com", "https://h"},
		"auth v3/":     {func(c *Config) { c.Region, c.AuthURL = "r", "https://h/v3/" }, "https://roma.r.myhuaweicloud.com", "https://h"},
		"auth path":    {func(c *Config) { c.Region, c.AuthURL = "r", "https://h/iam/v3/" }, "https://roma.r.myhuaweicloud.com", "https://h/iam"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{ProjectID: "p", Credentials: Token("token")}
			row.set(&config)
			c := newClient(t, config)
			if c.Endpoint() != row.endpoint || c.AuthURL() != row.iam || c.KeyPair() {
				t.Errorf("%s and %s", c.Endpoint(), c.AuthURL())
			}
		})
	}
}

func TestUnusableConfigs(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set   func(*Config)
		field string
	}{
		"no address":         {func(c *Config) { c.Endpoint = "" }, "region"},
		"clear":              {func(c *Config) { c.Endpoint = "http://roma.example.com" }, "endpoint"},
		"clear and insecure": {func(c *Config) { c.Endpoint, c.Insecure = "http://10.0.0.1", true }, "endpoint"},
		"like loopback":      {func(c *Config) { c.Endpoint = "http://127.0.0.1.example.com" }, "endpoint"},
		"like localhost":     {func(c *Config) { c.Endpoint = "http://localhost.example.com" }, "endpoint"},
		"no scheme":          {func(c *Config) { c.Endpoint = "roma.example.com" }, "endpoint"},
		"other scheme":       {func(c *Config) { c.Endpoint = "ftp://roma.example.com" }, "endpoint"},
		"no host":            {func(c *Config) { c.Endpoint = "https:///x" }, "endpoint"},
		"port alone":         {func(c *Config) { c.Endpoint = "https://:443" }, "endpoint"},
		"no URL":             {func(c *Config) { c.Endpoint = "https://h\x7f" }, "endpoint"},
		"user":               {func(c *Config) { c.Endpoint = "https://me:s3cr3t@h" }, "endpoint"},
		"query":              {func(c *Config) { c.Endpoint = "https://h?s3cr3t=1" }, "endpoint"},
		"empty query":        {func(c *Config) { c.Endpoint = "https://h?" }, "endpoint"},
		"fragment":           {func(c *Config) { c.Endpoint = "https://h#s3cr3t" }, "endpoint"},
		"dots":               {func(c *Config) { c.Endpoint = "https://h/a/../b" }, "endpoint"},
		"auth":               {func(c *Config) { c.AuthURL = "http://iam.example.com/v3" }, "auth_url"},
		"CA":                 {func(c *Config) { c.CAFile = "/nonexistent.pem" }, "ca_file"},
		"no credentials":     {func(c *Config) { c.Credentials = Token("") }, "credentials"},
		"half a pair":        {func(c *Config) { c.Credentials = KeyPair{AccessKey: "a"} }, "credentials"},
		"other half":         {func(c *Config) { c.Credentials = KeyPair{SecretKey: "a"} }, "credentials"},
		"no account":         {func(c *Config) { c.Credentials = Password{UserName: "a", Password: "b"} }, "credentials"},
		"nowhere to log in": {func(c *Config) {
			c.Credentials = Password{UserName: "a", Password: "b", DomainName: "c"}
		}, "auth_url"},
		"no project":            {func(c *Config) { c.ProjectID = "" }, "project_id"},
		"nowhere to look it up": {func(c *Config) { c.ProjectID, c.ProjectName = "", "p" }, "auth_url"},
		"login without any project": {func(c *Config) {
			c.ProjectID, c.Credentials, c.AuthURL = "", Password{UserName: "a", Password: "b", DomainName: "c"}, "https://h"
		}, "project_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Endpoint: "https://h", ProjectID: "p", Credentials: Token("token")}
			row.set(&config)
			_, err := New(config)
			var problem *httpapi.ConfigError
			if !errors.As(err, &problem) || problem.Field != row.field {
				t.Fatalf("error %v", err)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("quoted: %v", err)
			}
		})
	}
}

// TestWhoSigns: what gives a token is no key pair, and an agency gives pairs whoever assumes it.
func TestWhoSigns(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		given Credentials
		signs bool
	}{
		{Token("t"), false},
		{KeyPair{AccessKey: "a", SecretKey: "b"}, true},
		{loginConfig(nil).Credentials, false},
		{oidcConfig(nil).Credentials, true},
		{Metadata{}, true},
		{Agency{Token("t"), opsRole}, true},
	} {
		c := newClient(t, Config{Region: "cn-north-4", ProjectID: projectOne, Credentials: row.given})
		if c.KeyPair() != row.signs || row.given.Signs() != row.signs {
			t.Errorf("%T: signs %t", row.given, c.KeyPair())
		}
	}
}

// Whatever of the configuration is a secret, or may be one in the wrong place, is hidden in what a client
// tells, also where an agency is assumed with it.
func TestConfiguredSecretsAreHidden(t *testing.T) {
	t.Parallel()
	for _, given := range []Credentials{
		Token("t0ken-of-iam"),
		KeyPair{AccessKey: "t0ken-for-name", SecretKey: "t0ken-to-sign", SecurityToken: "t0ken-of-session"},
		Password{UserName: "t0ken-of-user", UserID: "t0ken-of-id", Password: "t0ken-to-log-in", DomainName: "d"},
		IdentityToken{OIDC{IdpID: "idp", IDToken: "t0ken-of-pipeline"}},
	} {
		for _, each := range []Credentials{given, Agency{given, opsRole}} {
			c := newClient(t, Config{Region: "cn-north-4", ProjectID: projectOne, Credentials: each})
			for _, secret := range append(each.Secrets(), each.Names()...) {
				if got := c.Redact(secret); got != "***" {
					t.Errorf("%T: told %q", each, got)
				}
			}
		}
	}
}
