package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
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

func (n named) is(id, name string) bool {
	return n.ID == id || n.ID == "" && n.Name == name
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
		Scope *struct {
			Project *named `json:"project"`
			Domain  *named `json:"domain"`
		} `json:"scope"`
	} `json:"auth"`
}

// login issues a token.
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
	user := req.Auth.Identity.Password.User
	// The account is needed to find a user by name; a user id is unique.
	known := user.is(userID, userName) && (user.ID != "" && user.Domain == named{} || user.Domain.is(domainID, domainName))
	if !known || user.Password != s.password {
		c.fail(iamFailure(http.StatusUnauthorized, "The username or password is wrong."))
		return
	}
	scope := req.Auth.Scope
	scoped := scope != nil && scope.Project != nil
	if scoped && !scope.Project.is(projectID, region) {
		c.fail(iamFailure(http.StatusUnauthorized, "The project of the scope does not exist or is not accessible."))
		return
	}
	s.issueToken(c, scoped)
}

// issueToken answers with a new token in the header X-Subject-Token.
func (s *Simulator) issueToken(c *call, scoped bool) {
	now := time.Now()
	tok := &token{expires: now.Add(s.opts.TokenLife), scoped: scoped}
	text := newTokenText("MIIT")
	s.locked(func() { s.tokens[text] = tok })
	domain := map[string]any{"id": domainID, "name": domainName}
	body := map[string]any{
		"methods":    []string{"password"},
		"issued_at":  now.UTC().Format(iamTime),
		"expires_at": tok.expires.UTC().Format(iamTime),
		"user": map[string]any{
			"id": userID, "name": userName, "domain": domain, "password_expires_at": "",
		},
		"roles": []any{map[string]any{"id": "0", "name": "te_admin"}},
	}
	if scoped {
		body["project"] = map[string]any{"id": projectID, "name": region, "domain": domain}
	}
	if c.r.URL.Query().Get("nocatalog") == "" {
		body["catalog"] = []any{}
	}
	c.w.Header().Set("X-Subject-Token", text)
	c.json(http.StatusCreated, map[string]any{"token": body})
}

// listProjects is "Querying Project Information" (IAM API reference).
func (s *Simulator) listProjects(c *call) {
	projects := []any{}
	if name := c.r.URL.Query().Get("name"); name == "" || name == region {
		projects = append(projects, map[string]any{
			"id": projectID, "name": region, "domain_id": domainID, "parent_id": domainID,
			"is_domain": false, "enabled": true, "description": "",
		})
	}
	c.json(http.StatusOK, map[string]any{
		"projects": projects,
		"links":    map[string]any{"next": nil, "previous": nil},
	})
}

func iamFailure(status int, message string) *failure {
	return &failure{status: status, code: "IAM", message: message, keystone: true}
}
