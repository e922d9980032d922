package httpapi

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAuthoritiesAsTextFiles: marks, also before the second certificate, and
// line ends of Windows do no harm.
func TestAuthoritiesAsTextFiles(t *testing.T) {
	t.Parallel()
	first, second := commonName(t, time.Now().Add(time.Hour)), commonName(t, time.Now().Add(time.Hour))
	var text string
	for _, c := range []tls.Certificate{first, second} {
		data, err := os.ReadFile(pemFile(t, c))
		if err != nil {
			t.Fatal(err)
		}
		text += "\uFEFF" + strings.ReplaceAll(string(data), "\n", "\r\n")
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []tls.Certificate{first, second} {
		server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{c}})
		client := newClient(t, Options{BaseURL: server.URL, Settings: Settings{CAFile: file}})
		if err := discard(t.Context(), client, get(Lookup)); err != nil {
			t.Error(err)
		}
	}
}

// TestAuthorityThatCannotBeRead is named by its position; the others count. The home directory may be
// written "~".
func TestAuthorityThatCannotBeRead(t *testing.T) {
	good, other := commonName(t, time.Now().Add(time.Hour)), commonName(t, time.Now().Add(time.Hour))
	data, err := os.ReadFile(pemFile(t, good))
	if err != nil {
		t.Fatal(err)
	}
	const noCertificate = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"
	const damaged = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(home, "ca.pem"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a bundle\n" + noCertificate + string(data) + damaged)
	settings := Settings{CAFile: "~/ca.pem"}
	for _, row := range []struct {
		serves tls.Certificate
		want   bool
	}{{good, true}, {other, false}} {
		server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{row.serves}})
		err := discard(t.Context(), newClient(t, Options{BaseURL: server.URL, Settings: settings}), get(Lookup))
		if row.want != (err == nil) {
			t.Errorf("got %v", err)
		}
		if refused, ok := errors.AsType[*CertificateError](err); !row.want && (!ok || len(refused.Unread) != 2 ||
			!strings.HasPrefix(refused.Unread[0], "certificate 1 cannot be parsed: ") || !strings.HasPrefix(refused.Unread[1], "certificate 3 is no PEM")) {
			t.Errorf("told %+v", refused)
		}
	}
	write(noCertificate)
	if _, err := New(Options{BaseURL: "https://example.test", Settings: settings}); err == nil || !strings.Contains(err.Error(), "certificate 1 cannot be parsed") {
		t.Errorf("got %v", err)
	}
}
