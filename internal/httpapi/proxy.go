package httpapi

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// proxyVariables are those that net/http takes proxies from.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}

// proxyConnect is what net/http calls its way to a proxy in errors.
const proxyConnect = "proxyconnect"

// proxyTime is how long the way through a proxy to the server may take. net/http
// waits as long for a proxy of HTTP, and for one of SOCKS without end.
const proxyTime = time.Minute

var errSilentProxy = errors.New("the way to the server was not open after " + proxyTime.String())

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
	if !ok || t.Proxy == nil {
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
