package roma

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const (
	pairLine    = "POST /v3.0/OS-CREDENTIAL/securitytokens"
	idTokenLine = "POST /v3.0/OS-AUTH/id-token/tokens"
	keysLine    = "GET " + metadataKeys
	tokenLine   = "PUT " + metadataToken
)

// pairs is a fake cloud that gives temporary key pairs, number 1, 2 …, to
// whoever asks, and jobs to whoever signs with the newest.
type pairs struct {
	mu     sync.Mutex
	issued int
	// valid is the number of the pair that is accepted, 0 for the newest.
	valid int
	life  time.Duration
	// trouble is the status of every answer of IAM; 0 for a good one.
	trouble int
	// stuck gives the same pair again.
	stuck bool
}

func pairBody(n int, ends time.Time) string {
	return fmt.Sprintf(`{"credential":{"access":"AKT%[1]d","secret":"secret-%[1]d","securitytoken":"session-%[1]d","expires_at":%[2]q}}`,
		n, ends.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func (p *pairs) answer(r *http.Request, _ string) (int, string, http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch r.URL.Path {
	case "/v3/auth/tokens", "/v3.0/OS-AUTH/id-token/tokens":
		return 201, tokenBody("", "", ""), http.Header{"X-Subject-Token": {"iam-token"}}
	case metadataToken:
		return 200, "metadata-token", nil
	case "/v3.0/OS-CREDENTIAL/securitytokens", metadataKeys:
		if p.trouble != 0 {
			return p.trouble, `{"error":{"code":403,"message":"no"}}`, nil
		}
		if !p.stuck || p.issued == 0 {
			p.issued++
		}
		// The server's clock is an hour late.
		now := time.Now().Add(-time.Hour)
		return 201, pairBody(p.issued, now.Add(p.life)), http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	}
	valid := p.valid
	if valid == 0 {
		valid = p.issued
	}
	if r.Header.Get("X-Security-Token") != fmt.Sprintf("session-%d", valid) {
		return 401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: ak AKT not exist"}`, nil
	}
	return 200, runningJob, nil
}

func (p *pairs) revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.valid = p.issued + 1
}

// opsRole is the agency that is assumed.
var opsRole = AssumeRole{AgencyName: "ops", DomainName: "them"}

func roleConfig(network http.RoundTripper) Config {
	config := keyConfig(network)
	config.Credentials = Agency{config.Credentials, opsRole}
	return config
}

func oidcConfig(network http.RoundTripper) Config {
	return Config{
		Region: "cn-north-4", ProjectID: projectOne, Credentials: IdentityToken{OIDC{IdpID: "corp", IDToken: "header.payload.signature"}}, transport: network,
	}
}

func metadataConfig(network http.RoundTripper) Config {
	return Config{Region: "cn-north-4", ProjectID: projectOne, Credentials: Metadata{}, transport: network}
}

const (
	roleBody      = `{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"agency_name":"ops","domain_name":"them","duration_seconds":3600}}}}`
	idTokenBody   = `{"auth":{"id_token":{"id":"header.payload.signature"}}}`
	federatedBody = `{"auth":{"identity":{"methods":["token"],"token":{"id":"iam-token","duration_seconds":21600}}}}`
)

// Each way to a temporary key pair: what is sent, by whom.
func TestTemporaryPairs(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		config func(http.RoundTripper) Config
		sent   []string
		bodies []string
		// by is the access key or token of each request, "" for neither.
		by []string
	}{
		"role by key pair": {roleConfig, []string{pairLine, jobLine}, []string{roleBody, ""}, []string{"AKEXAMPLE0000000", "AKT1"}},
		"role by token": {func(n http.RoundTripper) Config {
			config := tokenConfig(n)
			config.Credentials = Agency{config.Credentials, AssumeRole{AgencyName: "ops", DomainName: "not this", DomainID: "id", Duration: 15 * time.Minute}}
			return config
		}, []string{pairLine, jobLine}, []string{
			`{"auth":{"identity":{"methods":["assume_role"],"assume_role":{"agency_name":"ops","domain_id":"id","duration_seconds":900}}}}`, "",
		}, []string{"ready-token", "AKT1"}},
		"role by password": {func(n http.RoundTripper) Config {
			config := loginConfig(n)
			config.ProjectID, config.Credentials = projectOne, Agency{config.Credentials, opsRole}
			return config
		}, []string{loginLine, pairLine, jobLine}, []string{
			`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"me","password":"correct horse/battery+staple",` +
				`"domain":{"name":"account"}}}},"scope":{"domain":{"name":"account"}}}}`, roleBody, "",
		}, []string{"", "iam-token", "AKT1"}},
		"identity token": {oidcConfig, []string{idTokenLine, pairLine, jobLine}, []string{idTokenBody, federatedBody, ""}, []string{"", "", "AKT1"}},
		"role by identity token": {func(n http.RoundTripper) Config {
			config := oidcConfig(n)
			config.Credentials = Agency{config.Credentials, opsRole}
			return config
		}, []string{idTokenLine, pairLine, pairLine, jobLine}, []string{idTokenBody, federatedBody, roleBody, ""}, []string{"", "", "AKT1", "AKT2"}},
		"metadata": {metadataConfig, []string{tokenLine, keysLine, jobLine}, []string{"", "", ""}, []string{"", "", "AKT1"}},
		"role by metadata": {func(n http.RoundTripper) Config {
			config := metadataConfig(n)
			config.Credentials = Agency{config.Credentials, opsRole}
			return config
		}, []string{tokenLine, keysLine, pairLine, jobLine}, []string{"", "", roleBody, ""}, []string{"", "", "AKT1", "AKT2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := &fakeNetwork{answer: (&pairs{life: time.Hour}).answer}
			config := row.config(network)
			c := newClient(t, config)
			if err := look(c); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(network.lines(), row.sent) || !slices.Equal(network.bodies, row.bodies) {
				t.Errorf("sent %q\n%q", network.lines(), network.bodies)
			}
			var by []string
			for _, r := range network.requests {
				_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Access=")
				key, _, _ := strings.Cut(rest, ",")
				by = append(by, key+r.Header.Get("X-Auth-Token"))
			}
			if !slices.Equal(by, row.by) {
				t.Errorf("by %q, want %q", by, row.by)
			}
			if !c.KeyPair() || !config.Credentials.Signs() {
				t.Error("it does not pass for a key pair")
			}
			if got := c.Redact("secret-1 session-1"); got != "*** ***" {
				t.Errorf("quoted %q", got)
			}
		})
	}
}

