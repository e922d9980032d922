package roma

import (
	"errors"
	"net/http"
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
			config := Config{ProjectID: "p", Token: "token"}
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
		"no credentials":     {func(c *Config) { c.Token = "" }, "credentials"},
		"half a pair":        {func(c *Config) { c.Token, c.AccessKey = "", "a" }, "credentials"},
		"other half":         {func(c *Config) { c.Token, c.SecretKey = "", "a" }, "credentials"},
		"no account":         {func(c *Config) { c.Token, c.UserName, c.Password = "", "a", "b" }, "credentials"},
		"nowhere to log in": {func(c *Config) {
			c.Token, c.UserName, c.Password, c.DomainName = "", "a", "b", "c"
		}, "auth_url"},
		"no project":            {func(c *Config) { c.ProjectID = "" }, "project_id"},
		"nowhere to look it up": {func(c *Config) { c.ProjectID, c.ProjectName = "", "p" }, "auth_url"},
		"login without any project": {func(c *Config) {
			c.ProjectID, c.Token, c.UserName, c.Password, c.DomainName, c.AuthURL = "", "", "a", "b", "c", "https://h"
		}, "project_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Endpoint: "https://h", ProjectID: "p", Token: "token"}
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

func TestOrderOfCredentials(t *testing.T) {
	t.Parallel()
	config := loginConfig(nil)
	if c := newClient(t, config); c.KeyPair() {
		t.Error("a login passes for a key pair")
	}
	config.AccessKey, config.SecretKey = "a", "b"
	if c := newClient(t, config); !c.KeyPair() {
		t.Error("the key pair must come before the password")
	}
	config.Token = "t"
	if c := newClient(t, config); c.KeyPair() {
		t.Error("the token must come first")
	}
}

// Whatever of the configuration is a secret is hidden in what a client tells.
func TestConfiguredSecretsAreHidden(t *testing.T) {
	t.Parallel()
	config := keyConfig(always(http.StatusOK, ""))
	config.Token, config.SecurityToken, config.Password = "t0ken-of-iam", "t0ken-of-session", "t0ken-to-log-in"
	config.OIDC = &OIDC{IdpID: "idp", IDToken: "t0ken-of-pipeline"}
	c := newClient(t, config)
	for _, secret := range []string{config.Token, config.AccessKey, config.SecretKey, config.SecurityToken, config.Password, config.OIDC.IDToken} {
		if got := c.Redact(secret); got != "***" {
			t.Errorf("told %q", got)
		}
	}
}
