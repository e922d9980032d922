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
)

const (
	loginLine = "POST /v3/auth/tokens"
	jobLine   = "GET " + assetsPath + "jobs/" + jobID
)

// iam is a fake cloud: a login that issues token-1, token-2 …, and jobs that
// run for whoever holds the newest.
type iam struct {
	mu     sync.Mutex
	issued int
	// valid is the number of the token that is accepted.
	valid int
	life  time.Duration
}

func (i *iam) answer(r *http.Request, _ string) (int, string, http.Header) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.URL.Path == "/v3/auth/tokens" {
		i.issued++
		i.valid = i.issued
		now := time.Now().Add(-time.Hour) // The server's clock is late.
		body := tokenBody(projectOne, now.UTC().Format(time.RFC3339Nano), now.Add(i.life).UTC().Format(time.RFC3339Nano))
		return 201, body, http.Header{"X-Subject-Token": {fmt.Sprintf("token-%d", i.issued)}}
	}
	if r.Header.Get("X-Auth-Token") != fmt.Sprintf("token-%d", i.valid) {
		return 401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: decrypt token fail"}`, nil
	}
	if r.Method == http.MethodPost {
		return 200, startedBody, nil
	}
	return 200, runningJob, nil
}

func (i *iam) revoke() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.valid = -1
}

func look(c *Client) error { return lookWith(context.Background(), c) }

func lookWith(ctx context.Context, c *Client) error {
	_, err := c.Exporter(instance, ExportOptions{}).Job(ctx, jobID)
	return err
}

func TestLogin(t *testing.T) {
	t.Parallel()
	cloud := &iam{life: 24 * time.Hour}
	network := &fakeNetwork{answer: cloud.answer}
	c := newClient(t, loginConfig(network))
	for range 3 {
		if err := look(c); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := network.lines(), []string{loginLine, jobLine, jobLine, jobLine}; !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
	r := network.requests[0]
	if r.URL.String() != "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true" || r.Header.Get("X-Auth-Token") != "" {
		t.Errorf("login %s %v", r.URL, r.Header)
	}
	want := `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"me","password":"correct horse/battery+staple",` +
		`"domain":{"name":"account"}}}},"scope":{"project":{"name":"cn-north-4"}}}}`
	if network.bodies[0] != want {
		t.Errorf("login %s", network.bodies[0])
	}
	if got := c.Redact("token-1 " + password); got != "*** ***" {
		t.Errorf("quoted %q", got)
	}
}

func TestLoginScopeByID(t *testing.T) {
	t.Parallel()
	network := &fakeNetwork{answer: (&iam{life: time.Hour}).answer}
	config := loginConfig(network)
	config.ProjectID = projectOne
	if err := look(newClient(t, config)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(network.bodies[0], `"scope":{"project":{"id":"`+projectOne+`"}}`) {
		t.Errorf("login %s", network.bodies[0])
	}
}

func TestRenewalOnRefusal(t *testing.T) {
	t.Parallel()
	cloud := &iam{life: 24 * time.Hour}
	network := &fakeNetwork{answer: cloud.answer}
	c := newClient(t, loginConfig(network))
	if err := look(c); err != nil {
		t.Fatal(err)
	}
	cloud.revoke()
	// A starting request too is sent again: a refused one started nothing.
	archive := newArchive(t)
	job, err := c.Importer(instance, ImportOptions{}).Start(t.Context(), archive)
	if err != nil || job.ID != jobID {
		t.Fatal(job, err)
	}
	importLine := "POST " + assetsPath + "import"
	if got, want := network.lines(), []string{loginLine, jobLine, importLine, loginLine, importLine}; !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
	if network.bodies[2] != network.bodies[4] || !strings.Contains(network.bodies[4], emptyZip) {
		t.Error("the body was not sent anew")
	}
}

func TestTwoRefusalsInARow(t *testing.T) {
	t.Parallel()
	logins := 0
	network := &fakeNetwork{answer: func(r *http.Request, _ string) (int, string, http.Header) {
		if r.URL.Path == "/v3/auth/tokens" {
			logins++
			return 201, tokenBody(projectOne, "", ""), http.Header{"X-Subject-Token": {fmt.Sprintf("token-%d", logins)}}
		}
		return 401, "", nil
	}}
	err := look(newClient(t, loginConfig(network)))
	if !errors.Is(err, asset.ErrDenied) {
		t.Errorf("error %v", err)
	}
	if got, want := network.lines(), []string{loginLine, jobLine, loginLine, jobLine}; !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
}

func TestSimultaneousRefusalsRenewOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &iam{life: 24 * time.Hour}
		gate := make(chan struct{})
		arrived := make(chan struct{}, 20)
		network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
			if r.Header.Get("X-Auth-Token") == "token-1" {
				arrived <- struct{}{}
				<-gate
			}
			return cloud.answer(r, body)
		}}
		c := newClient(t, loginConfig(network))
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if err := lookWith(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if len(arrived) != 10 {
			t.Fatalf("%d requests wait", len(arrived))
		}
		cloud.revoke()
		close(gate)
		group.Wait()
		if n := network.count(loginLine); n != 2 {
			t.Errorf("%d logins, want the first and one renewal", n)
		}
	})
}

func TestRenewalBeforeTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &iam{life: 24 * time.Hour}
		network := &fakeNetwork{answer: cloud.answer}
		c := newClient(t, loginConfig(network))
		for _, step := range []struct {
			wait   time.Duration
			logins int
		}{{0, 1}, {23 * time.Hour, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}} {
			time.Sleep(step.wait)
			if err := lookWith(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if n := network.count(loginLine); n != step.logins {
				t.Errorf("%d logins, want %d", n, step.logins)
			}
		}
	})
}

func TestShortTokenIsNotFetchedForEachRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := &fakeNetwork{answer: (&iam{life: 10 * time.Second}).answer}
		c := newClient(t, loginConfig(network))
		for range 9 {
			if err := lookWith(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if n := network.count(loginLine); n != 1 {
			t.Errorf("%d logins in nine seconds", n)
		}
	})
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	network := always(401, `{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`)
	c := newClient(t, loginConfig(network))
	for range 3 {
		if err := look(c); !errors.Is(err, asset.ErrDenied) || !strings.Contains(err.Error(), "The username or password is wrong.") {
			t.Errorf("error %v", err)
		}
	}
	_, err := c.Exporter(instance, ExportOptions{}).Start(t.Context())
	if !errors.Is(err, asset.ErrDenied) || !errors.Is(err, asset.ErrNotSent) || errors.Is(err, asset.ErrOutcomeUnknown) {
		t.Errorf("error %v", err)
	}
	if n := len(network.lines()); n != 1 {
		t.Errorf("%d requests: a wrong password locks the user", n)
	}
}

func TestTroubleOfIAMIsNoOutcome(t *testing.T) {
	t.Parallel()
	network := always(503, "")
	_, err := newClient(t, loginConfig(network)).Exporter(instance, ExportOptions{}).Start(t.Context())
	if !errors.Is(err, asset.ErrNotSent) || errors.Is(err, asset.ErrOutcomeUnknown) || len(network.lines()) != 1 {
		t.Errorf("%v after %q", err, network.lines())
	}
}

func TestWaitingForAnotherLoginEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		cloud := &iam{life: time.Hour}
		c := newClient(t, loginConfig(&fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
			<-gate
			return cloud.answer(r, body)
		}}))
		var group sync.WaitGroup
		group.Go(func() {
			if err := lookWith(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := lookWith(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		close(gate)
		group.Wait()
	})
}

// Who is refused with what, and how often is it sent.
func TestRefusals(t *testing.T) {
	t.Parallel()
	gateway := func(text string) string { return `{"error_code":"APIG.0301","error_msg":"` + text + `"}` }
	for name, row := range map[string]struct {
		config func(http.RoundTripper) Config
		status int
		body   string
		denied bool
	}{
		"ready token":           {tokenConfig, 401, gateway("token expires, expires_at: x"), true},
		"ready token, old code": {tokenConfig, 400, `{"error_code":"ROMA.1002","error_msg":"wrong token"}`, true},
		"ready token, no token": {tokenConfig, 400, `{"error_code":"ROMA.00001000","error_msg":"no token"}`, true},
		"ready token, new code": {tokenConfig, 401, `{"error_code":"ROMA.00012000","error_msg":"bad token"}`, true},
		"ready token, page":     {tokenConfig, 401, "<html>", true},
		"key pair":              {keyConfig, 401, gateway("verify aksk signature fail"), true},
		"key pair, text on tokens is not for it": {
			keyConfig, 401, gateway("decrypt token fail"), true,
		},
		"permission":     {keyConfig, 403, `{"error_code":"ROMA.00012000","error_msg":"no permission"}`, false},
		"old permission": {keyConfig, 400, `{"error_code":"ROMA.1006","error_msg":"no permission"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := always(row.status, row.body)
			config := row.config(network)
			config.MaxRetries = 5
			err := look(newClient(t, config))
			if err == nil || errors.Is(err, asset.ErrDenied) != row.denied {
				t.Errorf("error %v", err)
			}
			if n := len(network.lines()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestRefusedKeyIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	network := always(401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v2/p/|a=b|x-sdk-date:20240102T030405Z||x-sdk-date|e3b0"}`)
	c := newClient(t, keyConfig(network))
	for range 10 {
		err := look(c)
		if !errors.Is(err, asset.ErrDenied) || strings.Contains(err.Error(), "a=b") || strings.Contains(err.Error(), "x-sdk-date") {
			t.Errorf("error %v", err)
		}
	}
	if n := len(network.lines()); n != 1 {
		t.Errorf("%d requests: failures in a row lock the key", n)
	}
}

// TestFirstSignatureGoesAlone: ten look-ups at once are no more failures of a
// wrong key than one, and wait for nothing once the first has been answered.
func TestFirstSignatureGoesAlone(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusUnauthorized: 1, http.StatusOK: 10} {
		synctest.Test(t, func(t *testing.T) {
			body := map[int]string{http.StatusOK: runningJob, http.StatusUnauthorized: `{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail"}`}
			slow := &fakeNetwork{answer: func(*http.Request, string) (int, string, http.Header) {
				time.Sleep(time.Second)
				return status, body[status], nil
			}}
			c, begin := newClient(t, keyConfig(slow)), time.Now()
			var all sync.WaitGroup
			for range 10 {
				all.Go(func() {
					if err := lookWith(t.Context(), c); errors.Is(err, asset.ErrDenied) != (status != http.StatusOK) {
						t.Errorf("status %d: %v", status, err)
					}
				})
			}
			all.Wait()
			if n, took := len(slow.lines()), time.Since(begin); n != want || took > 2*time.Second {
				t.Errorf("status %d: %d requests in %s", status, n, took)
			}
		})
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	network := always(401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: calc aksk signature fail:signature expired, signature time:20240102T030405Z,server time:20240102T040405Z"}`)
	err := look(newClient(t, keyConfig(network)))
	var skew *ClockSkewError
	if !errors.As(err, &skew) || !errors.Is(err, asset.ErrDenied) {
		t.Fatalf("error %v", err)
	}
	signed, server := skew.SignatureTime.Format(time.RFC3339), skew.ServerTime.Format(time.RFC3339)
	if signed != "2024-01-02T03:04:05Z" || server != "2024-01-02T04:04:05Z" {
		t.Errorf("times %s %s", signed, server)
	}
}

// Whatever a gateway says, its Date tells; but not of a token, which has
// nothing to do with this machine's clock.
func TestClockSkewByDate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		for name, row := range map[string]struct {
			config func(http.RoundTripper) Config
			ahead  time.Duration
			skewed bool
		}{
			"ahead":  {keyConfig, 16 * time.Minute, true},
			"behind": {keyConfig, -16 * time.Minute, true},
			"near":   {keyConfig, 14 * time.Minute, false},
			"token":  {tokenConfig, 16 * time.Minute, false},
		} {
			network := always(401, `{"error_code":"APIGW.0301","error_msg":"verify aksk signature fail"}`, "Date", now.Add(row.ahead).Format(http.TimeFormat))
			err := lookWith(t.Context(), newClient(t, row.config(network)))
			skew, skewed := errors.AsType[*ClockSkewError](err)
			if skewed != row.skewed || !errors.Is(err, asset.ErrDenied) {
				t.Errorf("%s: %v", name, err)
			}
			if skewed && (!skew.SignatureTime.Equal(now) || !skew.ServerTime.Equal(now.Add(row.ahead))) {
				t.Errorf("%s: times %s %s", name, skew.SignatureTime, skew.ServerTime)
			}
		}
	})
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		body   string
	}{
		"signature": {401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: calc aksk signature fail:body too large"}`},
		"413":       {413, `{"error_code":"APIGW.0201","error_msg":"Request entity too large"}`},
		"413 page":  {413, `<html><title>413</title></html>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := always(row.status, row.body)
			c := newClient(t, keyConfig(network))
			for range 2 {
				_, err := c.Importer(instance, ImportOptions{}).Start(t.Context(), newArchive(t))
				if !errors.Is(err, ErrBodyTooLarge) || errors.Is(err, asset.ErrDenied) || errors.Is(err, asset.ErrOutcomeUnknown) {
					t.Errorf("error %v", err)
				}
			}
			if n := len(network.lines()); n != 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestEachRequestIsSignedAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := always(200, runningJob)
		config := keyConfig(network)
		config.Credentials = KeyPair{AccessKey: "AKEXAMPLE0000000", SecretKey: secretKey, SecurityToken: "security-token"}
		c := newClient(t, config)
		for range 2 {
			if err := lookWith(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		first, second := network.requests[0].Header, network.requests[1].Header
		if first.Get("X-Sdk-Date") == second.Get("X-Sdk-Date") || first.Get("Authorization") == second.Get("Authorization") {
			t.Errorf("signed with %v and %v", first, second)
		}
		if !strings.Contains(first.Get("Authorization"), "SignedHeaders=x-project-id;x-sdk-date;x-security-token,") {
			t.Errorf("signed %s", first.Get("Authorization"))
		}
	})
}
