package roma

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// DefaultCloud is the domain of the public cloud's endpoints (ROMA Connect
// API reference, "Endpoints").
const DefaultCloud = "myhuaweicloud.com"

// SignedBodyLimit is the longest body in bytes that the gateway accepts with a
// signature: "AK/SK supports requests with a body not larger than 12 MB"
// (the "Authentication" page of the API references, for example
// api-vpcep/vpcep_03_0003). Whether it holds for UNSIGNED-PAYLOAD is not
// documented.
const SignedBodyLimit = 12 << 20

// Config says which ROMA Connect to talk to, and as whom. Of the credentials
// the first complete set counts: Token; AccessKey and SecretKey; UserName,
// Password and DomainName.
type Config struct {
	Region string
	// Cloud is the domain of the default addresses; DefaultCloud if empty.
	Cloud string
	// Endpoint is the URL of ROMA Connect, by default
	// https://roma.{Region}.{Cloud}.
	Endpoint string
	// AuthURL is the URL of IAM with or without /v3, by default
	// https://iam.{Region}.{Cloud}/v3.
	AuthURL string
	// ProjectID is looked up by ProjectName if empty; ProjectName is the
	// Region if empty.
	ProjectID, ProjectName string
	// InstanceID is the default instance. The client does not use it.
	InstanceID string

	// Token is a ready IAM token.
	Token string
	// AccessKey, SecretKey and, for a temporary pair, SecurityToken sign
	// requests.
	AccessKey, SecretKey, SecurityToken string
	// UserName, Password and DomainName (the account's name) fetch a token.
	UserName, Password, DomainName string

	// Insecure accepts any TLS certificate; CAFile is a PEM file.
	Insecure bool
	CAFile   string
	// MaxRetries limits the repetitions of one request; 0 means none.
	MaxRetries int
	UserAgent  string
	Log        httpapi.LogFunc

	// transport replaces the network in tests.
	transport http.RoundTripper
}

// ConfigError is a value of Config that no request can be sent with.
type ConfigError struct {
	// Field is the attribute's name: "endpoint", "auth_url", "region",
	// "project_id", "ca_file", or "credentials" for the lack of a whole set.
	Field   string
	Problem string
	Cause   error
}

func (e *ConfigError) Error() string { return e.Field + " " + e.Problem }

func (e *ConfigError) Unwrap() error { return e.Cause }

// resolved is a Config with its defaults in place and its addresses checked.
func (c Config) resolved() (Config, error) {
	if c.Cloud == "" {
		c.Cloud = DefaultCloud
	}
	if c.ProjectName == "" {
		c.ProjectName = c.Region
	}
	if c.Endpoint == "" {
		if c.Region == "" {
			return c, &ConfigError{Field: "region", Problem: "or endpoint is needed"}
		}
		c.Endpoint = "https://roma." + c.Region + "." + c.Cloud
	}
	if c.AuthURL == "" && c.Region != "" {
		c.AuthURL = "https://iam." + c.Region + "." + c.Cloud
	}
	var err error
	if c.Endpoint, err = checkURL("endpoint", c.Endpoint); err != nil {
		return c, err
	}
	if c.AuthURL != "" {
		if c.AuthURL, err = checkURL("auth_url", c.AuthURL); err != nil {
			return c, err
		}
		c.AuthURL = strings.TrimRight(strings.TrimSuffix(c.AuthURL, "/v3"), "/")
	}
	return c, nil
}

// checkURL returns a usable address without a slash at its end. Plain http is
// for the machine itself: elsewhere credentials would travel in clear.
func checkURL(field, text string) (string, error) {
	bad := func(format string, args ...any) (string, error) {
		return "", &ConfigError{Field: field, Problem: fmt.Sprintf(format, args...)}
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
	return strings.TrimRight(u.String(), "/"), nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && net.IP(ip.AsSlice()).IsLoopback()
}

// credentials returns the first complete set.
func (c Config) credentials(iam *identity) (credentials, error) {
	lacks := func(problem string) (credentials, error) {
		return nil, &ConfigError{Field: "credentials", Problem: problem}
	}
	switch {
	case c.Token != "":
		return readyToken(c.Token), nil
	case c.AccessKey != "" && c.SecretKey != "":
		return &keyPair{accessKey: c.AccessKey, secretKey: c.SecretKey, securityToken: c.SecurityToken}, nil
	case c.UserName != "" && c.Password != "" && c.DomainName != "":
		if iam.api == nil {
			return nil, &ConfigError{Field: "auth_url", Problem: "or region is needed to log in"}
		}
		if c.ProjectID == "" && c.ProjectName == "" {
			return nil, &ConfigError{Field: "project_id", Problem: "or project_name is needed to log in"}
		}
		return &login{
			iam: iam, userName: c.UserName, password: c.Password, domainName: c.DomainName,
			projectID: c.ProjectID, projectName: c.ProjectName, turn: make(chan struct{}, 1),
		}, nil
	case c.AccessKey != "" || c.SecretKey != "":
		return lacks("need both access_key and secret_key")
	case c.UserName != "" || c.Password != "":
		return lacks("need user_name, password and domain_name")
	}
	return lacks("are missing")
}
