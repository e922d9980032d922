package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	caFile          = "ca.pem"
	certificateLife = 30 * 24 * time.Hour
)

// CertificateFault is what is wrong with the certificate of a server.
type CertificateFault string

const (
	// CertificateGood is a certificate of the private authority for localhost,
	// the names below it, 127.0.0.1 and ::1.
	CertificateGood CertificateFault = ""
	// CertificateExpired ended a day ago.
	CertificateExpired CertificateFault = "expired"
	// CertificateNotYet begins tomorrow.
	CertificateNotYet CertificateFault = "not_yet_valid"
	// CertificateOtherHost is for another host name.
	CertificateOtherHost CertificateFault = "other_host"
	// CertificateSelfSigned is signed by no authority.
	CertificateSelfSigned CertificateFault = "self_signed"
)

var certificateFaults = []CertificateFault{
	CertificateGood, CertificateExpired, CertificateNotYet, CertificateOtherHost, CertificateSelfSigned,
}

// otherHost is for whom a certificate is that is not for this server.
const otherHost = "roma.example.com"

// newTLS makes a private certificate authority and a server certificate for
// loopback, and writes the authority's certificate into dir, which is made if
// it is not there. The keys stay in memory.
func newTLS(dir string, fault CertificateFault) (*tls.Config, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("authority key: %w", err)
	}
	ca := certificate(1, "Asset simulator authority")
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("authority certificate: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("server key: %w", err)
	}
	leaf := serverCertificate(fault)
	parent, signer := ca, caKey
	if fault == CertificateSelfSigned {
		parent, signer = leaf, key
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("server certificate: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("directory for the authority: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, caFile), text, 0o600); err != nil {
		return nil, fmt.Errorf("write the authority certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{{Certificate: [][]byte{leafDER}, PrivateKey: key}},
	}, nil
}

// serverCertificate is what the authority is asked to sign.
func serverCertificate(fault CertificateFault) *x509.Certificate {
	const day = 24 * time.Hour
	leaf := certificate(2, "localhost")
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.DNSNames = []string{"localhost", "*.localhost"}
	leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	now := time.Now()
	switch fault {
	case CertificateExpired:
		leaf.NotBefore, leaf.NotAfter = now.Add(-certificateLife), now.Add(-day)
	case CertificateNotYet:
		leaf.NotBefore = now.Add(day)
	case CertificateOtherHost:
		leaf.Subject.CommonName, leaf.DNSNames, leaf.IPAddresses = otherHost, []string{otherHost}, nil
	case CertificateGood, CertificateSelfSigned:
	}
	return leaf
}

func certificate(serial int64, name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
	}
}