// A wait of hours outlives many pairs; each source is asked when a pair is
// about to end, and not for each request.
func TestTemporaryPairsAreRenewed(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(http.RoundTripper) Config{
		"role": roleConfig, "identity token": oidcConfig, "metadata": metadataConfig,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cloud := &pairs{life: time.Hour}
				network := &fakeNetwork{answer: cloud.answer}
				c := newClient(t, config(network))
				for range 6 * 60 {
					if err := lookWith(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Minute)
				}
				// Every 55 minutes.
				if cloud.issued != 7 {
					t.Errorf("%d pairs in six hours", cloud.issued)
				}
			})
		})
	}
}

func TestRenewalThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &pairs{life: time.Hour}
		network := &fakeNetwork{answer: cloud.answer}
		c := newClient(t, roleConfig(network))
		if err := lookWith(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		time.Sleep(56 * time.Minute)
		cloud.trouble = 403
		for range 10 {
			// The pair holds for four minutes more.
			if err := lookWith(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		if n := network.count(pairLine); n != 1+4 {
			t.Errorf("%d requests to IAM, want one each half minute", n)
		}
		time.Sleep(5 * time.Minute)
		err := lookWith(t.Context(), c)
		if source, ok := errors.AsType[*SourceError](err); !ok || source.Source != "assume_role" || errors.Is(err, asset.ErrDenied) {
			t.Errorf("error %v", err)
		}
		cloud.trouble = 0
		if err := lookWith(t.Context(), c); err != nil {
			t.Error(err)
		}
	})
}

func TestRefusedTemporaryPairIsRenewedOnce(t *testing.T) {
	t.Parallel()
	cloud := &pairs{life: time.Hour}
	network := &fakeNetwork{answer: cloud.answer}
	c := newClient(t, roleConfig(network))
	if err := look(c); err != nil {
		t.Fatal(err)
	}
	cloud.revoke()
	if err := look(c); err != nil {
		t.Fatal(err)
	}
	if got, want := network.lines(), []string{pairLine, jobLine, jobLine, pairLine, jobLine}; !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
	// From now on nothing is accepted.
	cloud.valid = -1
	for range 5 {
		if err := look(c); !errors.Is(err, asset.ErrDenied) {
			t.Errorf("error %v", err)
		}
	}
	if n := len(network.lines()); n != 5+3 {
		t.Errorf("%d more requests: failures in a row lock the key", n-5)
	}
}

