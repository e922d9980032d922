package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// pairs gives temporary pairs 1, 2 …, the next one when the last one was refused.
type pairs struct {
	number int
	// stuck gives the same pair for ever.
	stuck bool
	asked []string
}

func (p *pairs) get(_ context.Context, a store.Address, refused string) (Credentials, error) {
	if a.Bucket != orders.Bucket {
		return Credentials{}, errors.New("another bucket")
	}
	p.asked = append(p.asked, refused)
	if refused != "" && !p.stuck || p.number == 0 {
		p.number++
	}
	return Credentials{AccessKey: fmt.Sprintf("AKTEMPORARY%d", p.number), SecretKey: secretKey, SessionToken: fmt.Sprintf("hush-%d", p.number)}, nil
}

// A temporary pair that is refused is followed by the next one, once, for each kind of request, and
// in the middle of an upload as well.
func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*Client) error{"HEAD": head, "GET": get, "PUT": put, "POST": prove, "DELETE": remove} {
		for code, status := range map[string]int{"ExpiredToken": 400, "InvalidAccessKeyId": 403} {
			t.Run(name+" "+code, func(t *testing.T) {
				t.Parallel()
				source := new(pairs)
				c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("X-Amz-Security-Token") == "hush-1" {
						xmlAnswer(w, r, status, code, "", "")
						return
					}
					good(w, r)
				}, func(c *Config) { c.Credentials = source.get })
				if err := ask(c); err != nil {
					t.Fatal(err)
				}
				refused := slices.DeleteFunc(slices.Clone(source.asked), func(r string) bool { return r == "" })
				if !slices.Equal(refused, []string{"AKTEMPORARY1"}) {
					t.Errorf("%q: %q", rec.lines(), source.asked)
				}
			})
		}
	}
}

// What is not renewed: a given pair, a pair without a successor, the second one in a row, a
// signature, a right.
func TestNoRenewal(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		source func(*pairs) Source
		code   string
		want   int
		kind   Kind
	}{
		"given pair": {func(*pairs) Source {
			return Static(Credentials{AccessKey: accessKey, SecretKey: secretKey})
		}, "InvalidAccessKeyId", 1, BadCredentials},
		"same pair": {func(p *pairs) Source {
			p.stuck = true
			return p.get
		}, "ExpiredToken", 1, BadCredentials},
		"second pair": {func(p *pairs) Source { return p.get }, "ExpiredToken", 2, BadCredentials},
		"signature":   {func(p *pairs) Source { return p.get }, "SignatureDoesNotMatch", 1, BadCredentials},
		"right":       {func(p *pairs) Source { return p.get }, "AccessDenied", 1, Forbidden},
	} {
		c, rec := newStore(t, refusing(403, row.code, "", ""), func(c *Config) { c.Credentials = row.source(new(pairs)) })
		if err := put(c); KindOf(err) != row.kind || len(rec.lines()) != row.want {
			t.Errorf("%s: %v, %q", name, err, rec.lines())
		}
	}
}

// Each try has the credentials of its own time: a token that ends while an upload is repeated.
func TestEachTryAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		number, puts := 0, 0
		c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			if puts++; puts < 3 {
				panic(http.ErrAbortHandler)
			}
			good(w, r)
		}, func(c *Config) {
			c.Credentials = func(context.Context, store.Address, string) (Credentials, error) {
				number++
				return Credentials{AccessKey: accessKey, SecretKey: secretKey, SessionToken: fmt.Sprintf("hush-%d", number)}, nil
			}
		})
		if err := put(c); err != nil || puts != 3 || rec.last().header.Get("X-Amz-Security-Token") != "hush-4" {
			t.Error(err, rec.lines())
		}
	})
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	why := errors.New("nobody knows")
	c, rec := newStore(t, good, func(c *Config) {
		c.Credentials = func(context.Context, store.Address, string) (Credentials, error) { return Credentials{}, why }
	})
	for _, ask := range []func(*Client) error{head, get, put, prove, remove} {
		if err := ask(c); KindOf(err) != NoCredentials || !errors.Is(err, why) || len(rec.lines()) != 0 {
			t.Error(err, rec.lines())
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		config Config
		field  string
	}{
		"no credentials": {Config{Region: region}, "credentials"},
		"no region":      {Config{Endpoint: "https://s3.example.com"}, "region"},
		"odd region":     {Config{Endpoint: "https://s3.example.com", Region: "a/b"}, "region"},
		"OBS":            {Config{Region: region, OBS: true}, "endpoint"},
		"plain http":     {Config{Endpoint: "http://s3.example.com", Region: region}, "endpoint"},
		"user name":      {Config{Endpoint: "https://hush:hush@s3.example.com", Region: region}, "endpoint"},
		"no authorities": {Config{Region: region, Settings: httpapi.Settings{CAFile: "/nowhere/ca.pem"}}, "ca_file"},
	} {
		if name != "no credentials" {
			row.config.Credentials = Static(Credentials{})
		}
		_, err := New(row.config)
		if wrong, ok := errors.AsType[*httpapi.ConfigError](err); !ok || wrong.Field != row.field || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := New(Config{Region: "eu-west-1", Credentials: Static(Credentials{})})
	if err != nil || c.endpoint.String() != "https://s3.eu-west-1.amazonaws.com" {
		t.Error(c, err)
	}
	// What the network says stays readable.
	c, _ = newStore(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, func(c *Config) { c.MaxRetries = 0 })
	err = head(c)
	if lost, ok := errors.AsType[*httpapi.TransportError](err); !ok || !strings.Contains(lost.Reason(), "reset by peer") {
		t.Error(err)
	}
	if got := c.redactor.Clean(secretKey); got != "***" {
		t.Error(got)
	}
}
