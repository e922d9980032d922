package httpapi

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// longestAuthorities is some fifty times the file of a whole system, in bytes.
const longestAuthorities = 16 << 20

// certificatesIn are the certificates of a PEM file, and what is wrong with those
// that cannot be read, by their positions. The others count all the same.
func certificatesIn(data []byte) (good []*x509.Certificate, bad []string) {
	// Editors of Windows put a mark before each file, also before one that was
	// appended to another.
	data = bytes.ReplaceAll(data, []byte("\uFEFF"), nil)
	const begin = "-----BEGIN "
	position := 0
	for i, part := range bytes.Split(data, []byte(begin)) {
		if i == 0 || !bytes.HasPrefix(part, []byte("CERTIFICATE-----")) {
			continue
		}
		position++
		block, _ := pem.Decode(append([]byte(begin), part...))
		if block == nil {
			bad = append(bad, fmt.Sprintf("certificate %d is no PEM: a line of it is damaged or missing", position))
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			bad = append(bad, fmt.Sprintf("certificate %d cannot be parsed: %v", position, err))
			continue
		}
		good = append(good, c)
	}
	return good, bad
}
