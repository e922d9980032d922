package simulator

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func assumeBody(agency, account, duration string) string {
	return `{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"agency_name":"` + agency + `",` + account + duration + `}}}}`
}

const byName, byID = `"domain_name":"` + domainName + `"`, `"domain_id":"` + domainID + `"`

// TestIAMRefuses has one row for each refusal of a request for keys.
func TestIAMRefuses(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	operator := keysOf(c.sim.operator)
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"no JSON":          {`{`, http.StatusBadRequest, "IAM.0011"},
		"no method":        {`{}`, http.StatusBadRequest, "IAM.0011"},
		"another method":   {strings.Replace(assumeBody(agencyPromotion, byName, ""), "assume_role", "password", 1), http.StatusBadRequest, "IAM.0011"},
		"no agency":        {assumeBody("", byName, ""), http.StatusBadRequest, "IAM.0011"},
		"no account":       {assumeBody(agencyPromotion, `"x":"y"`, ""), http.StatusBadRequest, "IAM.0011"},
		"too short":        {assumeBody(agencyPromotion, byName, `,"duration_seconds":899`), http.StatusBadRequest, "IAM.0011"},
		"too long":         {assumeBody(agencyPromotion, byName, `,"duration_seconds":86401`), http.StatusBadRequest, "IAM.0011"},
		"unknown account":  {assumeBody(agencyPromotion, `"domain_name":"other"`, ""), http.StatusForbidden, "IAM.0002"},
		"two accounts":     {assumeBody(agencyPromotion, byName+`,"domain_id":"`+operatorDomainID+`"`, ""), http.StatusForbidden, "IAM.0002"},
		"agency elsewhere": {assumeBody(agencyPromotion, `"domain_id":"`+operatorDomainID+`"`, ""), http.StatusForbidden, "IAM.0002"},
		"unknown agency":   {assumeBody("other", byName, ""), http.StatusForbidden, "IAM.0002"},
		"not trusted":      {assumeBody(agencyAudit, byName, ""), http.StatusForbidden, "IAM.0002"},
		"of a server":      {assumeBody(metadataAgency, byName, ""), http.StatusForbidden, "IAM.0002"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim}
			c.signed(operator, http.MethodPost, keysPath, tc.body).refused(tc.status, tc.code, ".")
		})
	}
	c.asked("", keysPath, assumeBody(agencyPromotion, byName, "")).refused(http.StatusUnauthorized, gatewayAuth, "x-auth-token not found")
	c.asked("x", keysPath, assumeBody(agencyPromotion, byName, "")).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")
}

// TestAgency is about a user without rights who works through an agency of
// another account: the project is that of the agency.
func TestAgency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		operator := keysOf(c.sim.operator)
		c.opens(operator).refused(http.StatusForbidden, "ROMA.1006", projectID)
		own := c.signed(operator, http.MethodGet, "/v3/projects?name="+region, "")
		if !strings.Contains(own.Body.String(), `"id":"`+operatorProjectID+`"`) {
			t.Errorf("own projects: %s", own.Body)
		}
		for _, account := range []string{byName, byID, byName + "," + byID} {
			key, expires := c.signed(operator, http.MethodPost, keysPath, assumeBody(agencyPromotion, account, "")).keys(http.StatusCreated)
			if life := time.Until(expires); life != 15*time.Minute {
				t.Errorf("the pair lives %v", life)
			}
			c.opens(key).wants(http.StatusOK)
			projects := c.signed(key, http.MethodGet, "/v3/projects?name="+region, "")
			if !strings.Contains(projects.Body.String(), `"id":"`+projectID+`"`) {
				t.Errorf("projects of the agency: %s", projects.Body)
			}
		}
		got := last(c.sim)
		if got.Auth != authTemporaryKey || got.Subject != "agency asset-promotion" {
			t.Errorf("logged %+v", got)
		}
		key, expires := c.asked(c.token, keysPath, assumeBody(agencyPromotion, byName, `,"duration_seconds":86400`)).keys(http.StatusCreated)
		if got := last(c.sim); got.Auth != authToken || got.Agency != agencyPromotion || got.DurationSeconds != 86400 || got.Subject != "user promoter" {
			t.Errorf("logged %+v", got)
		}
		time.Sleep(time.Until(expires) - time.Second)
		c.opens(key).wants(http.StatusOK)
		time.Sleep(time.Second)
		c.opens(key).refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")

		powerless, _ := c.signed(operator, http.MethodPost, keysPath, assumeBody(agencyPowerless, byName, "")).keys(http.StatusCreated)
		c.opens(powerless).refused(http.StatusForbidden, "ROMA.1006", "agency asset-powerless")
		chained, _ := c.signed(powerless, http.MethodPost, keysPath, assumeBody(agencyPromotion, byName, "")).keys(http.StatusCreated)
		c.opens(chained).wants(http.StatusOK)
		if issued := c.sim.State().Issued; issued["keys by assume_role"] != 6 || issued["tokens by password"] != 1 {
			t.Errorf("issued %v", issued)
		}
	})
}

