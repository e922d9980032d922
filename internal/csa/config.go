package csa

import (
	"path"
	"slices"
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

// successorPath is what the successors of CSA have in the place of csa.
const successorPath = "dnd"

// Config says which CSA to talk to, and as whom.
type Config struct {
	// Endpoint is https://host:port, with or without /csa/rest at its end; a
	// path before that is kept. What follows /csa is the address of a page of the console
	// and is left out. Another address that ends in /rest is taken as it is: the successors of CSA answer
	// at https://HOST/TENANT/dnd/rest or https://HOST/dnd/rest. Plain http is accepted on loopback only.
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

	httpapi.Settings
}

// resolved is a Config with its defaults in place and its values checked.
func (c Config) resolved() (Config, error) {
	if c.Organization == "" {
		c.Organization = DefaultOrganization
	}
	if c.User == "" {
		c.User = DefaultUser
	}
	bad := func(field, problem string) (Config, error) {
		return c, &httpapi.ConfigError{Field: field, Problem: problem}
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
	c.Endpoint, err = NormalEndpoint(c.Endpoint)
	return c, err
}

// restURL is where the Legacy API lies of a normal endpoint.
func restURL(endpoint string) string {
	if strings.HasSuffix(endpoint, "/"+path.Base(restPath)) {
		return endpoint
	}
	return endpoint + restPath
}

// NormalEndpoint returns what Client.Endpoint would, for an address whose
// account is not known yet: without /csa/rest. The error is an
// *httpapi.ConfigError.
func NormalEndpoint(text string) (string, error) {
	u, err := httpapi.ParseAddress("endpoint", text)
	if err != nil {
		return "", err
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	host = strings.TrimSuffix(host, ":")
	prefix := "/" + strings.Trim(u.EscapedPath(), "/")
	lower := strings.ToLower(prefix) + "/"
	if i := strings.Index(lower, restPath+"/"); i >= 0 {
		// Also that of one operation.
		return u.Scheme + "://" + host + strings.TrimRight(prefix[:i], "/"), nil
	}
	if successor := "/" + successorPath + "/" + path.Base(restPath); strings.Contains(lower, successor+"/") {
		return u.Scheme + "://" + host + prefix[:strings.Index(lower, successor+"/")+len(successor)], nil
	}
	if strings.HasSuffix(prefix, "/"+path.Base(restPath)) && !strings.HasSuffix(prefix, restPath) {
		// That of a successor, also of a tenant whose name is csa.
		return u.Scheme + "://" + host + prefix, nil
	}
	return u.Scheme + "://" + host + strings.TrimRight(withoutPage(prefix), "/"), nil
}

// withoutPage is a path without that of a page of a console. Those of CSA lie below
// /csa, with a session in the path at times, those of its successors below /dnd.
func withoutPage(prefix string) string {
	segments := strings.Split(prefix, "/")
	for i, segment := range slices.Backward(segments) {
		name, _, _ := strings.Cut(strings.ToLower(segment), ";")
		switch name {
		case path.Base(path.Dir(restPath)):
			return strings.Join(segments[:i], "/")
		case successorPath:
			return strings.Join(segments[:i], "/") + "/" + successorPath + "/" + path.Base(restPath)
		}
	}
	return prefix
}
