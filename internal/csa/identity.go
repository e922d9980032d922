package csa

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// person is on whose behalf requests run. Its id is looked up once.
type person struct {
	organization, user string

	// turn is a lock that can be waited for with a context.
	turn chan struct{}
	id   string
	// denied is the refusal of the account. It stays, so that the other
	// requests of a run do not lock the account.
	denied error
}

func newPerson(config Config) *person {
	return &person{
		organization: config.Organization,
		user:         config.User,
		turn:         make(chan struct{}, 1),
		id:           config.UserIdentifier,
	}
}

// resolve returns the userIdentifier. The error is an *AccountError, an
// *UnknownOrganizationError, an *UnknownUserError or one of httpapi.
func (p *person) resolve(ctx context.Context, c *Client) (string, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	defer func() { <-p.turn }()
	if p.id != "" || p.denied != nil {
		return p.id, p.denied
	}
	id, err := p.find(ctx, c)
	if errors.Is(err, asset.ErrDenied) {
		p.denied = err
	}
	p.id = id
	return id, err
}

// find asks the server (Login API, "Get userIdentifier", CSA 4.90).
func (p *person) find(ctx context.Context, c *Client) (string, error) {
	call, err := p.login(c)
	if err != nil {
		return "", err
	}
	var id string
	err = c.api.Parse(ctx, call, func(_ http.Header, data []byte) (err error) {
		if id, err = parsePerson(data); err != nil {
			// The error quotes the answer, and the id may stand in it.
			c.hide(idsIn(data)...)
			return c.shown(err)
		}
		c.hide(id)
		return nil
	})
	if err == nil {
		return id, nil
	}
	if errors.Is(err, errNobody) {
		return "", &UnknownUserError{Organization: p.organization, User: p.user, Cause: err}
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || answer.Status != http.StatusNotFound {
		return "", c.mapped(err)
	}
	if p.userIsUnknown(ctx, c, answer) {
		return "", &UnknownUserError{Organization: p.organization, User: p.user, Cause: err}
	}
	return "", &UnknownOrganizationError{Organization: p.organization, Cause: err}
}

// login makes the look-up. Without the slash at the end the server may cut
// user names; those with a slash or backslash have a request of their own.
func (p *person) login(c *Client) (*httpapi.Call, error) {
	segments, query := []string{"login", p.organization, p.user}, url.Values(nil)
	byName := strings.ContainsAny(p.user, `/\`) || p.user == "." || p.user == ".."
	if byName {
		segments[2], query = "userLookup", url.Values{"userName": {p.user}}
	}
	call, err := c.call(http.MethodGet, query, segments...)
	if err != nil {
		return nil, err
	}
	if !byName {
		call.Path += "/"
	}
	call.Header.Set("Accept", mediaXML)
	return call, nil
}

// userIsUnknown tells which of the two names a 404 is about, which the
// documents leave open: it is the user if the server knows the organization
// ("orgInformation API", CSA 4.80), else what the answer speaks of first.
func (p *person) userIsUnknown(ctx context.Context, c *Client, answer *httpapi.Error) bool {
	call, err := c.call(http.MethodGet, nil, "orgInformation", p.organization)
	if err != nil {
		return false
	}
	call.Kind = httpapi.Poll
	call.Header.Set("Accept", mediaXML)
	if c.api.Parse(ctx, call, func(_ http.Header, data []byte) error { return pageOf(data) }) == nil {
		return true
	}
	// The names themselves may be words like these.
	text := strings.NewReplacer(p.user, "", p.organization, "").Replace(answer.Own().Words())
	subject := strings.ToLower(subjects.FindString(text))
	return subject == "user" || subject == "person"
}

var subjects = regexp.MustCompile(`(?i)\b(user|person|organi[sz]ation|tenant)\b`)

var errNobody = errors.New("the answer names no person")

// parsePerson reads the first id of a person.
func parsePerson(data []byte) (string, error) {
	var answer struct {
		IDs []string `xml:"id"`
	}
	if err := decodeXML(data, &answer, "person"); err != nil {
		return "", err
	}
	if len(answer.IDs) == 0 || solid(answer.IDs[0]) == "" {
		return "", errNobody
	}
	id := solid(answer.IDs[0])
	if !idForm.MatchString(id) {
		return "", errors.New("an unusable id")
	}
	return id, nil
}

// idLike finds ids as the examples show them, and whatever else an answer
// calls an id.
var idLike = regexp.MustCompile(`(?i)<id\b[^>]*>\s*([^<\s]+)|"id"\s*:\s*"([^"]+)"|([0-9a-f-]{16,128})`)

// idsIn lists what may be an id in an answer that could not be understood.
func idsIn(data []byte) []string {
	// As much as an error quotes, and more.
	const enough, most = 64 << 10, 64
	var ids []string
	for _, found := range idLike.FindAllSubmatch(data[:min(len(data), enough)], most) {
		for _, id := range found[1:] {
			ids = append(ids, string(id[:min(len(id), 128)]))
		}
	}
	return ids
}
