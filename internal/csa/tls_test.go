package csa

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// Self-signed certificates are the norm on CSA servers; the path before
// /csa/rest is that of a proxy.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/dev/csa/rest/login/CSA-Provider/admin/" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(200, personBody)(w, r)
	}))
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		change func(*Config)
		good   bool
	}{
		"unknown authority": {func(*Config) {}, false},
		"insecure":          {func(c *Config) { c.Insecure = true }, true},
		"ca_file":           {func(c *Config) { c.CAFile = ca }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Endpoint: s.URL + "/dev/csa/rest/", Username: account, Password: password}
			row.change(&config)
			if id, err := resolve(t, newClient(t, config)); (err == nil) != row.good || row.good != (id == personID) {
				t.Errorf("%q, %v", id, err)
			}
		})
	}
}
