package csa

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// The person on whose behalf requests run when a user names none: the
// provider organization and its administrator ("Communication with CSA", CSA
// 4.90). Later versions call the organization "Provider".
const (
	DefaultOrganization = "CSA-Provider"
	DefaultUser         = "admin"
)

// restPath is where the Legacy API lies on every server.
const restPath = "/csa/rest"

// Config says which CSA to talk to, and as whom.
type Config struct {
	// Endpoint is https://host:port, with or without /csa/rest at its end; a
	// path before that is kept. Plain http is accepted on loopback only.
	Endpoint string
	// Username and Password are those of the integration account, for
	// example csaTransportUser.
	Username, Password string
	// Organization and User name the person on whose behalf requests run;
	// DefaultOrganization and DefaultUser if empty.
	Organization, User string
	// UserIdentifier is that person's id; it is looked up if empty. It is
	// a secret: with the account it is all that a request needs.
	UserIdentifier string

	// Insecure accepts any TLS certificate; CAFile is a PEM file.
	Insecure bool
	CAFile   string
	// MaxRetries limits the repetitions of one request; 0 means none.
	MaxRetries int
	UserAgent  string
	Log        httpapi.LogFunc
}

// ConfigError is a value of Config that no request can be sent with.
type ConfigError struct {
	// Field is the attribute's name: "endpoint", "username", "password",
	// "organization", "user_identifier" or "ca_file".
	Field   string
	Problem string
	Cause   error
}

func (e *ConfigError) Error() string { return e.Field + " " + e.Problem }

func (e *ConfigError) Unwrap() error { return e.Cause }

// resolved is a Config with its defaults in place and its values checked.
func (c Config) resolved() (Config, error) {
	if c.Organization == "" {
		c.Organization = DefaultOrganization
	}
	if c.User == "" {
		c.User = DefaultUser
	}
	bad := func(field, problem string) (Config, error) {
		return c, &ConfigError{Field: field, Problem: problem}
	}
	switch {
	case c.Username == "":
		return bad("username", "is needed")
	case strings.Contains(c.Username, ":"):
		// RFC 7617, section 2.
		return bad("username", "must not contain a colon")
	case c.Password == "":
		return bad("password", "is needed")
	case c.Organization == "." || c.Organization == "..":
		return bad("organization", "cannot be part of a URL")
	case c.UserIdentifier != "" && !idForm.MatchString(c.UserIdentifier):
		return bad("user_identifier", "is not an id")
	}
	var err error
	c.Endpoint, err = normalEndpoint(c.Endpoint)
	return c, err
}

// normalEndpoint returns the address without /csa/rest. Plain http is for the
// machine itself: elsewhere credentials would travel in clear.
func normalEndpoint(text string) (string, error) {
	bad := func(format string, args ...any) (string, error) {
		return "", &ConfigError{Field: "endpoint", Problem: fmt.Sprintf(format, args...)}
	}
	if text == "" {
		return bad("is needed")
	}
	// No error quotes the text: it may hold a password.
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return bad("is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("must begin with https://")
	case u.Hostname() == "":
		return bad("has no host")
	case u.User != nil:
		return bad("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return bad("must not have a query or fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return bad("must begin with https:// (%s is not this machine)", u.Hostname())
	case path.Clean("/"+u.Path) != "/"+strings.Trim(u.Path, "/"):
		return bad("has an irregular path")
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	host = strings.TrimSuffix(host, ":")
	prefix := "/" + strings.Trim(u.EscapedPath(), "/")
	for _, known := range []string{restPath, path.Dir(restPath)} {
		// The address of the console ends in /csa.
		if before, ok := strings.CutSuffix(prefix, known); ok {
			prefix = before
			break
		}
	}
	return u.Scheme + "://" + host + strings.TrimRight(prefix, "/"), nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && net.IP(ip.AsSlice()).IsLoopback()
}
