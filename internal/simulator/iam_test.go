package simulator

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	right := loginBody(c.sim.promoter.password)
	for name, tc := range map[string]struct {
		body   string
		status int
	}{
		"wrong password":   {loginBody("guess"), http.StatusUnauthorized},
		"wrong account":    {strings.Replace(right, domainName, "other", 1), http.StatusUnauthorized},
		"wrong project":    {strings.Replace(right, region, "other", 1), http.StatusUnauthorized},
		"no JSON":          {"{", http.StatusBadRequest},
		"another method":   {strings.Replace(right, `["password"]`, `["totp"]`, 1), http.StatusBadRequest},
		"project by id":    {strings.Replace(right, `"name":"`+region, `"id":"`+projectID, 1), http.StatusCreated},
		"user by id":       {strings.Replace(right, `"name":"`+userName, `"id":"`+userID, 1), http.StatusCreated},
		"account by id":    {strings.Replace(right, `"name":"`+domainName, `"id":"`+domainID, 1), http.StatusCreated},
		"account by no id": {strings.Replace(right, `"name":"`+domainName, `"id":"x`, 1), http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim}
			got := c.send(c.request(http.MethodPost, "/v3/auth/tokens", jsonType, tc.body))
			got.wants(tc.status)
			if tc.status == http.StatusCreated {
				return
			}
			shape, ok := got.json()["error"].(map[string]any)
			if !ok || shape["code"] != float64(tc.status) || str(shape["message"]) == "" {
				t.Errorf("not the shape of IAM: %s", got.Body)
			}
		})
	}
}

func TestTokenBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{TokenLife: time.Hour})
		got := c.send(c.request(http.MethodPost, "/v3/auth/tokens?nocatalog=true", jsonType, loginBody(c.sim.promoter.password)))
		body, _ := got.json()["token"].(map[string]any)
		project, _ := body["project"].(map[string]any)
		if body["expires_at"] != "2000-01-01T01:00:00.000000Z" || project["id"] != projectID || project["name"] != region {
			t.Errorf("token body %v", body)
		}
		if _, ok := body["catalog"]; ok {
			t.Error("catalog although nocatalog was asked for")
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{TokenLife: time.Hour})
		c.get(path("dev", "/apps")).wants(http.StatusOK)
		time.Sleep(time.Hour)
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "token expires, expires_at: 2000-01-01T01:00:00")
		c.token = ""
		c.login()
		c.get("/v3/projects?name=" + region).wants(http.StatusOK)
		c.token = "x"
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")
		c.token = ""
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "x-auth-token not found")

		unscoped := strings.Replace(loginBody(c.sim.promoter.password), `,"scope":{"project":{"name":"`+region+`"}}`, "", 1)
		got := c.send(c.request(http.MethodPost, "/v3/auth/tokens", jsonType, unscoped))
		got.wants(http.StatusCreated)
		c.token = got.Header().Get("X-Subject-Token")
		c.get(path("dev", "/apps")).refused(http.StatusForbidden, "ROMA.1006", "project scope")
		c.get("/v3/projects").wants(http.StatusOK)
	})
}

func TestProjects(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	r := c.request(http.MethodGet, "/v3/projects?name="+region, "", "")
	sign(t, r, keysOf(c.sim.promoter), emptyHash)
	got := c.send(r)
	if !strings.Contains(got.Body.String(), `"id":"`+projectID+`"`) {
		t.Errorf("got %s", got.Body)
	}
	if none, ok := c.get("/v3/projects?name=other").json()["projects"].([]any); !ok || len(none) != 0 {
		t.Errorf("got %v for an unknown name", none)
	}
}

func TestUnknownPlaces(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	for _, p := range []string{"/", "/v2/x", path("dev", "/assets"), path("dev", "/apps/"), path("dev", "/assets/jobs/"), "/v3/users"} {
		c.get(p).refused(http.StatusNotFound, "APIGW.0101", "does not exist")
	}
	c.get(path("dev", "/assets/import")).refused(http.StatusNotFound, "APIGW.0101", "does not exist")
	c.get("/v2/other/instances").refused(http.StatusForbidden, "ROMA.1006", "other")
	c.get("/v2/"+projectID+"/instances/other/apps").refused(http.StatusNotFound, "ROMA.1007", "other")
	c.get("/v2/"+projectID+"/fdi/instances/other/tasks").refused(http.StatusNotFound, "ROMA.1007", "other")
}

func TestMaxBody(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{MaxBody: 1000})
	c.export(ordersBody).wants(http.StatusOK)
	large := ordersBody + strings.Repeat(" ", 1000)
	c.export(large).refused(http.StatusRequestEntityTooLarge, "APIGW.0201", "too large")
	r := c.request(http.MethodPost, path("dev", "/assets/export"), jsonType, large)
	r.ContentLength = -1
	c.send(r).refused(http.StatusRequestEntityTooLarge, "APIGW.0201", "too large")
}
