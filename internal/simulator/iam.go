package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
)

const (
	// iamTime is how IAM writes times.
	iamTime = "2006-01-02T15:04:05.000000Z"
	// maxJSONBody is far above what any JSON request needs.
	maxJSONBody = 1 << 20
)

// named is how IAM requests point at a user, an account or a project.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// is tells whether all that is given fits, and something is.
func (n named) is(id, name string) bool {
	return n != named{} && (n.ID == "" || n.ID == id) && (n.Name == "" || n.Name == name)
}

// tokenScope is what a token is asked for: a project, an account, or nothing.
type tokenScope struct {
	Project *named `json:"project"`
	Domain  *named `json:"domain"`
}

// resolve finds what the scope points at; it must belong to the account.
func (t *tokenScope) resolve(in account) (string, *failure) {
	switch {
	case t == nil || t.Project == nil && t.Domain == nil:
		return scopeNone, nil
	case t.Project != nil && t.Domain != nil:
		return "", iamFailure(http.StatusBadRequest, "The scope is a project or a domain, not both.")
	case t.Project != nil && t.Project.is(in.project, region):
		return scopeProject, nil
	case t.Project != nil:
		return "", iamFailure(http.StatusUnauthorized, "The project of the scope does not exist or is not accessible.")
	case t.Domain.is(in.id, in.name):
		return scopeDomain, nil
	default:
		return "", iamFailure(http.StatusUnauthorized, "The domain of the scope does not exist or is not accessible.")
	}
}

// loginRequest is the body of "Obtaining a User Token Through Password
// Authentication" (IAM API reference).
type loginRequest struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					named
					Password string `json:"password"`
					Domain   named  `json:"domain"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope *tokenScope `json:"scope"`
	} `json:"auth"`
}

// login issues a token to a user.
func (s *Simulator) login(c *call) {
	var req loginRequest
	if err := json.NewDecoder(io.LimitReader(c.r.Body, maxJSONBody)).Decode(&req); err != nil {
		c.fail(iamFailure(http.StatusBadRequest, "Expecting to find valid JSON in the request body."))
		return
	}
	if !slices.Equal(req.Auth.Identity.Methods, []string{"password"}) {
		c.fail(iamFailure(http.StatusBadRequest, "Only the identity method password is simulated."))
		return
	}
	asked := req.Auth.Identity.Password.User
	for _, u := range []*user{s.promoter, s.operator} {
		// The account is needed to find a user by name; a user id is unique.
		found := asked.is(u.id, u.name) &&
			(asked.ID != "" && asked.Domain == named{} || asked.Domain.is(u.account.id, u.account.name))
		if !found || asked.Password != u.password {
			continue
		}
		scope, f := req.Auth.Scope.resolve(u.account)
		if f != nil {
			c.fail(f)
			return
		}
		s.answerToken(c, "password", u.identity, scope)
		return
	}
	c.fail(iamFailure(http.StatusUnauthorized, "The username or password is wrong."))
}

// answerToken answers with a new token in the header X-Subject-Token.
func (s *Simulator) answerToken(c *call, method string, who identity, scope string) {
	s.mu.Lock()
	issued := s.clock()
	text, tok := s.issueToken(method, who, scope)
	c.entry.Subject, c.entry.Scope = who.String(), scope
	s.mu.Unlock()
	domain := map[string]any{"id": who.account.id, "name": who.account.name}
	subject := map[string]any{"id": who.id, "name": who.name, "domain": domain}
	body := map[string]any{
		"methods":    []string{method},
		"issued_at":  issued.UTC().Format(iamTime),
		"expires_at": tok.expires.UTC().Format(iamTime),
		"user":       subject,
	}
	if who.kind == identityFederated {
		body["methods"] = []string{"mapped"}
		subject["OS-FEDERATION"] = federation()
	} else {
		subject["password_expires_at"] = ""
	}
	if scope != scopeNone {
		body["roles"] = []any{map[string]any{"id": "0", "name": "te_admin"}}
		if c.r.URL.Query().Get("nocatalog") == "" {
			body["catalog"] = []any{}
		}
	}
	switch scope {
	case scopeProject:
		body["project"] = map[string]any{"id": who.account.project, "name": region, "domain": domain}
	case scopeDomain:
		body["domain"] = domain
	}
	c.w.Header().Set("X-Subject-Token", text)
	c.json(http.StatusCreated, map[string]any{"token": body})
}

// listProjects is "Querying Project Information" (IAM API reference): those of
// the caller's account.
func (s *Simulator) listProjects(c *call) {
	in := c.identity.account
	projects := []any{}
	if name := c.r.URL.Query().Get("name"); name == "" || name == region {
		projects = append(projects, map[string]any{
			"id": in.project, "name": region, "domain_id": in.id, "parent_id": in.id,
			"is_domain": false, "enabled": true, "description": "",
		})
	}
	c.json(http.StatusOK, map[string]any{"projects": projects, "links": noPages()})
}

// listDomains is "Querying Account Information Accessible to an IAM User" (IAM
// API reference).
func (s *Simulator) listDomains(c *call) {
	in := c.identity.account
	c.json(http.StatusOK, map[string]any{
		"domains": []any{map[string]any{"id": in.id, "name": in.name, "enabled": true, "description": ""}},
		"links":   noPages(),
	})
}

func noPages() map[string]any {
	return map[string]any{"next": nil, "previous": nil}
}

// iamFailure is an error of the token interface.
func iamFailure(status int, message string) *failure {
	return &failure{status: status, code: "IAM", message: message, keystone: true}
}
