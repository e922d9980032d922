package csa

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func resolve(t *testing.T, c *Client) (string, error) {
	t.Helper()
	return c.person.resolve(t.Context(), c)
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		organization, user string
		line, query        string
	}{
		"defaults":       {"", "", loginLine, ""},
		"odd characters": {"My Org", "jörg.müller@x;y", "GET /csa/rest/login/My%20Org/j%C3%B6rg.m%C3%BCller@x%3By/", ""},
		"slash":          {"Provider", "a/b c", "GET /csa/rest/login/Provider/userLookup", "userName=a%2Fb%20c"},
		"backslash":      {"Provider", `DOMAIN\me`, "GET /csa/rest/login/Provider/userLookup", "userName=DOMAIN%5Cme"},
		"dots":           {"Provider", "..", "GET /csa/rest/login/Provider/userLookup", "userName=.."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{row.line: answer(200, personBody, "Set-Cookie", "JSESSIONID=1")})
			config := s.config()
			config.Organization, config.User = row.organization, row.user
			c := newClient(t, config)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if id, err := c.person.resolve(t.Context(), c); id != personID || err != nil {
						t.Errorf("%q, %v", id, err)
					}
				})
			}
			all.Wait()
			got := s.got()
			if len(got) != 1 || got[0].line != row.line || got[0].query != row.query {
				t.Fatalf("requests %v", got)
			}
			basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(account+":"+password))
			h := got[0].header
			if h.Get("Authorization") != basic || h.Get("Accept") != "application/xml" || h.Get("User-Agent") != "test" {
				t.Errorf("header %v", h)
			}
			if text := c.Redact("id " + strings.ToUpper(personID)); text != "id ***" {
				t.Errorf("not a secret: %s", text)
			}
		})
	}
}

func TestGivenIdentifierNeedsNoLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := newClient(t, s.known())
	if id, err := resolve(t, c); id != personID || err != nil || len(s.got()) != 0 {
		t.Errorf("%q, %v, %v", id, err, s.lines())
	}
	if c.Redact(personID) != "***" || c.Redact(password) != "***" {
		t.Error("not a secret")
	}
}

func TestNoCookieIsKept(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{
		loginLine:  answer(200, personBody, "Set-Cookie", "JSESSIONID=1; Path=/"),
		recordLine: answer(200, resultBody),
	})
	if _, err := newClient(t, s.config()).ImportResult(t.Context(), recordID); err != nil {
		t.Fatal(err)
	}
	for _, a := range s.got() {
		if a.header.Get("Cookie") != "" {
			t.Errorf("%s has a cookie", a.line)
		}
	}
}

func TestLoginErrors(t *testing.T) {
	t.Parallel()
	const informationLine = "GET /csa/rest/orgInformation/CSA-Provider"
	for name, row := range map[string]struct {
		login, information http.HandlerFunc
		want               string
	}{
		"account":               {answer(401, "<html><title>HTTP Status 401</title></html>"), nil, "account"},
		"user":                  {answer(404, ""), answer(200, "<organization/>"), "user"},
		"user, contradictory":   {answer(404, "organization"), answer(200, "<organization/>"), "user"},
		"organization":          {answer(404, ""), answer(404, ""), "organization"},
		"by words, user":        {answer(404, "No such user in the organization"), answer(404, ""), "user"},
		"by words, tenant":      {answer(404, "tenant of the user not found"), answer(400, ""), "organization"},
		"names are no words":    {answer(404, "admin of CSA-Provider: organization"), answer(404, ""), "organization"},
		"organization, page":    {answer(404, ""), answer(200, "<html>welcome</html>"), "organization"},
		"nobody":                {answer(200, "<person/>"), nil, "user"},
		"empty id":              {answer(200, "<person><id>\n</id></person>"), nil, "user"},
		"forbidden":             {answer(403, ""), nil, "403"},
		"server":                {answer(500, ""), nil, "500"},
		"redirect":              {answer(302, "", "Location", "https://elsewhere.example.com/login"), nil, "other"},
		"page":                  {answer(200, "<html><title>Log in</title></html>"), nil, "answer"},
		"unusable id":           {answer(200, "<person><id>../"+personID+"</id></person>"), nil, "answer"},
		"cut off":               {answer(200, "<person><id>"+personID+"</id>"), nil, "answer"},
		"JSON":                  {answer(200, `{"id":"`+personID+`"}`), nil, "answer"},
		"JSON of another shape": {answer(200, `{"id": "some-secret-id"}`), nil, "answer"},
		"connection":            {hangUp(""), nil, "transport"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{loginLine: row.login, informationLine: row.information})
			_, err := resolve(t, newClient(t, s.config()))
			if err == nil {
				t.Fatal("no error")
			}
			if got := loginErrorKind(err); got != row.want {
				t.Errorf("%s (%v); want %s", got, err, row.want)
			}
			if (row.want == "account") != errors.Is(err, asset.ErrDenied) {
				t.Errorf("denied? %v", err)
			}
			for _, secret := range []string{personID, "some-secret-id", password} {
				if strings.Contains(err.Error(), secret) || strings.Contains(quoted(err), secret) {
					t.Errorf("a secret in %v, %s", err, quoted(err))
				}
			}
			for _, a := range s.got() {
				if a.query != "" {
					t.Errorf("query %s", a.query)
				}
			}
		})
	}
}

