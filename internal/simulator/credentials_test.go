package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const keysPath = "/v3.0/OS-CREDENTIAL/securitytokens"

// signed sends a request that is signed, also its body.
func (c *client) signed(key Keys, method, path, body string) answer {
	c.t.Helper()
	r := c.request(method, path, jsonType, body)
	sum := sha256.Sum256([]byte(body))
	sign(c.t, r, key, hex.EncodeToString(sum[:]))
	return c.send(r)
}

// asked sends a request with a token, or without one when it is empty.
func (c *client) asked(token, path, body string) answer {
	c.t.Helper()
	r := c.request(http.MethodPost, path, jsonType, body)
	r.Header.Del(headerToken)
	if token != "" {
		r.Header.Set(headerToken, token)
	}
	return c.send(r)
}

// keys reads a temporary key pair of IAM or the metadata service.
func (a answer) keys(status int) (Keys, time.Time) {
	a.t.Helper()
	a.wants(status)
	got, _ := a.json()["credential"].(map[string]any)
	expires, err := time.Parse(time.RFC3339, str(got["expires_at"]))
	key := Keys{str(got["access"]), str(got["secret"]), str(got["securitytoken"])}
	if err != nil || len(key.AccessKey) != 20 || len(key.SecretKey) != 40 || key.SecurityToken == "" {
		a.t.Fatalf("credential %v: %v", got, err)
	}
	return key, expires
}

// opens tells whether a key pair opens the lists of ROMA Connect.
func (c *client) opens(key Keys) answer {
	c.t.Helper()
	return c.signed(key, http.MethodGet, path("dev", "/apps"), "")
}

// TestScopes logs users in by all their names and ids.
func TestScopes(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	login := func(u *user, scope string) answer {
		t.Helper()
		return c.asked("", "/v3/auth/tokens", `{"auth":{"identity":{"methods":["password"],"password":{"user":{"id":"`+u.id+
			`","password":"`+u.password+`"}}}`+scope+`}}`)
	}
	for scope, want := range map[string]string{
		`,"scope":{"project":{"id":"` + projectID + `"}}`: scopeProject, `,"scope":{"project":{"name":"` + region + `"}}`: scopeProject,
		`,"scope":{"domain":{"name":"` + domainName + `"}}`: scopeDomain, `,"scope":{"domain":{"id":"` + domainID + `"}}`: scopeDomain,
		"": scopeNone, `,"scope":{}`: scopeNone,
	} {
		got := login(c.sim.promoter, scope)
		got.wants(http.StatusCreated)
		entry := last(c.sim)
		body, _ := got.json()["token"].(map[string]any)
		if entry.Scope != want || (body["project"] != nil) != (want == scopeProject) || (body["domain"] != nil) != (want == scopeDomain) {
			t.Errorf("%s: logged %q, token %v", scope, entry.Scope, body)
		}
	}
	login(c.sim.promoter, `,"scope":{"project":{},"domain":{}}`).wants(http.StatusBadRequest)
	login(c.sim.promoter, `,"scope":{"project":{"id":"`+operatorProjectID+`"}}`).wants(http.StatusUnauthorized)
	login(c.sim.promoter, `,"scope":{"domain":{"id":"`+operatorDomainID+`"}}`).wants(http.StatusUnauthorized)
	login(c.sim.promoter, `,"scope":{"project":{}}`).wants(http.StatusUnauthorized)
	got := login(c.sim.operator, `,"scope":{"project":{"name":"`+region+`"}}`)
	got.wants(http.StatusCreated)
	c.token = got.Header().Get("X-Subject-Token")
	c.get("/v2/"+operatorProjectID+"/instances").refused(http.StatusForbidden, "ROMA.1006", "user operator")
	if got := c.get("/v3/auth/domains"); !strings.Contains(got.Body.String(), `"id":"`+operatorDomainID+`"`) {
		t.Errorf("domains %s", got.Body)
	}
}

// TestEnds ends tokens and temporary key pairs.
func TestEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{TemporaryKeyLife: time.Hour, TokenLife: 2 * time.Hour})
		stock := c.sim.TemporaryKeys()
		issued, expires := c.asked(c.token, keysPath, assumeBody(agencyPromotion, byName, `,"duration_seconds":7200`)).keys(http.StatusCreated)
		if time.Until(expires) != time.Hour {
			t.Errorf("lives %v in spite of TemporaryKeyLife", time.Until(expires))
		}
		time.Sleep(time.Hour - time.Nanosecond)
		c.opens(stock).wants(http.StatusOK)
		c.opens(issued).wants(http.StatusOK)
		time.Sleep(time.Nanosecond)
		for range 2 * lockAfter {
			c.opens(stock).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")
		}
		c.opens(issued).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")

		fresh := func() Keys {
			key, _ := c.asked(c.token, keysPath, assumeBody(agencyPromotion, byName, "")).keys(http.StatusCreated)
			return key
		}
		for name, end := range map[string]func(){
			"method":  c.sim.ExpireTemporaryKeys,
			"control": func() { c.control("expire?what=keys").wants(http.StatusOK) },
			"fault": func() {
				if err := c.sim.Order(Fault{On: kindApps, Do: doExpireKeys}); err != nil {
					t.Fatal(err)
				}
			},
		} {
			t.Log("ended by", name)
			key := fresh()
			c.opens(key).wants(http.StatusOK)
			end()
			c.opens(key).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")
			c.get(path("dev", "/apps")).wants(http.StatusOK)
		}
		c.opens(keysOf(c.sim.promoter)).wants(http.StatusOK)

		c.sim.RevokeTokens()
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "The token must be updated")
		for _, do := range []string{doRevokeToken, doExpireToken} {
			c.token = ""
			c.login()
			if err := c.sim.Order(Fault{On: kindApps, Do: do}); err != nil {
				t.Fatal(err)
			}
			c.get(path("dev", "/apps")).wants(http.StatusUnauthorized)
		}
		c.token = ""
		c.login()
		c.control("expire").wants(http.StatusOK)
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "token expires, expires_at: ")
		c.token = ""
		c.login()
		c.control("revoke").wants(http.StatusOK)
		c.get(path("dev", "/apps")).refused(http.StatusUnauthorized, gatewayAuth, "must be updated")
		c.control("expire?what=x").wants(http.StatusBadRequest)
	})
}

