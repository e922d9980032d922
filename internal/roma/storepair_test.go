package roma

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const narrowed = `"policy":{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["obs:object:GetObject","obs:object:GetObjectVersion","obs:object:PutObject",` +
	`"obs:object:DeleteObject","obs:object:DeleteObjectVersion","obs:object:AbortMultipartUpload"],"Resource":["obs:*:*:object:releases/dev/*"]},` +
	`{"Effect":"Allow","Action":["obs:bucket:ListBucket"],"Resource":["obs:*:*:bucket:releases"]}]},`

func exchangeBody(token string) string {
	return `{"auth":{"identity":{"methods":["token"],` + narrowed + `"token":{"id":"` + token + `","duration_seconds":3600}}}}`
}

// Each way to log in gives a pair for OBS: what is sent for it.
func TestStorePair(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		config func(http.RoundTripper) Config
		sent   []string
		want   string
		// last is the body of the last request.
		last string
	}{
		"key pair": {keyConfig, nil, "AKEXAMPLE0000000", ""},
		"temporary pair that was given": {func(n http.RoundTripper) Config {
			config := keyConfig(n)
			config.Credentials = KeyPair{AccessKey: "AKEXAMPLE0000000", SecretKey: secretKey, SecurityToken: "session-given"}
			return config
		}, nil, "AKEXAMPLE0000000", ""},
		"token":          {tokenConfig, []string{pairLine}, "AKT1", exchangeBody("ready-token")},
		"password":       {loginConfig, []string{loginLine, pairLine}, "AKT1", exchangeBody("iam-token")},
		"role":           {roleConfig, []string{pairLine}, "AKT1", roleBody},
		"identity token": {oidcConfig, []string{idTokenLine, pairLine}, "AKT1", federatedBody},
		"metadata":       {metadataConfig, []string{tokenLine, keysLine}, "AKT1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network := &fakeNetwork{answer: (&pairs{life: time.Hour}).answer}
				c := newClient(t, row.config(network))
				for range 2 {
					got, err := c.StorePair(t.Context(), "releases", "dev/", "")
					if err != nil || got.AccessKey != row.want || got.SecretKey == "" {
						t.Fatalf("%+v %v", got, err)
					}
					if temporary := got.AccessKey == "AKT1"; temporary && (got.SecurityToken != "session-1" || !got.Ends.Equal(time.Now().Add(time.Hour-time.Second))) || !temporary && !got.Ends.IsZero() {
						t.Errorf("%+v", got)
					}
				}
				if !slices.Equal(network.lines(), row.sent) {
					t.Errorf("sent %q", network.lines())
				}
				if len(row.sent) > 0 && network.bodies[len(network.bodies)-1] != row.last {
					t.Errorf("body %s", network.bodies[len(network.bodies)-1])
				}
				if got := c.Redact("secret-1 session-1"); strings.HasPrefix(row.want, "AKT") && got != "*** ***" {
					t.Errorf("quoted %q", got)
				}
			})
		})
	}
}

// A pair is renewed before it ends and when it is refused; each bucket and prefix has its own.
func TestStorePairRenewal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := &fakeNetwork{answer: (&pairs{life: time.Hour}).answer}
		c := newClient(t, tokenConfig(network))
		ask := func(bucket, refused, want string) {
			t.Helper()
			if got, err := c.StorePair(t.Context(), bucket, "", refused); err != nil || got.AccessKey != want {
				t.Errorf("%+v %v, want %s", got, err, want)
			}
		}
		ask("releases", "", "AKT1")
		ask("other", "", "AKT2")
		time.Sleep(54 * time.Minute)
		ask("releases", "", "AKT1")
		time.Sleep(2 * time.Minute)
		ask("releases", "", "AKT3")
		ask("releases", "AKT1", "AKT3")
		ask("releases", "AKT3", "AKT4")
		ask("other", "", "AKT5")
		if n := network.count(pairLine); n != 5 {
			t.Errorf("%d exchanges", n)
		}
	})
}

// Many that need one at the same time cause one exchange.
func TestStorePairTogether(t *testing.T) {
	t.Parallel()
	network := &fakeNetwork{answer: (&pairs{life: time.Hour}).answer}
	c := newClient(t, tokenConfig(network))
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := c.StorePair(t.Context(), "releases", "", ""); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := network.count(pairLine); n != 1 {
		t.Errorf("%d exchanges", n)
	}
}

// A token by password that IAM does not take any more is renewed, once; a ready one is not.
func TestStorePairTokenRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		config func(http.RoundTripper) Config
		good   int
		sent   []string
	}{
		"password":       {loginConfig, 2, []string{loginLine, pairLine, loginLine, pairLine}},
		"password, ever": {loginConfig, 9, []string{loginLine, pairLine, loginLine, pairLine}},
		"token":          {tokenConfig, 9, []string{pairLine}},
	} {
		logins := 0
		network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
			if r.URL.Path == "/v3/auth/tokens" {
				logins++
				return 201, tokenBody(projectOne, "", ""), http.Header{"X-Subject-Token": {fmt.Sprintf("iam-token-%d", logins)}}
			}
			if strings.Contains(body, fmt.Sprintf("iam-token-%d", row.good)) {
				return 201, pairBody(1, time.Now().Add(time.Hour)), nil
			}
			return 401, `{"error":{"code":401,"message":"The token must be updated: hush ` + body[:40] + `"}}`, nil
		}}
		c := newClient(t, row.config(network))
		got, err := c.StorePair(t.Context(), "releases", "", "")
		if !slices.Equal(network.lines(), row.sent) {
			t.Errorf("%s: sent %q", name, network.lines())
		}
		if row.good == 2 {
			if err != nil || got.AccessKey != "AKT1" {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			continue
		}
		source, ok := errors.AsType[*SourceError](err)
		if !ok || source.Source != "obs" || !errors.Is(err, asset.ErrDenied) || strings.Contains(err.Error(), "iam-token") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStorePairCannotBeHad(t *testing.T) {
	t.Parallel()
	network := always(403, `{"error":{"code":403,"message":"no"}}`)
	config := tokenConfig(network)
	config.Region, config.Endpoint = "", "https://roma.example.com"
	_, err := newClient(t, config).StorePair(t.Context(), "releases", "", "")
	if wrong, ok := errors.AsType[*httpapi.ConfigError](err); !ok || wrong.Field != "auth_url" || len(network.lines()) != 0 {
		t.Error(err)
	}
	_, err = newClient(t, tokenConfig(network)).StorePair(t.Context(), "releases", "", "")
	if source, ok := errors.AsType[*SourceError](err); !ok || source.Source != "obs" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newClient(t, loginConfig(network)).StorePair(ctx, "releases", "", ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// A pair that ROMA Connect refused is not tried at OBS.
	denied := always(401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}`)
	c := newClient(t, keyConfig(denied))
	_ = look(c)
	if _, err := c.StorePair(t.Context(), "releases", "", ""); !errors.Is(err, asset.ErrDenied) {
		t.Error(err)
	}
}

// A policy would read these as patterns and variables.
func TestStorePolicyIsPlain(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{"": "*", "a/b": "a/b*", "a*b": "a*", "a${x}": "a*", "a?b": "a*"} {
		if got := storePolicy("abc", prefix).Statement[0].Resource[0]; got != "obs:*:*:object:abc/"+want {
			t.Errorf("%s: %s", prefix, got)
		}
	}
}
