package simulator

import (
	"net/http"
	"strings"
	"unicode"
)

// csaLogin is "Get userIdentifier" (Login API, CSA 4.90 API reference). The
// account of the caller vouches for any user.
func (s *Simulator) csaLogin(c *call) {
	user := c.params["user"]
	escaped := strings.ToLower(c.r.URL.EscapedPath())
	if strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%5c") {
		// A servlet container takes no escaped slash or backslash in a path.
		c.failCSA(http.StatusBadRequest, "Bad request")
		return
	}
	if !strings.HasSuffix(escaped, "/") {
		user = beforeSpecial(user)
	}
	s.identify(c, user)
}

// beforeSpecial cuts a name as the documents warn: without the trailing slash
// a part of a user name may be lost when it has special characters.
func beforeSpecial(name string) string {
	i := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if i < 0 {
		return name
	}
	return name[:i]
}

// csaLookup is "Get userIdentifier for user name with slash".
func (s *Simulator) csaLookup(c *call) {
	s.identify(c, c.r.URL.Query().Get("userName"))
}

func (s *Simulator) identify(c *call, user string) {
	org, ok := c.server.organization(c.params["organization"])
	if !ok {
		c.failCSA(http.StatusNotFound, "Organization "+c.params["organization"]+" does not exist")
		return
	}
	p := c.server.person(func(p *person) bool { return p.organization == org && p.name == user })
	if p == nil {
		c.failCSA(http.StatusNotFound, "User "+user+" does not exist in organization "+org.name)
		return
	}
	c.document(tree("person",
		leaf("id", p.id), leaf("isCriticalSystemObject", false), leaf("description", p.name),
		leaf("name", p.name), leaf("displayName", p.name), stateElement(false), leaf("disabled", false),
		tree("organization", leaf("id", org.id), leaf("isCriticalSystemObject", false),
			leaf("name", org.name), leaf("displayName", org.name)),
	))
}

// csaOrganizations is "View a list of organizations" (Organization API).
func (s *Simulator) csaOrganizations(c *call) {
	var all []element
	for _, o := range c.server.organizations {
		all = append(all, tree("organization", leaf("id", o.id), leaf("objectId", o.id),
			leaf("isCriticalSystemObject", false), leaf("name", o.name), leaf("displayName", o.name), stateElement(false)))
	}
	c.document(list("OrganizationList", all))
}

// csaOrgInformation is the orgInformation API; it tells no id.
func (s *Simulator) csaOrgInformation(c *call) {
	org, ok := c.server.organization(c.params["organization"])
	if !ok {
		c.failCSA(http.StatusNotFound, "Organization "+c.params["organization"]+" does not exist")
		return
	}
	c.document(tree("Organization", leaf("isCriticalSystemObject", false), leaf("description", org.name),
		leaf("name", org.name), leaf("disabled", false)))
}
