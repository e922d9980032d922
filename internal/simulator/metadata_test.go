package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// metadata asks the metadata service, without credentials.
func (c *client) metadata(method, path string, header map[string]string) answer {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	a := answer{ResponseRecorder: httptest.NewRecorder(), t: c.t}
	c.sim.Metadata().ServeHTTP(a.ResponseRecorder, r)
	return a
}

func (c *client) metadataToken(ttl string) answer {
	c.t.Helper()
	return c.metadata(http.MethodPut, "/meta-data/latest/api/token", map[string]string{headerTTL: ttl})
}

func (c *client) securityKey(token string) answer {
	c.t.Helper()
	header := map[string]string{}
	if token != "" {
		header[headerMetadata] = token
	}
	return c.metadata(http.MethodGet, "/openstack/latest/securitykey", header)
}

func (a answer) text(status int, want string) {
	a.t.Helper()
	a.wants(status)
	if !strings.Contains(a.Body.String(), want) || a.Header().Get("Content-Type") != "text/plain" {
		a.t.Errorf("got %s: %q, want %q", a.Header().Get("Content-Type"), a.Body, want)
	}
}

func TestMetadataModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[MetadataMode]struct{ token, with, without, wrong int }{
		MetadataOff:      {404, 404, 404, 404},
		MetadataOptional: {200, 200, 200, 401},
		MetadataRequired: {200, 200, 401, 401},
		MetadataLegacy:   {404, 200, 200, 200},
		MetadataNoAgency: {200, 401, 401, 401},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{Metadata: mode})
			token := c.metadataToken("21600")
			token.wants(want.token)
			c.securityKey(token.Body.String()).wants(want.with)
			c.securityKey("").wants(want.without)
			c.securityKey("x").wants(want.wrong)
			c.metadata(http.MethodGet, "/openstack/latest/meta_data.json", nil).text(http.StatusNotFound, "404")
			if got := last(c.sim); got.Platform != platformMetadata || got.Kind != kindOther || got.Auth != authNone {
				t.Errorf("logged %+v", got)
			}
			// The gateway of ROMA Connect has none of this.
			c.get("/openstack/latest/securitykey").wants(http.StatusNotFound)
		})
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Metadata: MetadataRequired})
		for _, ttl := range []string{"", "x", "0", "21601"} {
			c.metadataToken(ttl).text(http.StatusBadRequest, headerTTL)
		}
		token := c.metadataToken("60")
		token.text(http.StatusOK, "")
		key, expires := c.securityKey(token.Body.String()).keys(http.StatusOK)
		if got := last(c.sim); got.Kind != kindMetadataKey || got.Auth != authMetadata || got.Subject != "agency asset-server" {
			t.Errorf("logged %+v", got)
		}
		c.opens(key).wants(http.StatusOK)
		if time.Until(expires) != metadataKeyLife {
			t.Errorf("ends in %v", time.Until(expires))
		}
		time.Sleep(time.Minute)
		c.securityKey(token.Body.String()).text(http.StatusUnauthorized, "401")

		again := func() Keys {
			key, _ := c.securityKey(c.metadataToken("60").Body.String()).keys(http.StatusOK)
			return key
		}
		time.Sleep(time.Until(expires) - renewBefore - time.Nanosecond)
		if again() != key {
			t.Error("another pair before it was due")
		}
		time.Sleep(time.Nanosecond)
		next := again()
		if next == key {
			t.Error("the same pair although it was due")
		}
		c.opens(key).wants(http.StatusOK)
		c.sim.ExpireTemporaryKeys()
		c.opens(next).wants(http.StatusUnauthorized)
		c.opens(again()).wants(http.StatusOK)
		if issued := c.sim.State().Issued["keys by metadata"]; issued != 3 {
			t.Errorf("issued %d", issued)
		}
		if err := c.sim.Order(Fault{On: kindMetadataKey, Do: "status", Status: http.StatusServiceUnavailable}); err != nil {
			t.Fatal(err)
		}
		c.securityKey("").text(http.StatusServiceUnavailable, "Service Unavailable")
	})
}

// TestMetadataShortLife ends the pair of a cloud server sooner.
func TestMetadataShortLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Metadata: MetadataOptional, TemporaryKeyLife: 10 * time.Minute})
		key, expires := c.securityKey("").keys(http.StatusOK)
		if time.Until(expires) != 10*time.Minute {
			t.Errorf("ends in %v", time.Until(expires))
		}
		time.Sleep(5 * time.Minute)
		if next, _ := c.securityKey("").keys(http.StatusOK); next == key {
			t.Error("the same pair at half of its life")
		}
		time.Sleep(5 * time.Minute)
		c.opens(key).wants(http.StatusUnauthorized)
	})
}

// TestMetadataAgency says what is missing as the service does.
func TestMetadataAgency(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Metadata: MetadataNoAgency})
	c.securityKey("").text(http.StatusUnauthorized, "Please configure Cloud Service Agency first")
}