func TestRefusedPairWithoutSuccessorIsNotSentAgain(t *testing.T) {
	t.Parallel()
	cloud := &pairs{life: time.Hour, stuck: true, valid: -1}
	network := &fakeNetwork{answer: cloud.answer}
	c := newClient(t, metadataConfig(network))
	for range 3 {
		if err := look(c); !errors.Is(err, asset.ErrDenied) || !strings.Contains(err.Error(), "not exist") {
			t.Errorf("error %v", err)
		}
	}
	if n := network.count(jobLine); n != 1 {
		t.Errorf("a refused pair was used %d times", n)
	}
}

func TestSimultaneousRefusalsRenewThePairOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &pairs{life: time.Hour}
		gate := make(chan struct{})
		network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
			if r.Header.Get("X-Security-Token") == "session-1" {
				<-gate
			}
			return cloud.answer(r, body)
		}}
		c := newClient(t, roleConfig(network))
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if err := lookWith(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		cloud.revoke()
		close(gate)
		group.Wait()
		if cloud.issued != 2 {
			t.Errorf("%d pairs, want the first and one renewal", cloud.issued)
		}
	})
}

// What is not a matter of credentials renews none.
func TestRefusalsThatNoRenewalHelps(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want error
	}{
		"clock": {"calc aksk signature fail:signature expired, signature time:20240102T030405Z,server time:20240102T040405Z", asset.ErrDenied},
		"body":  {"calc aksk signature fail:body too large", ErrBodyTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := &pairs{life: time.Hour}
			network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
				if strings.HasPrefix(r.URL.Path, assetsPath) {
					return 401, `{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: ` + row.text + `"}`, nil
				}
				return cloud.answer(r, body)
			}}
			_, err := newClient(t, roleConfig(network)).Importer(instance, ImportOptions{}).Start(t.Context(), newArchive(t))
			if !errors.Is(err, row.want) || cloud.issued != 1 || len(network.lines()) != 2 {
				t.Errorf("%v after %q", err, network.lines())
			}
		})
	}
}

// Whoever is asked to assume a role with a wrong key must not lock it.
func TestKeyThatIAMRefusesIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"error_code":"IAM.0001","error_msg":"The request you have made requires authentication."}`,
		`{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail"}`,
	} {
		network := always(401, body)
		c := newClient(t, roleConfig(network))
		for range 5 {
			if err := look(c); !errors.Is(err, asset.ErrDenied) {
				t.Errorf("error %v", err)
			}
		}
		if n := len(network.lines()); n != 1 {
			t.Errorf("%d requests after %s", n, body)
		}
	}
}

func TestIdentityTokenIsReadAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "token")
		network := &fakeNetwork{answer: (&pairs{life: time.Hour}).answer}
		config := oidcConfig(network)
		config.Credentials = IdentityToken{OIDC{IdpID: "corp", IDTokenFile: file}}
		c := newClient(t, config)
		if err := lookWith(t.Context(), c); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("error %v", err)
		}
		for _, content := range []string{"first.token", "second.token"} {
			if err := os.WriteFile(file, []byte("\ufeff"+content+"\r\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := lookWith(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if i := len(network.bodies) - 3; network.bodies[i] != `{"auth":{"id_token":{"id":"`+content+`"}}}` {
				t.Errorf("sent %q", network.bodies)
			}
			if c.Redact(content) != "***" {
				t.Error("the identity token is no secret")
			}
			time.Sleep(time.Hour)
		}
		if err := os.WriteFile(file, []byte("two words"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := lookWith(t.Context(), c); err == nil || !strings.Contains(err.Error(), "holds no identity token") || strings.Contains(err.Error(), "words") {
			t.Errorf("error %v", err)
		}
	})
}

func TestAnswersWithSecretsAreNotQuoted(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"broken":   `{"credential":{"access":"AKT1","secret":"t0ps3cret","securitytoken":"t0ps3cret`,
		"odd":      `{"credential":{"access":7,"secret":"t0ps3cret"}}`,
		"no token": `{"credential":{"access":"AKT1","secret":"t0ps3cret"}}`,
		"old":      pairBody(1, time.Now().Add(-time.Hour)),
		"long":     strings.Repeat("t0ps3cret", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, config := range []Config{roleConfig(always(201, body)), metadataConfig(always(200, body))} {
				_, err := newClient(t, config).Exporter(instance, ExportOptions{}).Start(context.Background())
				if _, ok := errors.AsType[*SourceError](err); !ok || !errors.Is(err, asset.ErrNotSent) {
					t.Errorf("error %v", err)
				}
				for e := err; e != nil; e = errors.Unwrap(e) {
					if text := fmt.Sprintf("%+v", e); strings.Contains(text, "t0ps3cret") || strings.Contains(text, "secret-1") {
						t.Errorf("quoted: %v", text)
					}
				}
			}
		})
	}
}
