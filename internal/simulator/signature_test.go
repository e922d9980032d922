package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// emptyHash is the SHA-256 of no bytes.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

type vectors struct {
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	Date      string `json:"x_sdk_date"`
	Vectors   []struct {
		Name          string            `json:"name"`
		Method        string            `json:"method"`
		URL           string            `json:"url"`
		Query         map[string]string `json:"query"`
		Headers       map[string]string `json:"headers"`
		Body          *string           `json:"body"`
		SignedHeaders string            `json:"signed_headers"`
		Signature     string            `json:"signature"`
	} `json:"vectors"`
}

// TestVectors sends what the official SDK signed, at the time it was signed.
func TestVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/signing-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	date, err := time.Parse(signingDate, all.Date)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range all.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(date))
				c := newClient(t, Options{})
				c.sim.keys = append(c.sim.keys, &keyPair{
					access: all.AccessKey, secret: all.SecretKey, securityToken: v.Headers["X-Security-Token"],
				})
				body := "any body"
				if v.Body != nil {
					body = *v.Body
				}
				r := httptest.NewRequestWithContext(t.Context(), v.Method, v.URL, strings.NewReader(body))
				query := r.URL.Query()
				for name, value := range v.Query {
					query.Set(name, value)
				}
				r.URL.RawQuery = query.Encode()
				for name, value := range v.Headers {
					r.Header.Set(name, value)
				}
				r.Header.Set(headerDate, all.Date)
				r.Header.Set("Authorization", signingAlgorithm+" Access="+all.AccessKey+
					", SignedHeaders="+v.SignedHeaders+", Signature="+v.Signature)
				// The project of the vectors is unknown, which is found out
				// only after the signature was right.
				c.send(r).refused(http.StatusForbidden, "ROMA.1006", "No permission for project")
			})
		})
	}
}

func TestSignedRequests(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	permanent, temporary := keysOf(c.sim.promoter), c.sim.TemporaryKeys()
	appsPath := path("dev", "/apps?name=a%20b&limit=5")
	signed := func(key Keys, change func(*http.Request)) answer {
		r := c.request(http.MethodGet, appsPath, "", "")
		sign(t, r, key, emptyHash)
		if change != nil {
			change(r)
		}
		return c.send(r)
	}
	signed(permanent, nil).wants(http.StatusOK)
	signed(temporary, nil).wants(http.StatusOK)

	wrong := permanent
	wrong.SecretKey = "no"
	signed(wrong, nil).refused(http.StatusUnauthorized, gatewayAuth,
		"verify aksk signature fail, canonicalRequest:GET|/v2/"+projectID+"/")
	signed(permanent, func(r *http.Request) { r.URL.RawQuery = "limit=6" }).
		refused(http.StatusUnauthorized, gatewayAuth, "verify aksk signature fail")
	signed(temporary, func(r *http.Request) { r.Header.Set(headerSecurity, "other") }).
		refused(http.StatusUnauthorized, gatewayAuth, "decrypt token fail")
	signed(Keys{temporary.AccessKey, temporary.SecretKey, ""}, nil).
		refused(http.StatusUnauthorized, gatewayAuth, "ak not exist")
	signed(Keys{"AKNOBODY", "no", ""}, nil).
		refused(http.StatusUnauthorized, gatewayAuth, "ak not exist")
	signed(permanent, func(r *http.Request) { r.Header.Del("Authorization") }).
		refused(http.StatusUnauthorized, gatewayAuth, "x-auth-token not found")
	signed(permanent, func(r *http.Request) { r.Header.Set("Authorization", "V11-HMAC-SHA256 Credential=x") }).
		refused(http.StatusUnauthorized, gatewayAuth, "the authorization header is not")
	signed(permanent, func(r *http.Request) { r.Header.Set(headerDate, "yesterday") }).
		refused(http.StatusUnauthorized, gatewayAuth, "X-Sdk-Date must be a signed header")
	signed(permanent, func(r *http.Request) { r.Header.Set(headerHash, emptyHash[1:]) }).
		refused(http.StatusUnauthorized, gatewayAuth, "is not the hash of the body")
	signed(permanent, func(r *http.Request) { r.Header.Set("X-Project-Id", "other") }).
		refused(http.StatusForbidden, "ROMA.1006", "X-Project-Id")

	// The security token must be signed, not only sent.
	r := c.request(http.MethodGet, appsPath, "", "")
	sign(t, r, Keys{temporary.AccessKey, temporary.SecretKey, ""}, emptyHash)
	r.Header.Set(headerSecurity, temporary.SecurityToken)
	c.send(r).refused(http.StatusUnauthorized, gatewayAuth, "verify aksk signature fail")
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		r := c.request(http.MethodGet, path("dev", "/apps"), "", "")
		sign(t, r, keysOf(c.sim.promoter), emptyHash)
		time.Sleep(clockTolerance)
		c.send(r).wants(http.StatusOK)
		time.Sleep(time.Second)
		c.send(r).refused(http.StatusUnauthorized, gatewayAuth, "signature expired, signature time:20000101T000000Z,server time:20000101T001501Z")
	})
}

