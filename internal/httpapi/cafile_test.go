package httpapi

import (
	"crypto/tls"
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
