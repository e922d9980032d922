package simulator

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// trusting is a transport that trusts the authority of a server.
func trusting(t *testing.T, srv *Server) *http.Transport {
	t.Helper()
	ca, err := os.ReadFile(srv.Info.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		t.Fatalf("authority %s", ca)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// state asks for the state, which needs no credentials.
func state(t *testing.T, transport *http.Transport, base string) error {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/_simulator/state", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	return resp.Body.Close()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "directory")
	srv := serve(t, Options{TLSDir: dir})
	if srv.Info.CAFile != filepath.Join(dir, "ca.pem") || !strings.HasPrefix(srv.Info.ROMA.Endpoint, "https://127.0.0.1:") {
		t.Fatalf("authority %s, endpoint %s", srv.Info.CAFile, srv.Info.ROMA.Endpoint)
	}
	if err := state(t, trusting(t, srv), srv.URL); err != nil {
		t.Error(err)
	}
	if err := state(t, trusting(t, srv), strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)); err != nil {
		t.Error(err)
	}
	var unknown x509.UnknownAuthorityError
	if err := state(t, &http.Transport{}, srv.URL); !errors.As(err, &unknown) {
		t.Errorf("without the authority: %v", err)
	}
	if err := state(t, trusting(t, serve(t, Options{TLSDir: t.TempDir()})), srv.URL); !errors.As(err, &unknown) {
		t.Errorf("with another authority: %v", err)
	}
}

// TestCertificates has one row for each wrong certificate, seen by a client
// that trusts the authority.
func TestCertificates(t *testing.T) {
	t.Parallel()
	for fault, is := range map[CertificateFault]func(error) bool{
		CertificateExpired:    invalid(func(err x509.CertificateInvalidError) bool { return time.Now().After(err.Cert.NotAfter) }),
		CertificateNotYet:     invalid(func(err x509.CertificateInvalidError) bool { return time.Now().Before(err.Cert.NotBefore) }),
		CertificateOtherHost:  func(err error) bool { return errors.As(err, new(x509.HostnameError)) },
		CertificateSelfSigned: func(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) },
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			srv := serve(t, Options{TLSDir: t.TempDir(), Certificate: fault})
			if err := state(t, trusting(t, srv), srv.URL); !is(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// invalid tells whether a certificate was refused because of its time.
func invalid(because func(x509.CertificateInvalidError) bool) func(error) bool {
	return func(err error) bool {
		var is x509.CertificateInvalidError
		return errors.As(err, &is) && is.Reason == x509.Expired && because(is)
	}
}

// TestMetadataListens has the metadata service on an address of its own, which
// speaks http also when the platforms speak https.
func TestMetadataListens(t *testing.T) {
	t.Parallel()
	if info := serve(t, Options{}).Info; info.ROMA.MetadataURL != "" || info.CAFile != "" {
		t.Errorf("info %+v", info)
	}
	srv := serve(t, Options{TLSDir: t.TempDir(), Metadata: MetadataOptional})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.Info.ROMA.MetadataURL+"/openstack/latest/securitykey", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("status %d, %v", resp.StatusCode, err)
	}
}
