package roma

import (
	"cmp"
	"net/http"
	"regexp"
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

// Config says which ROMA Connect to talk to, and as whom.
type Config struct {
	Region string
	// Cloud is the domain of the default addresses; that of the Region if empty.
	Cloud string
	// Endpoint is the URL of ROMA Connect, and AuthURL that of IAM with or without /v3; see InRegion.
	Endpoint, AuthURL string
	// ProjectID is looked up by ProjectName if empty; ProjectName is the
	// Region if empty.
	ProjectID, ProjectName string
	// InstanceID is the default instance. The client does not use it.
	InstanceID string

	// Credentials are who asks.
	Credentials Credentials
	// MetadataURL is where the metadata service of a cloud server is; empty for its own address.
	MetadataURL string

	httpapi.Settings

	// transport replaces the network in tests.
	transport http.RoundTripper
}

// InRegion is a Config with what follows from its Region, where nothing else is given: the Cloud, the
// addresses https://roma.{Region}.{Cloud} and https://iam.{Region}.{Cloud}/v3 ("Endpoints", ROMA Connect
// API reference), and the project of the same name.
func (c Config) InRegion() Config {
	if c.Region == "" {
		return c
	}
	c.Cloud = cmp.Or(c.Cloud, CloudOf(c.Region))
	c.ProjectName = cmp.Or(c.ProjectName, c.Region)
	c.Endpoint = cmp.Or(c.Endpoint, "https://roma."+c.Region+"."+c.Cloud)
	c.AuthURL = cmp.Or(c.AuthURL, "https://iam."+c.Region+"."+c.Cloud+"/v3")
	return c
}

// plainName is a part of the name of a host.
var plainName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// resolved is a Config with its defaults in place and its addresses checked.
func (c Config) resolved() (Config, error) {
	for _, given := range [][2]string{{"region", c.Region}, {"cloud", c.Cloud}} {
		// With a slash, a colon or the like, it would lead to another host.
		if given[1] != "" && !plainName.MatchString(given[1]) {
			return c, &httpapi.ConfigError{Field: given[0], Problem: "is no name as addresses have it: letters, digits, hyphens and dots"}
		}
	}
	c = c.InRegion()
	if c.Endpoint == "" {
		return c, &httpapi.ConfigError{Field: "region", Problem: "or endpoint is needed"}
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
