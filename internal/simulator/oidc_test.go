package simulator

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// oidc exchanges an ID token for a token.
func (c *client) oidc(idp, idToken, scope string) answer {
	c.t.Helper()
	r := c.request(http.MethodPost, "/v3.0/OS-AUTH/id-token/tokens", jsonType, `{"auth":{"id_token":{"id":"`+idToken+`"}`+scope+`}}`)
	r.Header.Del(headerToken)
	if idp != "" {
		r.Header.Set("X-Idp-Id", idp)
	}
	return c.send(r)
}

// TestOIDC goes the whole way: ID token, unscoped token, temporary key pair,
// and with it an agency.
func TestOIDC(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{FederatedPowerless: true})
	got := c.oidc(idpID, c.sim.IDToken(time.Hour), "")
	got.wants(http.StatusCreated)
	body, _ := got.json()["token"].(map[string]any)
	who, _ := body["user"].(map[string]any)
	if who["name"] != idpSubject || who["OS-FEDERATION"] == nil || body["roles"] != nil || body["catalog"] != nil {
		t.Errorf("token %v", body)
	}
	unscoped := got.Header().Get("X-Subject-Token")
	// An unscoped token opens nothing but the exchange.
	c.token = unscoped
	c.get(path("dev", "/apps")).refused(http.StatusForbidden, "ROMA.1006", "project scope")
	c.get("/v3/projects").wants(http.StatusUnauthorized)
	c.asked(unscoped, keysPath, assumeBody(agencyPromotion, byName, "")).refused(http.StatusForbidden, "IAM.0002", "not authorized")

	inBody := `{"auth":{"identity":{"methods":["token"],"token":{"id":"` + unscoped + `"}}}}`
	key, _ := c.asked("", keysPath, inBody).keys(http.StatusCreated)
	if entry := last(c.sim); entry.Auth != authNone || entry.Subject != "federated pipeline" {
		t.Errorf("logged %+v", entry)
	}
	c.opens(key).refused(http.StatusForbidden, "ROMA.1006", "federated pipeline")
	for _, get := range []func() Keys{
		func() Keys {
			key, _ := c.signed(key, http.MethodPost, keysPath, assumeBody(agencyPromotion, byID, "")).keys(http.StatusCreated)
			return key
		},
		func() Keys {
			got := c.signed(key, http.MethodPost, "/v5/agencies/assume",
				`{"agency_urn":"iam::`+domainID+`:agency:`+agencyPromotion+`","agency_session_name":"release"}`)
			got.wants(http.StatusOK)
			credentials, _ := got.json()["credentials"].(map[string]any)
			return Keys{str(credentials["access_key_id"]), str(credentials["secret_access_key"]), str(credentials["security_token"])}
		},
	} {
		c.opens(get()).wants(http.StatusOK)
	}

	c = newClient(t, Options{})
	got = c.oidc(idpID, c.sim.IDToken(time.Hour), `,"scope":{"project":{"name":"`+region+`"}}`)
	got.wants(http.StatusCreated)
	c.token = got.Header().Get("X-Subject-Token")
	c.get(path("dev", "/apps")).wants(http.StatusOK)
}

func TestOIDCRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		good := c.sim.IDToken(time.Hour)
		other, err := newIdentityProvider(false)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now().Unix()
		said := func(issuer, audience string) string {
			return c.sim.idp.sign(claims{issuer, idpSubject, audience, now, now + 3600})
		}
		forged := other.sign(claims{idpIssuer, idpSubject, idpAudience, now, now + 3600})
		head, rest, _ := strings.Cut(good, ".")
		payload := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"someone else"}`))
		changed := head + "." + payload + rest[strings.IndexByte(rest, '.'):]
		for name, tc := range map[string]struct {
			idp, token, scope string
			status            int
			code, text        string
		}{
			"no provider":      {"", good, "", http.StatusBadRequest, "IAM.0011", "invalid"},
			"no token":         {idpID, "", "", http.StatusBadRequest, "IAM.0011", "invalid"},
			"unknown provider": {"other", good, "", http.StatusNotFound, "IAM.0004", "identity_provider: other"},
			"no JWT":           {idpID, "x", "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"a line end":       {idpID, good + `\n`, "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"two parts":        {idpID, "x.y", "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"three parts":      {idpID, "x.y.z", "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"ended":            {idpID, c.sim.IDToken(0), "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"forged":           {idpID, forged, "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"changed":          {idpID, changed, "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"another issuer":   {idpID, said("https://x", idpAudience), "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"another audience": {idpID, said(idpIssuer, "x"), "", http.StatusUnauthorized, "IAM.0001", "authentication"},
			"another project":  {idpID, good, `,"scope":{"project":{"id":"x"}}`, http.StatusForbidden, "IAM.0002", "not authorized"},
		} {
			t.Log(name)
			c.oidc(tc.idp, tc.token, tc.scope).refused(tc.status, tc.code, tc.text)
		}
		c.oidc(idpID, good, "").wants(http.StatusCreated)
		time.Sleep(time.Hour)
		c.oidc(idpID, good, "").refused(http.StatusUnauthorized, "IAM.0001", "authentication")
		fresh := c.control("id-token?life=5m")
		fresh.wants(http.StatusOK)
		c.oidc(idpID, str(fresh.json()["id_token"]), "").wants(http.StatusCreated)
		c.control("id-token?life=x").wants(http.StatusBadRequest)
	})
}

// FuzzIDToken looks for text that the provider did not sign and that is taken.
func FuzzIDToken(f *testing.F) {
	idp, err := newIdentityProvider(false)
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	said := claims{idpIssuer, idpSubject, idpAudience, now.Unix(), now.Unix() + 1}
	good := idp.sign(said)
	if got, err := idp.verify(good, now); err != nil || got != said {
		f.Fatalf("got %v, %v", got, err)
	}
	for _, seed := range []string{good[:len(good)-1], good + "=", good + "\n", good[:len(good)-1] + "_", "." + good, "", ".", "..", "a.b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := idp.verify(text, now); err == nil && text != good {
			t.Errorf("took %q", text)
		}
	})
}