// control posts to the Simulator itself.
func (c *client) control(what string) answer {
	c.t.Helper()
	a := c.send(c.request(http.MethodPost, controlPrefix+what, "", ""))
	a.Header().Set("X-Request-Id", "none")
	return a
}

// TestClockSkew has a gateway whose clock is wrong.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{ClockSkew: 16 * time.Minute})
		got := c.opens(keysOf(c.sim.promoter))
		got.refused(http.StatusUnauthorized, gatewayAuth,
			"calc aksk signature fail:signature expired, signature time:20000101T000000Z,server time:20000101T001600Z")
		if date := got.Header().Get("Date"); date != "Sat, 01 Jan 2000 00:16:00 GMT" {
			t.Errorf("Date: %s", date)
		}
		c.sim.SetClockSkew(-15 * time.Minute)
		c.opens(keysOf(c.sim.promoter)).wants(http.StatusOK)
		c.sim.SetClockSkew(-15*time.Minute - time.Second)
		c.opens(keysOf(c.sim.promoter)).wants(http.StatusUnauthorized)
		c.get(path("dev", "/apps")).wants(http.StatusOK)
	})
}

// TestRedirect sends a client to another host.
func TestRedirect(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	for _, tc := range []struct {
		fault  Fault
		status int
		want   string
	}{
		{Fault{Location: "http://127.0.0.1:9/"}, http.StatusTemporaryRedirect, "http://127.0.0.1:9" + path("dev", "/apps") + "?limit=5"},
		{Fault{Location: "https://example.com/x?y=z", Status: http.StatusFound}, http.StatusFound, "https://example.com/x?y=z"},
	} {
		tc.fault.On, tc.fault.Do = "*", "redirect"
		if err := c.sim.Order(tc.fault); err != nil {
			t.Fatal(err)
		}
		got := c.get(path("dev", "/apps?limit=5"))
		got.wants(tc.status)
		if to := got.Header().Get("Location"); to != tc.want {
			t.Errorf("Location: %s", to)
		}
	}
	for _, f := range []Fault{{Location: "/x"}, {Location: "http://"}, {}, {Location: "http://127.0.0.1", Status: http.StatusOK}} {
		f.On, f.Do = "*", "redirect"
		if err := c.sim.Order(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

// TestLogHasNoSecrets looks for everything secret in the log and the state.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Metadata: MetadataOptional})
	key, _ := c.asked(c.token, keysPath, assumeBody(agencyPromotion, byName, "")).keys(http.StatusCreated)
	c.opens(key).wants(http.StatusOK)
	idToken := c.sim.IDToken(time.Hour)
	federated := c.oidc(idpID, idToken, "")
	federated.wants(http.StatusCreated)
	server, _ := c.metadata(http.MethodGet, "/openstack/latest/securitykey", nil).keys(http.StatusOK)
	var log bytes.Buffer
	if err := json.NewEncoder(io.MultiWriter(&log)).Encode([]any{c.sim.Requests(), c.sim.State()}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{
		c.token, c.sim.promoter.password, key.AccessKey, key.SecretKey, key.SecurityToken, idToken,
		federated.Header().Get("X-Subject-Token"), server.AccessKey, server.SecretKey, server.SecurityToken,
	} {
		if secret == "" || strings.Contains(log.String(), secret) {
			t.Errorf("%.20q is in the log", secret)
		}
	}
}

// TestCarried logs what the headers carried, whatever came of it.
func TestCarried(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	for name, tc := range map[string]struct {
		header map[string]string
		want   string
	}{
		"nothing":               {nil, authNone},
		"token":                 {map[string]string{headerToken: "x"}, authToken},
		"both":                  {map[string]string{headerToken: "x", "Authorization": "x"}, authToken},
		"signature":             {map[string]string{"Authorization": "SDK-HMAC-SHA256 x"}, authKey},
		"temporary":             {map[string]string{"Authorization": "SDK-HMAC-SHA256 x", headerSecurity: "x"}, authTemporaryKey},
		"a security token only": {map[string]string{headerSecurity: "x"}, authTemporaryKey},
		"basic":                 {map[string]string{"Authorization": "Basic x"}, authBasic},
		"metadata":              {map[string]string{headerMetadata: "x"}, authMetadata},
	} {
		for _, at := range []string{"/other", path("dev", "/apps"), "/dev/csa/rest/catalog"} {
			r := c.request(http.MethodGet, at, "", "")
			r.Header.Del(headerToken)
			for header, value := range tc.header {
				r.Header.Set(header, value)
			}
			c.send(r)
			if got := last(c.sim); got.Auth != tc.want || got.Subject != "" || got.Status < http.StatusBadRequest {
				t.Errorf("%s at %s: %+v", name, at, got)
			}
		}
	}
}
