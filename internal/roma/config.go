package roma

import (
	"net/http"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// DefaultCloud is the domain of the public cloud's endpoints (ROMA Connect
// API reference, "Endpoints").
const DefaultCloud = "myhuaweicloud.com"

// europeanCloud is the domain of the European regions, eu-west-101 for example,
// as in the vendor's provider.
const europeanCloud = "myhuaweicloud.eu"

// CloudOf returns the domain of a region's default addresses.
func CloudOf(region string) string {
	if strings.HasPrefix(region, "eu-west-1") {
		return europeanCloud
	}
	return DefaultCloud
}

// SignedBodyLimit is the longest body in bytes that the gateway accepts with a
// signature: "AK/SK supports requests with a body not larger than 12 MB"
// (the "Authentication" page of the API references, for example
// api-vpcep/vpcep_03_0003). Whether it holds for UNSIGNED-PAYLOAD is not
// documented.
const SignedBodyLimit = 12 << 20

// Config says which ROMA Connect to talk to, and as whom. Of the credentials
// the first complete set counts: Token; AccessKey and SecretKey; Password;
// OIDC; Metadata.
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
	// Password fetches a token for UserID, or for UserName in the account
	// DomainID or DomainName.
	UserID, UserName, Password, DomainID, DomainName string
	// OIDC exchanges an identity token for temporary key pairs.
	OIDC *OIDC
	// Metadata takes the key pairs of the cloud server's agency.
	Metadata bool
	// MetadataURL replaces the address of the metadata service, for tests.
	MetadataURL string
	// AssumeRole exchanges what the above give for temporary key pairs of an
	// agency; nil does not.
	AssumeRole *AssumeRole

	httpapi.Settings

	// transport replaces the network in tests.
	transport http.RoundTripper
}

// resolved is a Config with its defaults in place and its addresses checked.
func (c Config) resolved() (Config, error) {
	if c.Cloud == "" {
		c.Cloud = CloudOf(c.Region)
	}
	if c.ProjectName == "" {
		c.ProjectName = c.Region
	}
	if c.Endpoint == "" {
		if c.Region == "" {
			return c, &httpapi.ConfigError{Field: "region", Problem: "or endpoint is needed"}
		}
		c.Endpoint = "https://roma." + c.Region + "." + c.Cloud
	}
	if c.AuthURL == "" && c.Region != "" {
		c.AuthURL = "https://iam." + c.Region + "." + c.Cloud
	}
	var err error
	if c.Endpoint, err = address("endpoint", c.Endpoint); err != nil {
		return c, err
	}
	if c.AuthURL != "" {
		if c.AuthURL, err = address("auth_url", c.AuthURL); err != nil {
			return c, err
		}
		c.AuthURL = strings.TrimRight(strings.TrimSuffix(c.AuthURL, "/v3"), "/")
	}
	return c, nil
}

// address returns a usable address without a slash at its end.
func address(field, text string) (string, error) {
	u, err := httpapi.ParseAddress(field, text)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(u.String(), "/"), nil
}
