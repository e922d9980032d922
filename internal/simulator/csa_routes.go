package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// Kinds of requests to CSA, as named in the log and in faults.
const (
	kindCSALogin         = "csa_login"
	kindCSAExport        = "csa_export"
	kindCSAImport        = "csa_import"
	kindCSAPreview       = "csa_preview"
	kindCSAResult        = "csa_import_result"
	kindCSAArtifact      = "csa_artifact"
	kindCSAArtifacts     = "csa_artifacts"
	kindCSACatalogs      = "csa_catalogs"
	kindCSAOfferings     = "csa_offerings"
	kindCSAOrganizations = "csa_organizations"
	kindCSAOther         = "csa_other"

	platformCSA = "csa"
	authBasic   = "basic"

	// csaBase is where the Legacy API begins on a server.
	csaBase        = "csa/rest"
	userIdentifier = "userIdentifier"
	previewImport  = "previewImport"
)

// csaRoutes are below csaBase. All but login may end in a slash.
var csaRoutes = []route{
	{http.MethodGet, "login/{organization}/userLookup", platformCSA, kindCSALogin, (*Simulator).csaLookup},
	{http.MethodGet, "login/{organization}/{user}/", platformCSA, kindCSALogin, (*Simulator).csaLogin},
	{http.MethodGet, "login/{organization}/{user}", platformCSA, kindCSALogin, (*Simulator).csaLogin},
	{http.MethodGet, "export/{id}", platformCSA, kindCSAExport, (*Simulator).csaExport},
	{http.MethodPost, "import", platformCSA, kindCSAImport, (*Simulator).csaImport},
	{http.MethodGet, "import_result/{id}", platformCSA, kindCSAResult, (*Simulator).csaImportResult},
	{http.MethodGet, "artifact", platformCSA, kindCSAArtifacts, (*Simulator).csaArtifacts},
	{http.MethodGet, "artifact/state/{id}", platformCSA, kindCSAArtifact, (*Simulator).csaArtifactState},
	{http.MethodGet, "artifact/{id}", platformCSA, kindCSAArtifact, (*Simulator).csaArtifact},
	{http.MethodGet, "catalog", platformCSA, kindCSACatalogs, (*Simulator).csaCatalogs},
	{http.MethodGet, "catalog/{id}/offering", platformCSA, kindCSAOfferings, (*Simulator).csaOfferings},
	{http.MethodGet, "organization", platformCSA, kindCSAOrganizations, (*Simulator).csaOrganizations},
	{http.MethodGet, "orgInformation/{organization}", platformCSA, kindCSAOrganizations, (*Simulator).csaOrgInformation},
}

// findCSA answers the server that a request is for, or nil, and the operation.
func (s *Simulator) findCSA(r *http.Request) (*csaServer, route, map[string]string) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	srv := s.csa[name]
	other := route{platform: platformCSA, kind: kindCSAOther, serve: (*Simulator).csaUnknown}
	rest, ok := strings.CutPrefix(rest, csaBase+"/")
	if srv == nil || !ok {
		return srv, other, nil
	}
	if !strings.HasPrefix(rest, "login/") {
		rest = strings.TrimSuffix(rest, "/")
	}
	got := strings.Split(rest, "/")
	for _, rt := range csaRoutes {
		if rt.method != r.Method {
			continue
		}
		params, ok := matchPath(strings.Split(rt.pattern, "/"), got)
		if !ok {
			continue
		}
		if rt.kind == kindCSAImport && r.URL.Query().Get(previewImport) == "true" {
			rt.kind = kindCSAPreview
		}
		return srv, rt, params
	}
	return srv, other, nil
}

func (s *Simulator) csaUnknown(c *call) {
	c.failCSA(http.StatusNotFound, c.r.URL.Path)
}

// greetCSA sets the headers of every answer. A browser session begins with the
// cookie; the API needs none.
func greetCSA(w http.ResponseWriter, r *http.Request, srv *csaServer) {
	w.Header().Set("Server", "Apache-Coyote/1.1")
	if _, err := r.Cookie("JSESSIONID"); err == nil {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: "JSESSIONID", Value: strings.ToUpper(randomHex(16)), Path: "/" + srv.name + "/csa",
		HttpOnly: true, Secure: r.TLS != nil,
	})
}

// redact hides the userIdentifier in a query.
func redact(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || strings.EqualFold(plain, userIdentifier) {
			pairs[i] = name + "=***"
		}
	}
	return strings.Join(pairs, "&")
}

// dispatchCSA does what the start of every operation does: limits, account,
// the person on whose behalf it is.
func (s *Simulator) dispatchCSA(c *call, rt route) {
	if f := s.limitBody(c.r); f != nil {
		c.fail(f)
		return
	}
	if rt.kind == kindCSAOther {
		rt.serve(s, c)
		return
	}
	username, password, _ := c.r.BasicAuth()
	if username != csaAccount || password != c.server.password {
		c.failCSA(http.StatusUnauthorized, csaUsual(http.StatusUnauthorized))
		return
	}
	if rt.kind != kindCSALogin {
		id := c.r.URL.Query().Get(userIdentifier)
		c.person = c.server.person(func(p *person) bool { return p.id == id })
		if c.person == nil {
			// The page does not quote the id: the caller has it.
			c.failCSA(http.StatusUnauthorized, "Not authorized: userIdentifier is missing or belongs to nobody")
			return
		}
	}
	rt.serve(s, c)
}