// TestKeysOfAUser exchanges a token, in the header or the body, for a pair.
func TestKeysOfAUser(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	const plain = `{"auth":{"identity":{"methods":["token"]}}}`
	inBody := func(id string) string {
		return `{"auth":{"identity":{"methods":["token"],"token":{"id":"` + id + `","duration_seconds":3600}}}}`
	}
	for _, got := range []answer{
		c.asked(c.token, keysPath, plain), c.asked("", keysPath, inBody(c.token)), c.asked(c.token, keysPath, inBody("x")),
		c.signed(keysOf(c.sim.promoter), http.MethodPost, keysPath, plain),
	} {
		key, _ := got.keys(http.StatusCreated)
		c.opens(key).wants(http.StatusOK)
	}
	c.asked("", keysPath, plain).refused(http.StatusUnauthorized, "IAM.0001", "authentication")
	c.asked("", keysPath, inBody("x")).refused(http.StatusUnauthorized, "IAM.0001", "authentication")
}

// TestSTS is the newer way to assume an agency.
func TestSTS(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		body := func(urn, session, more string) string {
			return `{"agency_urn":"` + urn + `","agency_session_name":"` + session + `"` + more + `}`
		}
		operator := keysOf(c.sim.operator)
		assume := func(key Keys, body string) answer {
			t.Helper()
			return c.signed(key, http.MethodPost, "/v5/agencies/assume", body)
		}
		urn := "iam::" + domainID + ":agency:"
		got := assume(operator, body(urn+agencyPromotion, "release", ""))
		got.wants(http.StatusOK)
		credentials, _ := got.json()["credentials"].(map[string]any)
		expires, err := time.Parse(time.RFC3339, str(credentials["expiration"]))
		if err != nil || time.Until(expires) != time.Hour {
			t.Errorf("expiration %v: %v", credentials["expiration"], err)
		}
		key := Keys{str(credentials["access_key_id"]), str(credentials["secret_access_key"]), str(credentials["security_token"])}
		c.opens(key).wants(http.StatusOK)

		assume(operator, body(urn+agencyPromotion, "release", `,"duration_seconds":43200`)).wants(http.StatusOK)
		assume(operator, body(urn+agencyPromotion, "release", `,"duration_seconds":43201`)).refused(http.StatusBadRequest, "STS5.1400", "duration_seconds")
		chained := c.sim.TemporaryKeys()
		assume(chained, body(urn+agencyPromotion, "release", `,"duration_seconds":3600`)).wants(http.StatusOK)
		assume(chained, body(urn+agencyPromotion, "release", `,"duration_seconds":3601`)).refused(http.StatusBadRequest, "STS5.1400", "3600")
		assume(operator, body(urn+agencyPromotion, "x", "")).refused(http.StatusBadRequest, "STS5.1400", "agency_session_name")
		assume(operator, body(agencyPromotion, "release", "")).refused(http.StatusBadRequest, "STS5.1400", "agency_urn")
		assume(operator, "{").refused(http.StatusBadRequest, "STS5.1400", "JSON")
		assume(operator, body(urn+"other", "release", "")).refused(http.StatusNotFound, "STS5.1404", "other")
		denied := assume(operator, body(urn+agencyAudit, "release", ""))
		denied.refused(http.StatusForbidden, "STS5.1403", agencyAudit)
		if str(denied.json()["encoded_authorization_message"]) == "" {
			t.Error("no encoded_authorization_message")
		}
		c.asked(c.token, "/v5/agencies/assume", body(urn+agencyPromotion, "release", "")).refused(http.StatusUnauthorized, gatewayAuth, "signature")
		c.asked("", "/v5/agencies/assume", body(urn+agencyPromotion, "release", "")).refused(http.StatusUnauthorized, gatewayAuth, "not found")
	})
}
