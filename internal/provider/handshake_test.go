package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestServersWithOldTLS: the message says which TLS is needed, or that the
// certificate has no name and what is accepted all the same.
func TestServersWithOldTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "csa"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	leaf.SignatureAlgorithm, leaf.IPAddresses = x509.SHA1WithRSA, []net.IP{net.IPv4(127, 0, 0, 1)}
	weak, err := x509.CreateCertificate(rand.Reader, leaf, authority, &rsaKey.PublicKey, rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	rsaCA, err := x509.CreateCertificate(rand.Reader, authority, authority, &rsaKey.PublicKey, rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	rsaFile := fileWith(t, "rsa.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rsaCA})))
	file := fileWith(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca})))
	for name, row := range map[string]struct {
		config *tls.Config
		more   values
		want   string
	}{
		"old version":        {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, values{"insecure": true}, "GODEBUG=tlsrsakex=1"},
		"client certificate": {&tls.Config{ClientAuth: tls.RequireAnyClientCert}, values{"insecure": true}, "Error: Client certificate wanted"},
		"client certificate of TLS 1.2": {
			&tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}, values{"insecure": true}, "Error: Client certificate wanted",
		},
		"SHA-1": {&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{weak}, PrivateKey: rsaKey}}}, values{"ca_file": rsaFile}, "SHA-1"},
		"common name": {
			&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{own}, PrivateKey: key}}},
			values{"ca_file": file},
			"a certificate that is listed there itself is accepted without a name",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = row.config
			server.StartTLS()
			t.Cleanup(server.Close)
			block := values{"endpoint": server.URL, "username": "csaTransportUser", "password": "t0ps3cret"}
			maps.Copy(block, row.more)
			said := question(t, values{"csa": block})
			if !strings.Contains(said, row.want) {
				t.Error(said)
			}
			golden(t, "tls "+name, said)
		})
	}
}

// TestServerThatEndsTheHandshake: the message says what ended, and what helps with old appliances.
func TestServerThatEndsTheHandshake(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			// The whole hello, so that the end of the connection is no reset.
			_, _ = conn.Read(make([]byte, 1<<16))
			_ = conn.Close()
		}
	}()
	said := question(t, values{"csa": values{
		"endpoint": "https://" + listener.Addr().String(), "username": "csaTransportUser", "password": "t0ps3cret", "max_retries": 0,
	}})
	golden(t, "tls ended", strings.ReplaceAll(said, listener.Addr().String(), "127.0.0.1:1"))
}
