package simulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// tokenBytes gives tokens of a length like the ones of IAM, which are too long
// for some header limits.
const tokenBytes = 1500

// keyPair is an access key with its secret. A temporary pair comes with a
// security token.
type keyPair struct {
	access, secret, securityToken string
	// failures counts wrong signatures in a row.
	failures int
	locked   time.Time
}

// token is an IAM token of the simulated user.
type token struct {
	expires time.Time
	// scoped tells whether the token is for the project; ROMA Connect takes
	// no other.
	scoped bool
}

// Keys is a key pair, with its security token when it is a temporary one.
type Keys struct {
	AccessKey, SecretKey, SecurityToken string
}

// TemporaryKeys is the temporary key pair that the Simulator accepts beside
// the permanent one of Info.
func (s *Simulator) TemporaryKeys() Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Keys{s.temporary.access, s.temporary.secret, s.temporary.securityToken}
}

func newKeyPair(prefix string) *keyPair {
	return &keyPair{
		access: prefix + strings.ToUpper(randomHex(8)),
		secret: randomHex(20),
	}
}

// newTokenText makes an opaque token. IAM writes base64 with a hyphen in place
// of the slash, so that the text fits into a header.
func newTokenText(prefix string) string {
	return prefix + strings.ReplaceAll(base64.StdEncoding.EncodeToString(randomBytes(tokenBytes)), "/", "-")
}

// randomHex is n random bytes in hexadecimal digits.
func randomHex(n int) string {
	return hex.EncodeToString(randomBytes(n))
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	// Read never fails and never reads less (crypto/rand).
	_, _ = rand.Read(b)
	return b
}

func newUUID() string {
	return uuidOf(sha256.Sum256(randomBytes(16)))
}
