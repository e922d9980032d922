// Package s3 sends the few requests of the S3 protocol that archives need: HEAD, GET with
// ranges, PUT with a condition, DELETE, and a multipart upload that is begun and given up.
//
// What is sent is what OBS takes as well as S3: signature V4 with UNSIGNED-PAYLOAD, a known
// length, neither a checksum trailer nor aws-chunked ("Authentication of V4 signatures" of the
// OBS documents), and the name of the bucket in that of the host. Redirects are explained and
// never followed: a signature is for one host.
package s3

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// Credentials are a key pair, which is temporary if it has a session token.
type Credentials struct {
	AccessKey, SecretKey, SessionToken string
	// Expires is for whoever keeps the pair; zero if it is not known. The client asks for
	// credentials before each try and looks only at what is refused.
	Expires time.Time
}

// Source gives the credentials for a request about an object. It is asked before each try, so it
// keeps what it has and renews what ends. Refused is the access key of a temporary pair that the
// store refused a moment ago, or empty: what comes then has to be another pair, or the refusal
// stands. Ctx is that of the request.
type Source func(ctx context.Context, a store.Address, refused string) (Credentials, error)

// Static gives the same key pair whenever it is asked.
func Static(c Credentials) Source {
	return func(context.Context, store.Address, string) (Credentials, error) { return c, nil }
}

// Config says which store to talk to, and as whom.
type Config struct {
	// Endpoint is the URL of the store without a bucket. If it is empty, it is that of AWS in
	// the region; OBS needs one.
	Endpoint string
	// Region is part of each signature.
	Region string
	// PathStyle puts the bucket into the path. Where the endpoint is an IP address or
	// localhost it is there anyway, for no name of a host can be made of those; and for
	// buckets with dots and https, because a certificate for *.HOST holds for one label alone.
	PathStyle bool
	// OBS sends what OBS has in place of If-None-Match, and never puts the name of a
	// bucket with dots into a path, which OBS refuses.
	OBS bool

	httpapi.Settings

	Credentials Source
	// Redactor is shared with whoever knows the same secrets; nil means a new one.
	Redactor *httpapi.Redactor

	// transport replaces the network in tests.
	transport http.RoundTripper
}

// Client talks to one store. It is safe for concurrent use.
type Client struct {
	config   Config
	endpoint *url.URL
	// pathStyle: by the configuration or by the endpoint.
	pathStyle bool
	redactor  *httpapi.Redactor
	signer    *v4.Signer

	mu sync.Mutex
	// hosts are the clients by the URL of their host.
	hosts map[string]*httpapi.Client
}

// DefaultEndpoint is the URL of S3 in a region of AWS ("Amazon Simple Storage Service endpoints
// and quotas"): China has a domain of its own.
func DefaultEndpoint(region string) string {
	domain := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	return "https://s3." + region + "." + domain
}

// New makes a client and sends nothing. Its errors are *httpapi.ConfigError for "region",
// "credentials", "endpoint" and "ca_file".
func New(config Config) (*Client, error) {
	if config.Region == "" || strings.ContainsAny(config.Region, "/ \t\r\n") {
		return nil, &httpapi.ConfigError{Field: "region", Problem: "is needed, as a plain name"}
	}
	if config.Credentials == nil {
		return nil, &httpapi.ConfigError{Field: "credentials", Problem: "are missing"}
	}
	if config.Endpoint == "" && !config.OBS {
		config.Endpoint = DefaultEndpoint(config.Region)
	}
	endpoint, err := httpapi.ParseAddress("endpoint", config.Endpoint)
	if err != nil {
		return nil, err
	}
	endpoint.Path = strings.TrimRight(endpoint.Path, "/")
	_, noIP := netip.ParseAddr(endpoint.Hostname())
	c := &Client{
		config:    config,
		endpoint:  endpoint,
		pathStyle: config.PathStyle || noIP == nil || strings.EqualFold(endpoint.Hostname(), "localhost"),
		redactor:  config.Redactor,
		signer:    v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
		hosts:     make(map[string]*httpapi.Client),
	}
	if c.redactor == nil {
		c.redactor = new(httpapi.Redactor)
	}
	// A file of authorities that cannot be used is told before anything is sent.
	_, err = c.host(endpoint)
	return c, err
}

// place returns the client for the host of an object and the escaped path there. The error is
// an *Error of kind DottedBucket, or a *httpapi.ConfigError.
func (c *Client) place(a store.Address) (*httpapi.Client, string, error) {
	base, path := *c.endpoint, "/"+escape(a.Key)
	dotted := strings.Contains(a.Bucket, ".") && base.Scheme == "https"
	switch {
	case c.pathStyle, dotted && !c.config.OBS:
		path = "/" + a.Bucket + path
	case dotted && !c.config.Insecure:
		return nil, "", &Error{Kind: DottedBucket, Address: a}
	default:
		base.Host = a.Bucket + "." + base.Host
	}
	api, err := c.host(&base)
	return api, path, err
}

func (c *Client) host(base *url.URL) (*httpapi.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := base.String()
	if api := c.hosts[name]; api != nil {
		return api, nil
	}
	api, err := httpapi.New(httpapi.Options{
		Settings:   c.config.Settings,
		BaseURL:    name,
		Redactor:   c.redactor,
		RequestIDs: []string{"X-Amz-Request-Id", "X-Obs-Request-Id"},
		ErrorWords: errorWords,
		Transport:  c.config.transport,
	})
	if err == nil {
		c.hosts[name] = api
	}
	return api, err
}

// escape is the form of a key in a path that the signature is for: each byte but letters,
// digits, "-._~" and the slash as %XX ("Create a canonical request", S3 API reference). Servers
// compute it anew, so it is also what is sent.
func escape(key string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
