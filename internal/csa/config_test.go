package csa

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://csa.example.com:8444":            "https://csa.example.com:8444",
		"https://CSA.example.com:8444/":           "https://csa.example.com:8444",
		"https://csa.example.com:443/csa/rest":    "https://csa.example.com",
		"https://csa.example.com:8444/csa/rest//": "https://csa.example.com:8444",
		"https://csa.example.com:8444/csa":        "https://csa.example.com:8444",
		"https://csa.example.com//csa/rest":       "https://csa.example.com",
		"https://csa.example.com/mycsa":           "https://csa.example.com/mycsa",
		// Pasted from the console.
		"https://csa.example.com:8444/csa/login":               "https://csa.example.com:8444",
		"https://csa.example.com:8444/csa/dashboard/index.jsp": "https://csa.example.com:8444",
		"https://csa.example.com/proxy/csa/login/":             "https://csa.example.com/proxy",
		"https://csa.example.com:8444/CSA/login":               "https://csa.example.com:8444",
		"https://csa.example.com/csa;jsessionid=0A1B":          "https://csa.example.com",
		"https://csa.example.com/p/csa;jsessionid=0A1B/login":  "https://csa.example.com/p",
		// The successors of CSA.
		"https://hcmx.example.com/dnd/login/Provider":         "https://hcmx.example.com/dnd/rest",
		"https://hcmx.example.com/616409711/dnd/login":        "https://hcmx.example.com/616409711/dnd/rest",
		"https://csa.example.com/csa/rest/login/CSA/admin/":   "https://csa.example.com",
		"https://hcmx.example.com/T/dnd/rest/login/CSA/admin": "https://hcmx.example.com/T/dnd/rest",
		"https://csa.example.com/csa/rest/login/dnd/admin":    "https://csa.example.com",
		"https://hcmx.example.com/dnd":                        "https://hcmx.example.com/dnd/rest",
		"https://hcmx.example.com/616409711/dnd/rest":         "https://hcmx.example.com/616409711/dnd/rest",
		"https://hcmx.example.com/csa/dnd/rest":               "https://hcmx.example.com/csa/dnd/rest",
		"https://hcmx.example.com/dnd/rest/":                  "https://hcmx.example.com/dnd/rest",
		"HTTPS://csa.example.com:/proxy/csa/rest":             "https://csa.example.com/proxy",
		"http://127.0.0.1:1234/dev":                           "http://127.0.0.1:1234/dev",
		"http://127.0.0.1:1234/dev/csa/rest":                  "http://127.0.0.1:1234/dev",
		"http://localhost:80":                                 "http://localhost",
		"http://[::1]:8080/":                                  "http://[::1]:8080",
		"https://csa.example.com/a%20b/":                      "https://csa.example.com/a%20b",
	} {
		c, err := New(Config{Endpoint: text, Username: account, Password: password})
		if err != nil || c.Endpoint() != want {
			t.Errorf("%s: %v, %v; want %s", text, c, err, want)
			continue
		}
		if again, err := NormalEndpoint(want); again != want || err != nil {
			t.Errorf("%s became %s, %v", want, again, err)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noPEM, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"no endpoint":       {func(c *Config) { c.Endpoint = "" }, "endpoint is needed"},
		"no URL":            {func(c *Config) { c.Endpoint = "https://a b:%" }, "endpoint is not a URL"},
		"no scheme":         {func(c *Config) { c.Endpoint = "csa.example.com" }, "endpoint must begin with https://"},
		"no host":           {func(c *Config) { c.Endpoint = "https:///csa" }, "endpoint has no host"},
		"user in endpoint":  {func(c *Config) { c.Endpoint = "https://u:p@host" }, "endpoint must not hold a user name or password"},
		"query in endpoint": {func(c *Config) { c.Endpoint = "https://host?a=b" }, "endpoint must not have a query or fragment"},
		"http":              {func(c *Config) { c.Endpoint = "http://csa.example.com" }, "endpoint must begin with https:// (csa.example.com is not this machine)"},
		"dots":              {func(c *Config) { c.Endpoint = "https://host/../x" }, "endpoint has an irregular path"},
		"no username":       {func(c *Config) { c.Username = "" }, "username is needed"},
		"colon":             {func(c *Config) { c.Username = "a:b" }, "username must not contain a colon"},
		"no password":       {func(c *Config) { c.Password = "" }, "password is needed"},
		"organization":      {func(c *Config) { c.Organization = ".." }, "organization cannot be part of a URL"},
		"identifier":        {func(c *Config) { c.UserIdentifier = "a b" }, "user_identifier is not an id"},
		"no PEM":            {func(c *Config) { c.CAFile = noPEM }, "ca_file holds no certificate in PEM form: "},
		"no CA file":        {func(c *Config) { c.CAFile = noPEM + ".gone" }, "ca_file names a file that cannot be read: " + syscall.ENOENT.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Endpoint: "https://csa.example.com:8444", Username: account, Password: password}
			row.change(&config)
			_, err := New(config)
			problem, ok := errors.AsType[*httpapi.ConfigError](err)
			if !ok || !strings.HasPrefix(err.Error(), row.want) || !strings.HasPrefix(row.want, problem.Field) {
				t.Errorf("%v; want %s", err, row.want)
			}
		})
	}
}