func quoted(err error) string {
	if answer, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return answer.Text
	}
	return ""
}

func loginErrorKind(err error) string {
	if _, ok := errors.AsType[*AccountError](err); ok {
		return "account"
	}
	if _, ok := errors.AsType[*UnknownOrganizationError](err); ok {
		return "organization"
	}
	if _, ok := errors.AsType[*UnknownUserError](err); ok {
		return "user"
	}
	if _, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return "answer"
	}
	if _, ok := errors.AsType[*httpapi.TransportError](err); ok {
		return "transport"
	}
	switch {
	case errors.Is(err, ErrForbidden):
		return "403"
	case errors.Is(err, ErrServer):
		return "500"
	}
	return "other"
}

func TestRefusedAccountIsAskedOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{loginLine: answer(401, "")})
	c := newClient(t, s.config())
	archive, _ := newArchive(t)
	for range 3 {
		if _, err := c.Importer(ImportOptions{}).Start(t.Context(), archive); !errors.Is(err, asset.ErrDenied) || !errors.Is(err, asset.ErrNotSent) {
			t.Errorf("error %v", err)
		}
		if _, err := c.Exporter(ExportOptions{ArtifactID: artifactID}).Start(t.Context()); !errors.Is(err, asset.ErrDenied) {
			t.Errorf("error %v", err)
		}
	}
	if len(s.got()) != 1 {
		t.Errorf("requests %v", s.lines())
	}
}

func TestLoginEndsWithTheContext(t *testing.T) {
	t.Parallel()
	c := newClient(t, serve(t, nil).config())
	c.person.turn <- struct{}{}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := c.person.resolve(ctx, c); !errors.Is(err, cause) {
		t.Errorf("error %v", err)
	}
}

func FuzzPerson(f *testing.F) {
	for _, seed := range []string{
		personBody,
		"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<person>\n  <id>90d96588360da0c701360da0\nf1d600a1</id><id>b</id></person>",
		`<ns2:person xmlns:ns2="x"><id>a</id></ns2:person>`, "<person/>", `<html><head><title>Log in</title>`, `{"id":"a"}`,
		`<!DOCTYPE person [<!ENTITY a "aaaa">]><person><id>&a;</id></person>`,
		`<?xml version="1.0" encoding="ISO-8859-1"?><person><id>a</id><name>` + "\xe9" + `</name></person>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := parsePerson(data)
		if (err == nil) != idForm.MatchString(id) {
			t.Fatalf("%q, %v of %q", id, err, data)
		}
		for _, id := range idsIn(data) {
			if len(id) > 128 {
				t.Fatalf("%q of %q", id, data)
			}
		}
	})
}
