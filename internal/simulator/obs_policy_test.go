package simulator

import (
	"net/http"
	"strings"
	"testing"
)

// policyBody asks for a temporary key pair with one statement.
func policyBody(effect, actions, resource string) string {
	return `{"auth":{"identity":{"methods":["token"],"token":{"duration_seconds":900},"policy":{"Version":"1.1","Statement":[` +
		`{"Effect":"` + effect + `","Action":[` + actions + `],"Resource":["` + resource + `"]}]}}}}`
}

// TestPolicy narrows a pair to a prefix of a bucket.
func TestPolicy(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	obs := newStoreClient(t, c.sim, platformOBS)
	versioned := []Bucket{{Name: defaultBucket, Versioning: true}, {Name: "other-bucket"}}
	if err := c.sim.PutBuckets(StoreAssets{OBS: versioned}); err != nil {
		t.Fatal(err)
	}
	version := obs.put("in/a", "1", nil).Header().Get("X-Obs-Version-Id")
	narrowed := func(actions, resource string) *storeClient {
		t.Helper()
		key, _ := c.asked(c.token, keysPath, policyBody("Allow", actions, resource)).keys(http.StatusCreated)
		one := newStoreClient(t, c.sim, platformOBS)
		one.key = key
		return one
	}
	const in = "obs:*:*:object:asset-releases/in/*"
	all := narrowed(`"obs:object:PutObject","obs:object:GetObject","obs:object:GetObjectVersion","obs:object:DeleteObject",`+
		`"obs:object:DeleteObjectVersion","obs:object:AbortMultipartUpload"`, in)
	if entry := last(c.sim); entry.Kind != kindTemporaryKeys || !strings.Contains(entry.Policy, in) || entry.Object != nil {
		t.Errorf("logged %+v", entry)
	}
	for key, one := range map[string]*storeClient{"in/": all, "in/b/": narrowed(`"obs:*:*"`, "obs:*:*:object:asset-rel*/i*/*")} {
		one.do(http.MethodHead, key+"x", "", nil).is(404, "")
		one.put(key+"x", "1", nil)
		one.do(http.MethodGet, key+"x", "", nil).is(200, "")
		one.do(http.MethodPost, key+"x?uploads", "", nil).is(200, "")
		one.do(http.MethodDelete, key+"x?uploadId="+last(c.sim).Object.UploadID, "", nil).is(204, "")
		one.do(http.MethodDelete, key+"x", "", nil).is(204, "")
	}
	all.do(http.MethodGet, "in/a?versionId="+version, "", nil).is(200, "")
	for _, tc := range []struct{ actions, resource, method, key string }{
		{`"obs:object:GetObject"`, in, "GET", "out/a"},
		{`"obs:object:GetObject"`, in, "GET", "in"},
		{`"obs:object:GetObject"`, in, "PUT", "in/a"},
		{`"obs:object:GetObject"`, in, "GET", "in/a?versionId=" + version},
		{`"obs:object:GetObjectVersion"`, in, "GET", "in/a"},
		{`"obs:object:DeleteObject"`, in, "DELETE", "in/a?versionId=" + version},
		{`"obs:object:PutObject"`, in, "DELETE", "in/a?uploadId=x"},
		{`"obs:object:GetObject"`, in, "POST", "in/a?uploads"},
		{`"obs:object:*"`, "obs:*:*:object:other-bucket/*", "GET", "in/a"},
		{`"obs:object:*"`, "obs:elsewhere:*:object:*", "GET", "in/a"},
		{`"obs:object:*"`, "obs:*:*:bucket:*", "GET", "in/a"},
		{`"roma:*:*"`, "roma:*:*:*:*", "GET", "in/a"},
	} {
		narrowed(tc.actions, tc.resource).do(tc.method, tc.key, "", nil).is(403, "AccessDenied")
	}
	narrowed(`"OBS:object:GetObject"`, "OBS:*:*:object:*").do(http.MethodGet, "in/a", "", nil).is(200, "")
	// A policy narrows nothing but OBS.
	c.opens(all.key).wants(http.StatusOK)
}

// TestPolicyDeny has a statement that takes something away.
func TestPolicyDeny(t *testing.T) {
	t.Parallel()
	const obj = "obs:*:*:object:"
	p := keyPolicy{Version: "1.1", Statement: []policyStatement{
		{Effect: "Allow", Action: []string{"obs:object:*"}},
		{Effect: "Deny", Action: []string{"OBS:object:deleteobject"}, Resource: []string{obj + "b/*.zip"}},
	}}
	for path, want := range map[string]bool{"b/a.zip": false, "b/a.txt": true, "b/.zip": false, "c/a.zip": true} {
		if p.allows("obs:object:DeleteObject", path) != want {
			t.Errorf("%s: not %v", path, want)
		}
	}
	for pattern, texts := range map[string][2]string{"a*b*c": {"a1b2c", "a1c2b"}, "*": {"", "\x00none"}, "a*a": {"aa", "a"}} {
		if !wildcard(pattern, texts[0]) || pattern != "*" && wildcard(pattern, texts[1]) {
			t.Errorf("%s: %q", pattern, texts)
		}
	}
}

func TestPolicyRefuses(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	right := policyBody("Allow", `"obs:object:GetObject"`, "obs:*:*:object:b/k")
	c.asked(c.token, keysPath, right).wants(http.StatusCreated)
	for name, body := range map[string]string{
		"version":      strings.Replace(right, `"1.1"`, `"1.0"`, 1),
		"effect":       policyBody("allow", `"obs:object:GetObject"`, "obs:*:*:object:b/k"),
		"no action":    policyBody("Allow", ``, "obs:*:*:object:b/k"),
		"action":       policyBody("Allow", `"GetObject"`, "obs:*:*:object:b/k"),
		"resource":     policyBody("Allow", `"obs:object:GetObject"`, "arn:aws:s3:::b/k"),
		"condition":    strings.Replace(right, `"Effect"`, `"Condition":{"x":{}},"Effect"`, 1),
		"no statement": `{"auth":{"identity":{"methods":["token"],"policy":{"Version":"1.1","Statement":[]}}}}`,
		"no object":    `{"auth":{"identity":{"methods":["token"],"policy":"x"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim, token: c.token}
			c.asked(c.token, keysPath, body).refused(http.StatusBadRequest, "IAM.0011", "invalid")
		})
	}
}

// TestWhoReachesOBS asks with every kind of key pair.
func TestWhoReachesOBS(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Metadata: MetadataOptional})
	operator := keysOf(c.sim.operator)
	agency, _ := c.signed(operator, http.MethodPost, keysPath, assumeBody(agencyPromotion, byName, "")).keys(http.StatusCreated)
	powerless, _ := c.signed(operator, http.MethodPost, keysPath, assumeBody(agencyPowerless, byName, "")).keys(http.StatusCreated)
	own, _ := c.asked(c.token, keysPath, `{"auth":{"identity":{"methods":["token"]}}}`).keys(http.StatusCreated)
	server, _ := c.securityKey("").keys(http.StatusOK)
	obs := newStoreClient(t, c.sim, platformOBS)
	for name, tc := range map[string]struct {
		key    Keys
		status int
	}{
		"user": {keysOf(c.sim.promoter), 200}, "temporary": {c.sim.TemporaryKeys(), 200}, "agency": {agency, 200},
		"by token": {own, 200}, "server": {server, 200},
		"another account": {operator, 403}, "powerless": {powerless, 403},
	} {
		obs.key = tc.key
		if got := obs.do(http.MethodPut, "a", "x", nil); got.Code != tc.status {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
}
