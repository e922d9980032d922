package roma

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func TestMetadataTokens(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		sent   string
	}{
		"demanded":    {200, "metadata-token"},
		"not known":   {404, ""},
		"not allowed": {405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := &pairs{life: time.Hour}
			network := &fakeNetwork{answer: func(r *http.Request, body string) (int, string, http.Header) {
				if r.URL.Path == metadataToken && row.status != 200 {
					return row.status, "", nil
				}
				return cloud.answer(r, body)
			}}
			if err := look(newClient(t, metadataConfig(network))); err != nil {
				t.Fatal(err)
			}
			if got, want := network.lines(), []string{tokenLine, keysLine, jobLine}; !slices.Equal(got, want) {
				t.Errorf("sent %q", got)
			}
			if r := network.requests[0]; r.URL.Host != "169.254.169.254" || r.Header.Get("X-Metadata-Token-Ttl-Seconds") == "" {
				t.Errorf("%s %v", r.URL, r.Header)
			}
			if got := network.requests[1].Header.Get("X-Metadata-Token"); got != row.sent {
				t.Errorf("with the token %q", got)
			}
		})
	}
}

// Nothing may travel to the service through a proxy, and a machine that has
// none must not be waited for.
func TestNoMetadataService(t *testing.T) {
	t.Parallel()
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	config := metadataConfig(nil)
	config.MetadataURL = "http://" + closed.Addr().String()
	config.MaxRetries = 5
	begin := time.Now()
	err = look(newClient(t, config))
	source, ok := errors.AsType[*SourceError](err)
	if !ok || source.Source != "metadata" || time.Since(begin) > time.Second {
		t.Errorf("%v after %s", err, time.Since(begin))
	}
	for _, c := range []struct {
		connects bool
		waits    time.Duration
	}{{false, metadataConnectTime}, {true, metadataTime}} {
		synctest.Test(t, func(t *testing.T) {
			config := metadataConfig(roundTrip(func(r *http.Request) (*http.Response, error) {
				if c.connects {
					httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}))
			begin := time.Now()
			err := lookWith(t.Context(), newClient(t, config))
			if err == nil || errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer within "+c.waits.String()) {
				t.Errorf("error %v", err)
			}
			if waited := time.Since(begin); waited != c.waits {
				t.Errorf("waited %s", waited)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestServerWithoutAgency(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Please configure Cloud Service Agency first", http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	config := metadataConfig(nil)
	config.MetadataURL = server.URL
	err := look(newClient(t, config))
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || !strings.Contains(answer.Text, "Cloud Service Agency") || !errors.Is(err, asset.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

// assumes has another agency assumed.
func assumes(c *Config, role AssumeRole) { c.Credentials = Agency{Base(c.Credentials), role} }

func TestTemporaryConfigs(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set   func(*Config)
		field string
	}{
		"no agency":  {func(c *Config) { assumes(c, AssumeRole{DomainName: "them"}) }, "assume_role"},
		"no account": {func(c *Config) { assumes(c, AssumeRole{AgencyName: "ops"}) }, "assume_role"},
		"short": {func(c *Config) {
			assumes(c, AssumeRole{AgencyName: "ops", DomainName: "them", Duration: MinDuration - time.Second})
		}, "assume_role"},
		"long": {func(c *Config) {
			assumes(c, AssumeRole{AgencyName: "ops", DomainName: "them", Duration: MaxDuration + time.Second})
		}, "assume_role"},
		"no IAM":            {func(c *Config) { c.Region, c.Endpoint = "", "https://h" }, "auth_url"},
		"user id alone":     {func(c *Config) { c.Credentials = Agency{Password{UserID: "u", Password: "p"}, opsRole} }, "domain_id"},
		"no provider":       {func(c *Config) { c.Credentials = Agency{IdentityToken{OIDC{IDToken: "t"}}, opsRole} }, "assume_role_with_oidc"},
		"no identity token": {func(c *Config) { c.Credentials = Agency{IdentityToken{OIDC{IdpID: "t"}}, opsRole} }, "assume_role_with_oidc"},
		"identity for long": {func(c *Config) {
			c.Credentials = Agency{IdentityToken{OIDC{IdpID: "t", IDToken: "t", Duration: time.Second}}, opsRole}
		}, "assume_role_with_oidc"},
		"nobody": {func(c *Config) { c.Credentials = Agency{nil, opsRole} }, "credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := roleConfig(nil)
			row.set(&config)
			_, err := New(config)
			if problem, ok := errors.AsType[*httpapi.ConfigError](err); !ok || problem.Field != row.field {
				t.Errorf("error %v", err)
			}
		})
	}
}
