package roma

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	// A token is renewed this long before it ends, or a tenth of its life
	// before, whichever is less.
	renewBefore = 5 * time.Minute
	renewShare  = 10
)

// identity is IAM. Its api is nil if there is no address for it.
type identity struct {
	api      *httpapi.Client
	redactor *httpapi.Redactor
}

// login fetches IAM tokens with a password and keeps the current one. Several
// requests that need a token at the same time cause one fetch.
type login struct {
	iam                            *identity
	userName, password, domainName string
	// projectID or else projectName is the token's scope.
	projectID, projectName string

	turn turn
	// The fields below are guarded by turn.
	current token
	// denied is IAM's refusal. It stays: asking again with the same password
	// would lock the user.
	denied error
}

// token is an IAM token.
type token struct {
	value     string
	projectID string
	// life is how long the token holds from its issue; 0 if IAM did not say.
	life time.Duration
	// renewAt is zero if the life is not known.
	renewAt time.Time
}

func (l *login) authorize(r *http.Request, _, refused string) (string, error) {
	t, err := l.token(r.Context(), refused)
	if err != nil {
		return "", err
	}
	r.Header.Set(headerToken, t.value)
	return t.value, nil
}

func (*login) renewable() bool { return true }

// token returns the current token, or fetches one if there is none, it ends
// soon, or it is the refused one.
func (l *login) token(ctx context.Context, refused string) (token, error) {
	if err := l.turn.take(ctx); err != nil {
		return token{}, err
	}
	defer l.turn.give()
	if l.denied != nil {
		return token{}, l.denied
	}
	now := time.Now()
	held := l.current.value != "" && (l.current.renewAt.IsZero() || now.Before(l.current.renewAt))
	if held && l.current.value != refused {
		return l.current, nil
	}
	fetched, err := l.fetch(ctx)
	if errors.Is(err, asset.ErrDenied) {
		l.denied = err
	}
	if err != nil {
		return token{}, err
	}
	if fetched.life > 0 {
		// By this machine's clock, which may differ from the server's.
		fetched.renewAt = now.Add(fetched.life - min(renewBefore, fetched.life/renewShare))
	}
	l.current = fetched
	return fetched, nil
}

// fetch asks for a token (KeystoneCreateUserTokenByPassword, IAM API
// reference, iam_30_0001). Fetching does not end earlier tokens, so it may be
// repeated.
func (l *login) fetch(ctx context.Context) (token, error) {
	body, err := json.Marshal(l.request())
	if err != nil {
		return token{}, err
	}
	call := &httpapi.Call{
		Kind:   httpapi.Lookup,
		Method: http.MethodPost,
		Path:   "/v3/auth/tokens",
		Query:  map[string][]string{"nocatalog": {"true"}},
		Header: http.Header{"Content-Type": {"application/json;charset=utf8"}},
	}
	call.SetBytes(body)
	var t token
	err = l.iam.api.JSON(ctx, call, func(h http.Header, data []byte) error {
		value := h.Get("X-Subject-Token")
		// Before anything can fail and be quoted.
		l.iam.redactor.Add(value)
		t, err = parseToken(value, data)
		return err
	})
	if tokenRefused(err) {
		return token{}, &kindError{asset.ErrDenied, err}
	}
	return t, err
}

type (
	name struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	loginUser struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Domain   name   `json:"domain"`
	}
	loginPassword struct {
		User loginUser `json:"user"`
	}
	loginIdentity struct {
		Methods  []string      `json:"methods"`
		Password loginPassword `json:"password"`
	}
	loginScope struct {
		Project name `json:"project"`
	}
	loginAuth struct {
		Identity loginIdentity `json:"identity"`
		Scope    loginScope    `json:"scope"`
	}
	loginRequest struct {
		Auth loginAuth `json:"auth"`
	}
)

func (l *login) request() loginRequest {
	var r loginRequest
	r.Auth.Identity.Methods = []string{"password"}
	r.Auth.Identity.Password.User = loginUser{Name: l.userName, Password: l.password, Domain: name{Name: l.domainName}}
	r.Auth.Scope.Project = name{ID: l.projectID}
	if l.projectID == "" {
		r.Auth.Scope.Project = name{Name: l.projectName}
	}
	return r
}

// parseToken reads the answer to a login: the token itself comes in a header.
func parseToken(value string, data []byte) (token, error) {
	if value == "" {
		return token{}, errors.New("no X-Subject-Token")
	}
	for _, c := range []byte(value) {
		if c <= ' ' || c > '~' {
			return token{}, errors.New("an unusable X-Subject-Token")
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
		return token{}, fmt.Errorf("no token: %w", err)
	}
	if answer.Token == nil {
		return token{}, errors.New("no token")
	}
	t := token{value: value, projectID: answer.Token.Project.ID}
	if t.projectID != "" {
		if err := checkID("project id", t.projectID); err != nil {
			return token{}, err
		}
	}
	// Without the two times a token is used until it is refused.
	issued, errIssued := time.Parse(time.RFC3339, answer.Token.IssuedAt)
	expires, errExpires := time.Parse(time.RFC3339, answer.Token.ExpiresAt)
	if errIssued == nil && errExpires == nil && expires.After(issued) {
		t.life = expires.Sub(issued)
	}
	return t, nil
}
