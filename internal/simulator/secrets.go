package simulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// tokenBytes gives tokens of a length like the ones of IAM, which are too long
// for some header limits.
const tokenBytes = 1500

// keyPair is an access key with its secret. A temporary pair comes with a
// security token, and has an end.
type keyPair struct {
	access, secret, securityToken string
	identity                      identity
	// expires is zero for a pair that has no end.
	expires time.Time
	// policy narrows what a temporary pair may do in OBS; nil for all others.
	policy *keyPolicy
	// failures counts wrong signatures in a row.
	failures int
	locked   time.Time
}

// token is an IAM token.
type token struct {
	identity identity
	expires  time.Time
	scope    string
	revoked  bool
}

// Scopes of tokens, as named in the log.
const (
	scopeProject = "project"
	scopeDomain  = "domain"
	scopeNone    = "none"
)

// Keys is a key pair, with its security token when it is a temporary one.
type Keys struct {
	AccessKey, SecretKey, SecurityToken string
}

// TemporaryKeys is a temporary key pair of the user of Info. It has no end of
// its own unless Options.TemporaryKeyLife is set; ExpireTemporaryKeys ends it.
func (s *Simulator) TemporaryKeys() Keys {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Keys{s.temporary.access, s.temporary.secret, s.temporary.securityToken}
}

// ExpireTokens ends all IAM tokens that were issued so far.
func (s *Simulator) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for _, tok := range s.tokens {
		if tok.expires.After(now) {
			tok.expires = now
		}
	}
}

// RevokeTokens makes all IAM tokens that were issued so far invalid before
// their end, as a changed password or changed permissions do.
func (s *Simulator) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tok := range s.tokens {
		tok.revoked = true
	}
}

// ExpireTemporaryKeys ends all temporary key pairs that were issued so far,
// with the one of TemporaryKeys and that of the metadata service.
func (s *Simulator) ExpireTemporaryKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	for _, key := range s.keys {
		if key.securityToken != "" && (key.expires.IsZero() || key.expires.After(now)) {
			key.expires = now
		}
	}
}

// issueKeys makes a temporary key pair; the caller holds mu. Life is what was
// asked for, shortened by Options.TemporaryKeyLife.
func (s *Simulator) issueKeys(by string, who identity, life time.Duration) *keyPair {
	if limit := s.opts.TemporaryKeyLife; limit > 0 {
		life = min(life, limit)
	}
	key := newTemporaryKeys(who)
	key.expires = s.clock().Add(life)
	s.keys = append(s.keys, key)
	s.issued["keys by "+by]++
	return key
}

// issueToken makes a token; the caller holds mu.
func (s *Simulator) issueToken(by string, who identity, scope string) (string, *token) {
	tok := &token{identity: who, expires: s.clock().Add(s.opts.TokenLife), scope: scope}
	text := newTokenText("MIIT")
	s.tokens[text] = tok
	s.issued["tokens by "+by]++
	return text, tok
}

// clock is the time of the gateway and of IAM; the caller holds mu.
func (s *Simulator) clock() time.Time {
	return time.Now().Add(s.skew)
}

// SetClockSkew puts the clock of the gateway and of IAM ahead of the real time,
// or behind it when negative.
func (s *Simulator) SetClockSkew(skew time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = skew
}

// findKeyPair finds a key pair that was issued; the caller holds mu.
func (s *Simulator) findKeyPair(access string) *keyPair {
	i := slices.IndexFunc(s.keys, func(k *keyPair) bool { return k.access == access })
	if i < 0 {
		return nil
	}
	return s.keys[i]
}

// newKeyPair makes a key pair of 20 and 40 characters.
func newKeyPair(prefix string, who identity) *keyPair {
	return &keyPair{
		access:   (prefix + strings.ToUpper(randomHex(10)))[:20],
		secret:   randomHex(20),
		identity: who,
	}
}

func newTemporaryKeys(who identity) *keyPair {
	key := newKeyPair("HSTS", who)
	key.securityToken = newTokenText("gQ")
	return key
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
