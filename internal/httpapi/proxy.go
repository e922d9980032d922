package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// proxyVariables are those that net/http takes proxies from.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}

// proxyConnect is what net/http calls its way to a proxy in errors.
const proxyConnect = "proxyconnect"

// proxyTime is how long the way through a proxy to the server may take. net/http
// waits as long for a proxy of HTTP, and for one of SOCKS without end.
const proxyTime = time.Minute

var errSilentProxy = errors.New("the way to the server was not open after " + proxyTime.String())

// ProxyError is a proxy that does not open the way to the server. Where it refused,
// another try would end the same way, and repeated 407s lock accounts.
type ProxyError struct {
	// Proxy is the proxy's host and port, and Status its HTTP status; 0 if there was
	// no answer, or the proxy's address cannot be used.
	Proxy  string
	Status int
	// Target is the server's host and port.
	Target string
	// Cause is why the proxy was not reached, or did not answer; else nil.
	Cause error
	// Refused is what a SOCKS proxy said; else empty.
	Refused string
	// Variable is that of the environment whose address cannot be used; else empty.
	Variable string
}

func (e *ProxyError) Unwrap() error { return e.Cause }

// WantsLogin says whether the proxy refused who asks.
func (e *ProxyError) WantsLogin() bool {
	return e.Status == http.StatusProxyAuthRequired || strings.Contains(e.Refused, "authentication")
}

func (e *ProxyError) Error() string {
	switch {
	case e.Refused != "":
		return "the proxy " + e.Proxy + " refused: " + e.Refused
	case e.Cause != nil:
		return "the proxy " + e.Proxy + " was not reached, or does not answer: " + e.Cause.Error()
	case e.Status == 0:
		return "the address of the proxy in " + e.Variable + " cannot be used (a special character in a user name or password is percent-encoded: % is %25, # is %23, / is %2F; " +
			"no quotes, blanks or line ends)"
	}
	return fmt.Sprintf("the proxy %s answered %s to the request for %s", e.Proxy, strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))), e.Target)
}

func refusedByProxy(_ context.Context, proxy *url.URL, connect *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, Status: answer.StatusCode, Target: connect.Host}
}

// usableProxies returns a *ProxyError for the address in the environment that counts for
// a server, and is no URL: net/http would connect directly.
func usableProxies(base *url.URL, getenv func(string) string) error {
	variables := []string{"HTTP_PROXY", "http_proxy"}
	if base.Scheme == "https" {
		variables = []string{"HTTPS_PROXY", "https_proxy"}
	}
	some := &httpproxy.Config{HTTPProxy: "http://some", HTTPSProxy: "http://some", NoProxy: cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))}
	if through, err := some.ProxyFunc()(base); err == nil && through == nil {
		return nil
	}
	for _, variable := range variables {
		address := getenv(variable)
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			u, err = url.Parse("http://" + address)
			if strings.Contains(address, "://") {
				return &ProxyError{Variable: variable}
			}
		}
		if err != nil || u.Host == "" || u.User == nil && strings.Contains(address, "@") || strings.TrimSpace(address) != address {
			return &ProxyError{Variable: variable}
		}
		return nil
	}
	return nil
}

// proxySecrets are the user names and passwords in the addresses of proxies,
// which net/http quotes when such an address cannot be used.
func proxySecrets(getenv func(string) string) []string {
	var secrets []string
	for _, variable := range proxyVariables {
		address := getenv(variable)
		at := strings.LastIndex(address, "@")
		if at < 0 {
			continue
		}
		user := address[:at]
		if _, rest, ok := strings.Cut(user, "://"); ok {
			user = rest
		}
		secrets = append(secrets, user)
		if u, err := url.Parse(address); err == nil && u.User != nil {
			// An @ may stand behind the host, too.
			password, _ := u.User.Password()
			secrets = append(secrets, password)
		}
		if _, password, ok := strings.Cut(user, ":"); ok {
			secrets = append(secrets, password)
			if plain, err := url.PathUnescape(password); err == nil {
				secrets = append(secrets, plain)
			}
		}
	}
	return secrets
}

// proxyOf is the proxy that a request goes through, nil for none.
func (c *Client) proxyOf(r *http.Request) *url.URL {
	t, ok := c.pooled.(*http.Transport)
	if !ok && len(c.network) > 0 {
		// Somebody observes it.
		t = c.network[0]
	}
	if t == nil || t.Proxy == nil {
		return nil
	}
	proxy, err := t.Proxy(r)
	if err != nil {
		return nil
	}
	return proxy
}

// proxyError recognises a proxy that was not reached, or that said nothing; false if err is something else.
func (t *try) proxyError(err error) (*ProxyError, bool) {
	op, isOp := errors.AsType[*net.OpError](err)
	t.mu.Lock()
	begun := t.connected || t.handshakes && (!isOp || op.Op != proxyConnect)
	t.mu.Unlock()
	proxy := t.client.proxyOf(t.request)
	if _, refused := errors.AsType[*ProxyError](err); refused || begun || proxy == nil {
		return nil, false
	}
	e := &ProxyError{Proxy: proxy.Host, Target: t.request.URL.Host, Cause: err}
	for _, words := range socksRefusals {
		if strings.Contains(err.Error(), words) {
			e.Refused = words
		}
	}
	return e, true
}

// socksRefusals are what a SOCKS proxy says of who asks, and for what (RFC 1928, RFC
// 1929), in the words of net/http.
var socksRefusals = []string{
	"username/password authentication failed", "no acceptable authentication methods", "connection not allowed by ruleset", "invalid username/password",
}

// proxyAddresses are the proxies of the environment that speak TLS and are named by address.
func proxyAddresses(getenv func(string) string) []string {
	var found []string
	for _, variable := range proxyVariables {
		if u, err := url.Parse(getenv(variable)); err == nil && u.Scheme == "https" && net.ParseIP(u.Hostname()) != nil {
			found = append(found, u.Hostname())
		}
	}
	return found
}
