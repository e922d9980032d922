package csa

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSwappedAccount: the password in the place of the account's name is quoted
// neither by us nor in what the server says.
func TestSwappedAccount(t *testing.T) {
	t.Parallel()
	const password, account = "t0ps3cretPassw0rd", "csaTransportUser"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := r.BasicAuth()
		http.Error(w, "no user "+name+", do you mean "+account+"?", http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{Endpoint: server.URL, Username: password, Password: account})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Exporter(ExportOptions{ArtifactID: "a"}).Start(t.Context())
	if err == nil || strings.Contains(err.Error(), password) || strings.Contains(err.Error(), account) ||
		!strings.Contains(err.Error(), `the account "…w0rd" was refused`) || !strings.Contains(err.Error(), "no user ***") {
		t.Errorf("got %v", err)
	}
}
