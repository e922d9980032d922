package roma

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestProjectLookup(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		projects string
		want     string
		ids      []string
	}{
		"one":            {`[{"id":"p1","name":"cn-north-4"}]`, "p1", nil},
		"among others":   {`[{"id":"p0","name":"other"},{"id":"p1","name":"cn-north-4"}]`, "p1", nil},
		"none":           {`[]`, "", []string{}},
		"several":        {`[{"id":"p1","name":"cn-north-4"},{"id":"p2","name":"cn-north-4"}]`, "", []string{"p1", "p2"}},
		"not an id":      {`[{"id":"../p","name":"cn-north-4"}]`, "", nil},
		"not a list":     {`{}`, "", nil},
		"null":           {`null`, "", nil},
		"list of others": {`[1,2]`, "", nil},
	} {
		for kind, config := range map[string]func(http.RoundTripper) Config{"key": keyConfig, "token": tokenConfig} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				network := always(200, `{"projects":`+row.projects+`}`)
				with := config(network)
				with.ProjectID = ""
				c := newClient(t, with)
				var id string
				var err error
				for range 2 {
					id, err = c.ProjectID(t.Context())
				}
				if id != row.want || (err == nil) != (row.want != "") {
					t.Fatalf("%q and %v", id, err)
				}
				if row.ids != nil {
					var which *ProjectError
					if !errors.As(err, &which) || which.Name != "cn-north-4" || !slices.Equal(which.IDs, row.ids) {
						t.Errorf("error %v", err)
					}
				}
				r := network.requests[0]
				if r.URL.String() != "https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4" {
					t.Errorf("asked %s", r.URL)
				}
				if err == nil && len(network.lines()) != 1 {
					t.Errorf("asked %d times", len(network.lines()))
				}
			})
		}
	}
}

func TestParseToken(t *testing.T) {
	t.Parallel()
	good := tokenBody("p", "2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z")
	for name, row := range map[string]struct {
		value, body string
		life        time.Duration
		ok          bool
	}{
		"good":           {"t", good, 24 * time.Hour, true},
		"no header":      {"", good, 0, false},
		"odd header":     {"a b", good, 0, false},
		"no token":       {"t", `{}`, 0, false},
		"null":           {"t", `null`, 0, false},
		"page":           {"t", `<html>`, 0, false},
		"wrong types":    {"t", `{"token":{"expires_at":5}}`, 0, false},
		"bad project":    {"t", tokenBody("a/b", "", ""), 0, false},
		"no times":       {"t", `{"token":{"project":{"id":"p"}}}`, 0, true},
		"odd times":      {"t", tokenBody("p", "yesterday", "tomorrow"), 0, true},
		"ended at birth": {"t", tokenBody("p", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseToken(row.value, []byte(row.body))
			if (err == nil) != row.ok || got.life != row.life {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func FuzzIAM(f *testing.F) {
	for _, seed := range []string{
		tokenBody("p", "2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z"),
		`{"projects":[{"domain_id":"d","is_domain":false,"parent_id":"d","name":"cn-north-4","links":{"self":"x"},"id":"p1","enabled":true}],"links":{"next":null}}`,
		pairBody(1, time.Now().Add(time.Hour)), `{"token":null,"projects":null}`, `[]`, `{"token":{"project":[]}}`,
	} {
		f.Add("MIIF", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, value string, data []byte) {
		if got, err := parseToken(value, data); err == nil {
			if got.token == "" || got.life < 0 || got.projectID != "" && checkID("", got.projectID) != nil {
				t.Fatalf("%+v of %q", got, data)
			}
		}
		if got, err := parsePair(http.Header{"Date": {value}}, data); err == nil {
			p := got.pair
			if p.accessKey == "" || p.secretKey == "" || p.securityToken == "" || got.life < 0 {
				t.Fatalf("%+v of %q", got, data)
			}
		}
		ids, err := parseProjects(data, "cn-north-4")
		for _, id := range ids {
			if err == nil && (checkID("", id) != nil || !json.Valid(data)) {
				t.Fatalf("%q of %q", ids, data)
			}
		}
	})
}
