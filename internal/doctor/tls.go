package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"
)

// handshake are the facts of a TLS connection.
type handshake struct {
	// Version is like "TLS 1.3".
	Version string
	// Chain is how many certificates the server sent.
	Chain int
	// SelfSigned: the server's own certificate is its issuer's.
	SelfSigned bool
	// DaysLeft is the time until the first certificate of the chain ends, negative afterwards.
	DaysLeft int
	// Key is what kind of key the server's certificate has.
	Key string
}

func handshakeOf(state *tls.ConnectionState) *handshake {
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	h := &handshake{
		Version: tls.VersionName(state.Version), Chain: len(state.PeerCertificates),
		SelfSigned: leaf.Issuer.String() == leaf.Subject.String(), Key: leaf.PublicKeyAlgorithm.String(),
	}
	end := leaf.NotAfter
	for _, c := range state.PeerCertificates[1:] {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	h.DaysLeft = int(time.Until(end).Hours() / 24)
	return h
}

// probe shakes hands with a server whose TLS the clients refused, accepts whatever comes,
// and sends nothing. It says what there would be to refuse; nil if even that fails.
func probe(ctx context.Context, address *url.URL) *handshake {
	port := address.Port()
	if port == "" {
		port = "443"
	}
	dialer := &tls.Dialer{Config: &tls.Config{
		ServerName: address.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: everySuite(),
	}}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.Hostname(), port))
	if err != nil {
		return nil
	}
	// Nothing was sent that could be lost.
	defer func() { _ = connection.Close() }()
	if c, ok := connection.(*tls.Conn); ok {
		state := c.ConnectionState()
		return handshakeOf(&state)
	}
	return nil
}

// everySuite also has those that old servers need and the clients refuse.
func everySuite() []uint16 {
	var all []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		all = append(all, suite.ID)
	}
	return all
}
