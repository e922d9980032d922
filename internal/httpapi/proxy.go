package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// proxyVariables are those that net/http takes proxies from.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}

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

// proxyOf is the host of the proxy that a request goes through, or "".
func (c *Client) proxyOf(r *http.Request) string {
	t, ok := c.pooled.(*http.Transport)
	if !ok || t.Proxy == nil {
		return ""
	}
	proxy, err := t.Proxy(r)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Hostname()
}
