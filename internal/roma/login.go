package roma

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// identity is IAM. Its api is nil if there is no address for it.
type identity struct {
	api      *httpapi.Client
	redactor *httpapi.Redactor
}

// login fetches IAM tokens with a password.
type login struct {
	*lease
	iam *identity
	// The user's id, or else the name with the account's id or name.
	userID, userName, password, domainID, domainName string
	// projectID or else projectName is the token's scope; with neither it is
	// the account.
	projectID, projectName string
}

func newLogin(iam *identity, p Password, projectID, projectName string) *login {
	l := &login{
		iam: iam, userID: p.UserID, userName: p.UserName, password: p.Password, domainID: p.DomainID, domainName: p.DomainName,
		projectID: projectID, projectName: projectName,
	}
	l.lease = newLease(iam.redactor, func(ctx context.Context) (grant, error) {
		g, err := from("password", l.fetch)(ctx)
		if errors.Is(err, asset.ErrDenied) {
			// It stays: asking again with the same password would lock the user.
			l.denied = err
		}
		return g, err
	})
	return l
}

func (l *login) authorize(r *http.Request, _, refused string) (string, error) {
	g, err := l.get(r.Context(), refused)
	if err != nil {
		return "", err
	}
	r.Header.Set(headerToken, g.token)
	return g.token, nil
}

func (*login) renewable() bool { return true }

// deny does nothing: a refused token locks nobody.
func (*login) deny(error) {}

// fetch asks for a token (KeystoneCreateUserTokenByPassword, IAM API
// reference, iam_30_0001). Fetching does not end earlier tokens, so it may be
// repeated.
func (l *login) fetch(ctx context.Context) (grant, error) {
	return l.iam.token(ctx, iamRequest{path: "/v3/auth/tokens", query: url.Values{"nocatalog": {"true"}}, body: l.request()})
}

// token posts to IAM and reads the token of the answer.
func (i *identity) token(ctx context.Context, req iamRequest) (grant, error) {
	var g grant
	err := i.post(ctx, req, func(h http.Header, data []byte) (err error) {
		value := h.Get("X-Subject-Token")
		// Before anything can fail and be quoted.
		i.redactor.Use(value)
		g, err = parseToken(value, data)
		return err
	})
	return g, err
}

// iamRequest is a POST that IAM may be asked twice.
type iamRequest struct {
	path   string
	query  url.Values
	header http.Header
	body   any
	// cred is who asks; nil for nobody.
	cred credentials
	// secret: the body of the answer holds credentials.
	secret bool
}

func (i *identity) post(ctx context.Context, req iamRequest, parse func(http.Header, []byte) error) error {
	data, err := json.Marshal(req.body)
	if err != nil {
		return err
	}
	call := &httpapi.Call{
		Kind:   httpapi.Lookup,
		Method: http.MethodPost,
		Path:   req.path,
		Query:  req.query,
		Header: http.Header{"Content-Type": {"application/json;charset=utf8"}},
		Secret: req.secret,
	}
	maps.Copy(call.Header, req.header)
	call.SetBytes(data)
	send := func(call *httpapi.Call) error { return i.api.Parse(ctx, call, parse) }
	if req.cred == nil {
		return send(call)
	}
	return authorize(ctx, req.cred, call, hexSHA256(data), send)
}

type (
	name struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	loginUser struct {
		ID       string `json:"id,omitempty"`
		Name     string `json:"name,omitempty"`
		Password string `json:"password"`
		Domain   *name  `json:"domain,omitempty"`
	}
	loginPassword struct {
		User loginUser `json:"user"`
	}
	loginIdentity struct {
		Methods  []string      `json:"methods"`
		Password loginPassword `json:"password"`
	}
	loginScope struct {
		Project *name `json:"project,omitempty"`
		Domain  *name `json:"domain,omitempty"`
	}
	loginAuth struct {
		Identity loginIdentity `json:"identity"`
		Scope    loginScope    `json:"scope"`
	}
	loginRequest struct {
		Auth loginAuth `json:"auth"`
	}
)

// named is an id, or a name where there is none.
func named(id, text string) *name {
	if id != "" {
		return &name{ID: id}
	}
	return &name{Name: text}
}

func (l *login) request() loginRequest {
	var r loginRequest
	r.Auth.Identity.Methods = []string{"password"}
	user := loginUser{ID: l.userID, Password: l.password}
	if l.userID == "" {
		user.Name, user.Domain = l.userName, named(l.domainID, l.domainName)
	}
	r.Auth.Identity.Password.User = user
	if l.projectID == "" && l.projectName == "" {
		r.Auth.Scope.Domain = named(l.domainID, l.domainName)
	} else {
		r.Auth.Scope.Project = named(l.projectID, l.projectName)
	}
	return r
}

// parseToken reads the answer to a login: the token itself comes in a header.
func parseToken(value string, data []byte) (grant, error) {
	if value == "" {
		return grant{}, errors.New("no X-Subject-Token")
	}
	for _, c := range []byte(value) {
		if c <= ' ' || c > '~' {
			return grant{}, errors.New("an unusable X-Subject-Token")
		}
	}
	var answer struct {
		Token *struct {
			ExpiresAt string `json:"expires_at"`
			IssuedAt  string `json:"issued_at"`
			Project   name   `json:"project"`
		} `json:"token"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return grant{}, fmt.Errorf("no token: %w", err)
	}
	if answer.Token == nil {
		return grant{}, errors.New("no token")
	}
	g := grant{token: value, projectID: answer.Token.Project.ID}
	if g.projectID != "" {
		if err := checkID("project id", g.projectID); err != nil {
			return grant{}, err
		}
	}
	// Without the two times a token is used until it is refused.
	issued, errIssued := time.Parse(time.RFC3339, answer.Token.IssuedAt)
	expires, errExpires := time.Parse(time.RFC3339, answer.Token.ExpiresAt)
	if errIssued == nil && errExpires == nil && expires.After(issued) {
		g.life = expires.Sub(issued)
	}
	return g, nil
}
