// Package httpapi is a thin HTTP client: one transport for each purpose, one
// table that says what may be repeated, errors that carry what a server said
// without any secret, and a log line for each try.
package httpapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-cleanhttp"
)

const (
	// DefaultMaxRetries is how often a request that is safe to repeat is
	// repeated when a user does not say otherwise.
	DefaultMaxRetries = 5

	// defaultAnswerTimeout is three times the longest time that a gateway in
	// front of a platform is documented to wait for its backend (30 s, OpenAPI
	// definition of CheckAssetJobStatus).
	defaultAnswerTimeout = 90 * time.Second

	maxHeaderBytes = 256 << 10
)

// LogFunc writes one line, with fields that hold no secret.
type LogFunc func(ctx context.Context, msg string, fields map[string]any)

// Options describe one server.
type Options struct {
	Settings
	// BaseURL is scheme, host and an optional path prefix.
	BaseURL string
	// AnswerTimeout is the longest time between the end of a request and the
	// first byte of its answer. 0 means 90 seconds, a negative value no limit.
	AnswerTimeout time.Duration
	// Direct ignores the proxies of the environment.
	Direct bool
	// Redactor replaces secrets in everything that leaves this package as
	// text; nil means a new one. Clients that share credentials share it.
	Redactor *Redactor
	// Secrets are added to the Redactor.
	Secrets []string
	// RequestIDs are the headers in which the server names a request, the preferred one
	// first; the last resort is X-Request-Id.
	RequestIDs []string
	// ErrorWords reads an answer with a bad status: what a service tells of an error, and where, is its
	// own. Nil means that it tells nothing. A body that has neither code nor message is quoted by its
	// beginning.
	ErrorWords func(status int, header http.Header, body []byte) Words
	// Transport replaces the network, for tests.
	Transport http.RoundTripper
}

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	base *url.URL
	// unread is what is wrong with certificates of ca_file that do not count.
	unread     []string
	userAgent  string
	maxRetries int
	redactor   *Redactor
	log        LogFunc
	requestIDs []string
	errorWords func(int, http.Header, []byte) Words
	// pooled keeps connections between requests.
	pooled http.RoundTripper
	// fresh opens a connection for each request. A kept connection may have
	// been closed by the server just now; a request that must not be repeated
	// would then be lost with its outcome unknown, or, being a GET, be
	// repeated by net/http itself.
	fresh http.RoundTripper
	// network is what Close ends the idle connections of.
	network []*http.Transport
	// plain: a server or a hop refused our Expect, so none is sent any more.
	plain atomic.Bool
	// refused is a proxy that refused the user name and password.
	refused atomic.Pointer[ProxyError]
	// proxies is why the proxies of the environment cannot be used, or nil.
	proxies error
}

// New makes a client and sends nothing. The error is a *ConfigError for
// "ca_file" if the file of authorities cannot be used.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(o.BaseURL, "/"))
	if err != nil || base.Host == "" {
		return nil, errors.New("the base URL has no host")
	}
	c := &Client{
		base:       base,
		userAgent:  o.UserAgent,
		maxRetries: o.MaxRetries,
		redactor:   o.Redactor,
		log:        o.Log,
		requestIDs: o.RequestIDs,
		errorWords: o.ErrorWords,
		pooled:     o.Transport,
		fresh:      o.Transport,
	}
	if c.redactor == nil {
		c.redactor = new(Redactor)
	}
	c.redactor.Add(o.Secrets...)
	c.redactor.Add(proxySecrets(os.Getenv)...)
	if c.log == nil {
		c.log = func(context.Context, string, map[string]any) {}
	}
	if c.errorWords == nil {
		c.errorWords = func(int, http.Header, []byte) Words { return Words{} }
	}
	if o.Transport != nil {
		return c, nil
	}
	if !o.Direct {
		// net/http would go to the server directly.
		c.proxies = usableProxies(base, os.Getenv)
	}
	config, unread, err := tlsConfig(o, base.Hostname())
	if err != nil {
		return nil, err
	}
	c.unread = unread
	pooled, fresh := transport(o, config, false), transport(o, config, true)
	c.network = []*http.Transport{pooled, fresh}
	c.pooled, c.fresh = o.observed(pooled), o.observed(fresh)
	return c, nil
}

// Redact returns text without the known secrets, queries of URLs and control
// characters.
func (c *Client) Redact(text string) string { return c.redactor.Clean(text) }

// Close ends idle connections.
func (c *Client) Close() {
	for _, t := range c.network {
		t.CloseIdleConnections()
	}
}

func (s Settings) observed(t http.RoundTripper) http.RoundTripper {
	if s.Observe == nil {
		return t
	}
	return s.Observe(t)
}

func transport(o Options, config *tls.Config, fresh bool) *http.Transport {
	t := cleanhttp.DefaultPooledTransport()
	t.TLSClientConfig = config.Clone()
	// Lengths and digests are those of the bytes on the wire.
	t.DisableCompression = true
	t.DisableKeepAlives = fresh
	t.OnProxyConnectResponse = refusedByProxy
	if o.Direct {
		t.Proxy = nil
	}
	t.MaxResponseHeaderBytes = maxHeaderBytes
	switch {
	case o.AnswerTimeout == 0:
		t.ResponseHeaderTimeout = defaultAnswerTimeout
	case o.AnswerTimeout > 0:
		t.ResponseHeaderTimeout = o.AnswerTimeout
	}
	// HTTP/1.1 alone: what was written of a request is then a fact of one
	// connection (see Sent), and net/http repeats nothing by itself on a
	// fresh one.
	t.ForceAttemptHTTP2 = false
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	return t
}

// tlsConfig also returns what is wrong with certificates of ca_file that do not count.
func tlsConfig(o Options, host string) (*tls.Config, []string, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: o.Insecure, GetClientCertificate: noCertificate}
	if o.CAFile == "" {
		return config, nil, nil
	}
	if err := CheckPath(o.CAFile); err != nil {
		return nil, nil, &ConfigError{Field: "ca_file", Problem: err.Error(), Cause: err}
	}
	pem, err := ReadShort(AtHome(o.CAFile), longestAuthorities)
	if err != nil {
		err = Unnamed(err)
		return nil, nil, &ConfigError{Field: "ca_file", Problem: fmt.Sprintf("names a file that cannot be read: %v", err), Cause: err}
	}
	good, bad := certificatesIn(pem)
	if len(good) == 0 && len(bad) > 0 {
		return nil, nil, &ConfigError{Field: "ca_file", Problem: fmt.Sprintf("holds no certificate that can be read: %s, %s", o.CAFile, strings.Join(bad, "; "))}
	}
	if len(good) == 0 {
		return nil, nil, &ConfigError{Field: "ca_file", Problem: fmt.Sprintf("holds no certificate in PEM form: %s", o.CAFile)}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		// A system without a pool of its own still has the given file.
		roots = x509.NewCertPool()
	}
	for _, c := range good {
		roots.AddCert(c)
	}
	config.RootCAs = roots
	pinned(config, good, host, os.Getenv)
	return config, bad, nil
}
