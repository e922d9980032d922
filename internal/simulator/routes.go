package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Kinds of requests, as named in the log and in faults.
const (
	kindLogin         = "login"
	kindOIDC          = "oidc"
	kindTemporaryKeys = "temporary_keys"
	kindAssume        = "assume"
	kindProjects      = "projects"
	kindDomains       = "domains"
	kindMetadataToken = "metadata_token"
	kindMetadataKey   = "metadata_key"
	kindExport        = "export"
	kindImport        = "import"
	kindDelete        = "delete"
	kindJob           = "job"
	kindDownload      = "download"
	kindApps          = "apps"
	kindTasks         = "tasks"
	kindInstances     = "instances"
	kindOther         = "other"
)

// Platforms, as named in the log.
const (
	platformROMA     = "roma"
	platformIAM      = "iam"
	platformMetadata = "metadata"
)

// route is one operation of the documents. A segment {name} of the pattern
// stands for any text that is not empty.
type route struct {
	method, pattern, platform, kind string
	serve                           func(*Simulator, *call)
}

// open tells that the operation looks after credentials itself.
func (rt route) open() bool {
	return slices.Contains([]string{
		kindLogin, kindOIDC, kindTemporaryKeys, kindAssume, kindMetadataToken, kindMetadataKey, kindOther,
	}, rt.kind)
}

var romaRoutes = []route{
	{http.MethodPost, "/v3/auth/tokens", platformIAM, kindLogin, (*Simulator).login},
	{http.MethodPost, "/v3.0/OS-AUTH/id-token/tokens", platformIAM, kindOIDC, (*Simulator).loginOIDC},
	{http.MethodPost, "/v3.0/OS-CREDENTIAL/securitytokens", platformIAM, kindTemporaryKeys, (*Simulator).temporaryKeys},
	{http.MethodPost, "/v5/agencies/assume", platformIAM, kindAssume, (*Simulator).assumeAgency},
	{http.MethodGet, "/v3/projects", platformIAM, kindProjects, (*Simulator).listProjects},
	{http.MethodGet, "/v3/auth/domains", platformIAM, kindDomains, (*Simulator).listDomains},
	{http.MethodGet, "/v2/{project}/instances", platformROMA, kindInstances, (*Simulator).listInstances},
	{http.MethodGet, "/v2/{project}/instances/{instance}/apps", platformROMA, kindApps, (*Simulator).listApps},
	{http.MethodGet, "/v2/{project}/fdi/instances/{instance}/tasks", platformROMA, kindTasks, (*Simulator).listTasks},
	{http.MethodPost, "/v2/{project}/instances/{instance}/assets/export", platformROMA, kindExport, (*Simulator).exportAssets},
	{http.MethodPost, "/v2/{project}/instances/{instance}/assets/import", platformROMA, kindImport, (*Simulator).importAssets},
	{http.MethodPost, "/v2/{project}/instances/{instance}/assets/delete", platformROMA, kindDelete, (*Simulator).deleteAssets},
	{http.MethodGet, "/v2/{project}/instances/{instance}/assets/jobs/{id}", platformROMA, kindJob, (*Simulator).showJob},
	{http.MethodGet, "/v2/{project}/instances/{instance}/assets/archives/{id}", platformROMA, kindDownload, (*Simulator).download},
}

// findRoute answers the operation of ROMA Connect or IAM that a request asks
// for, and the values of the pattern's segments. Anything undocumented is an
// unpublished API.
func findRoute(r *http.Request) (route, map[string]string) {
	if rt, params, ok := matchRoute(romaRoutes, r); ok {
		return rt, params
	}
	platform := platformROMA
	for _, prefix := range []string{"/v3/", "/v3.0/", "/v5/"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			platform = platformIAM
		}
	}
	return route{platform: platform, kind: kindOther, serve: (*Simulator).unpublished}, nil
}

func matchRoute(routes []route, r *http.Request) (route, map[string]string, bool) {
	got := strings.Split(r.URL.EscapedPath(), "/")
	for _, rt := range routes {
		if rt.method != r.Method {
			continue
		}
		if params, ok := matchPath(strings.Split(rt.pattern, "/"), got); ok {
			return rt, params, true
		}
	}
	return route{}, nil, false
}

func matchPath(pattern, got []string) (map[string]string, bool) {
	if len(pattern) != len(got) {
		return nil, false
	}
	params := make(map[string]string)
	for i, want := range pattern {
		if !strings.HasPrefix(want, "{") {
			if got[i] != want {
				return nil, false
			}
			continue
		}
		value, err := url.PathUnescape(got[i])
		if err != nil || value == "" {
			return nil, false
		}
		params[strings.Trim(want, "{}")] = value
	}
	return params, true
}

func (s *Simulator) unpublished(c *call) {
	c.fail(&failure{
		status: http.StatusNotFound, code: gatewayNotPublished, gateway: true,
		message: "The API does not exist or has not been published in the environment",
	})
}
