package httpapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// Settings are what a user sets for a server of any platform.
type Settings struct {
	// Insecure accepts any TLS certificate. It does not allow plain http.
	Insecure bool
	// CAFile is a PEM file of authorities trusted besides the system's.
	CAFile string
	// MaxRetries limits the repetitions of one request; 0 means none.
	MaxRetries int
	UserAgent  string
	// Log writes one line for each try; nil writes none.
	Log LogFunc
	// Observe, if not nil, stands between the client and the network.
	Observe Observer
}

// Observer is handed the transport of each kind of request and returns what is used in its place.
type Observer func(http.RoundTripper) http.RoundTripper

// ConfigError is a setting that no request can be sent with.
type ConfigError struct {
	// Field is the attribute's name, such as "endpoint" or "ca_file".
	Field string
	// Problem continues a sentence that begins with Field.
	Problem string
	// Cause may be nil.
	Cause error
}

func (e *ConfigError) Error() string { return e.Field + " " + e.Problem }

func (e *ConfigError) Unwrap() error { return e.Cause }

// ParseAddress reads the address of a server: https, or http on this machine,
// where no credential travels in clear. Field is the attribute that it stands
// in. The error is a *ConfigError and does not quote text, which may hold a
// password.
func ParseAddress(field, text string) (*url.URL, error) {
	bad := func(format string, args ...any) (*url.URL, error) {
		return nil, &ConfigError{Field: field, Problem: fmt.Sprintf(format, args...)}
	}
	if text == "" {
		return bad("is needed")
	}
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
		return bad("must begin with https:// (%s is not this machine)", name(u.Hostname()))
	case path.Clean("/"+u.Path) != "/"+strings.Trim(u.Path, "/"):
		return bad("has an irregular path")
	}
	return u, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && net.IP(ip.AsSlice()).IsLoopback()
}

// ErrPath is the cause of an error about a part of a path.
var ErrPath = errors.New("an id in the path is empty or made of dots")

// JoinPath escapes each segment and joins them, with a slash before each. A
// segment that the other side would resolve, or that is empty, would address
// something else: the error is ErrPath.
func JoinPath(segments ...string) (string, error) {
	var b strings.Builder
	for _, segment := range segments {
		if segment == "" || segment == "." || segment == ".." {
			return "", ErrPath
		}
		b.WriteString("/" + url.PathEscape(segment))
	}
	return b.String(), nil
}