func TestLockout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		try := func(secret string) answer {
			r := c.request(http.MethodGet, path("dev", "/apps"), "", "")
			sign(t, r, Keys{c.sim.promoter.key.access, secret, ""}, emptyHash)
			return c.send(r)
		}
		for range lockAfter - 1 {
			try("wrong").refused(http.StatusUnauthorized, gatewayAuth, "verify aksk")
		}
		try(c.sim.promoter.key.secret).wants(http.StatusOK)
		for range lockAfter {
			try("wrong").refused(http.StatusUnauthorized, gatewayAuth, "verify aksk")
		}
		try(c.sim.promoter.key.secret).refused(http.StatusUnauthorized, gatewayAuth, "AK access failed to reach the limit,forbidden")
		time.Sleep(lockTime)
		try(c.sim.promoter.key.secret).wants(http.StatusOK)
	})
}

func TestSignedBody(t *testing.T) {
	t.Parallel()
	const limit = 512 << 10
	large := strings.Repeat("x", limit+1)
	sum := sha256.Sum256([]byte(ordersBody))
	for name, tc := range map[string]struct {
		opts   Options
		hash   string
		body   string
		length int64
		status int
		text   string
	}{
		"hashed":                      {body: ordersBody, hash: hex.EncodeToString(sum[:]), status: http.StatusOK},
		"another body":                {body: `{"apps":[],"tasks":[]}`, hash: hex.EncodeToString(sum[:]), status: http.StatusUnauthorized, text: "verify aksk"},
		"unsigned":                    {body: ordersBody, hash: unsignedPayload, status: http.StatusOK},
		"too large":                   {body: large, hash: emptyHash, status: http.StatusUnauthorized, text: "body too large"},
		"too large and chunked":       {body: large, length: -1, hash: emptyHash, status: http.StatusUnauthorized, text: "body too large"},
		"too large and unsigned":      {body: large, hash: unsignedPayload, status: http.StatusUnauthorized, text: "body too large"},
		"unsigned chunked":            {body: large, length: -1, hash: unsignedPayload, status: http.StatusUnauthorized, text: "body too large"},
		"large, unsigned and allowed": {opts: Options{UnsignedPayloadUnlimited: true}, body: large, hash: unsignedPayload, status: http.StatusBadRequest, text: "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.opts.SignedBodyLimit = limit
			c := newClient(t, tc.opts)
			r := c.request(http.MethodPost, path("dev", "/assets/export"), jsonType, tc.body)
			if tc.length != 0 {
				r.ContentLength = tc.length
			}
			if tc.hash == unsignedPayload {
				r.Header.Set(headerHash, unsignedPayload)
			}
			sign(t, r, keysOf(c.sim.promoter), tc.hash)
			got := c.send(r)
			got.wants(tc.status)
			if !strings.Contains(got.Body.String(), tc.text) {
				t.Errorf("got %s, want %q", got.Body, tc.text)
			}
			if entry := last(c.sim); entry.Auth != authKey {
				t.Errorf("logged auth %q", entry.Auth)
			}
		})
	}
}

// last is the newest entry of the log.
func last(sim *Simulator) Request {
	all := sim.Requests()
	return all[len(all)-1]
}
