package simulator

import (
	"crypto/hmac"
	"net/http"
	"strings"
	"time"
)

const (
	// clockTolerance is how far X-Sdk-Date may be from the gateway's clock
	// (AK/SK signing guide).
	clockTolerance = 15 * time.Minute
	// lockAfter failed signatures in a row lock an access key for lockTime
	// (FAQ on AK/SK authentication).
	lockAfter = 5
	lockTime  = 5 * time.Minute
)

// authenticate checks the credentials of a request. A token wins over a
// signature when a request carries both.
func (s *Simulator) authenticate(c *call, rt route) error {
	if text := c.r.Header.Get("X-Auth-Token"); text != "" {
		s.locked(func() { c.entry.Auth = authToken })
		return s.checkToken(text, rt.platform == platformROMA)
	}
	header := c.r.Header.Get("Authorization")
	if header == "" {
		return unauthorized("x-auth-token not found")
	}
	s.locked(func() { c.entry.Auth = authKey })
	return s.checkSignature(c, header)
}

func (s *Simulator) checkToken(text string, needsProject bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tok, ok := s.tokens[text]
	switch {
	case !ok:
		return unauthorized("decrypt token fail")
	case !time.Now().Before(tok.expires):
		return unauthorized("token expires, expires_at: %s", tok.expires.UTC().Format(iamTime))
	case needsProject && !tok.scoped:
		return s.refuse(http.StatusForbidden, codeNoPermission, "The token has no project scope")
	}
	return nil
}

// ExpireTokens ends all tokens that were issued so far.
func (s *Simulator) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, tok := range s.tokens {
		if tok.expires.After(now) {
			tok.expires = now
		}
	}
}

// checkSignature verifies a signed request, in the order of the least work:
// form, clock, key, size, and at last the signature over the body.
func (s *Simulator) checkSignature(c *call, header string) error {
	auth, ok := parseAuthorization(header)
	if !ok {
		return unauthorized("the authorization header is not %s Access=…, SignedHeaders=…, Signature=…", signingAlgorithm)
	}
	if err := checkDate(c.r, auth); err != nil {
		return err
	}
	key, err := s.findKey(c.r, auth)
	if err != nil {
		return err
	}
	hash, err := s.payloadHash(c)
	if err != nil {
		return err
	}
	canonical, err := canonicalRequest(c.r, auth.signed, hash)
	if err != nil {
		return unauthorized("%v", err)
	}
	want := signature(key.secret, c.r.Header.Get(headerDate), canonical)
	right := hmac.Equal([]byte(want), []byte(auth.signature)) &&
		(key.securityToken == "" || auth.signs(headerSecurity))
	s.countFailure(key, right)
	if !right {
		return unauthorized("verify aksk signature fail, canonicalRequest:%s", strings.ReplaceAll(canonical, "\n", "|"))
	}
	return nil
}

func checkDate(r *http.Request, auth authorization) error {
	value := r.Header.Get(headerDate)
	date, err := time.Parse(signingDate, value)
	if err != nil || !auth.signs(headerDate) {
		return unauthorized("verify aksk signature fail, X-Sdk-Date must be a signed header of the form %s", signingDate)
	}
	if now := time.Now(); now.Sub(date).Abs() > clockTolerance {
		return unauthorized("calc aksk signature fail:signature expired, signature time:%s,server time:%s",
			value, now.UTC().Format(signingDate))
	}
	return nil
}

// findKey finds the key pair of a request. A security token belongs to the
// temporary pair, and only to it.
func (s *Simulator) findKey(r *http.Request, auth authorization) (*keyPair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var key *keyPair
	for _, known := range []*keyPair{s.permanent, s.temporary} {
		if known.access == auth.access {
			key = known
		}
	}
	if key == nil {
		return nil, unauthorized("Get secretKey failed,ak:%s,err:ak not exist", auth.access)
	}
	if time.Now().Before(key.locked) {
		return nil, unauthorized("AK access failed to reach the limit,forbidden")
	}
	switch r.Header.Get(headerSecurity) {
	case key.securityToken:
		return key, nil
	case "":
		return nil, unauthorized("Get secretKey failed,ak:%s,err:ak not exist", auth.access)
	default:
		key.count(false)
		return nil, unauthorized("decrypt token fail")
	}
}

func (s *Simulator) countFailure(key *keyPair, right bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key.count(right)
}

// count locks the key after too many failures in a row.
func (k *keyPair) count(right bool) {
	if right {
		k.failures = 0
		return
	}
	if k.failures++; k.failures >= lockAfter {
		k.failures = 0
		k.locked = time.Now().Add(lockTime)
	}
}

// payloadHash is the last line of the canonical request. A body that is
// hashed is kept for the operation.
func (s *Simulator) payloadHash(c *call) (string, error) {
	announced := c.r.Header.Get(headerHash)
	limited := s.opts.SignedBodyLimit >= 0 && (announced != unsignedPayload || !s.opts.UnsignedPayloadUnlimited)
	if limited {
		tooLarge := unauthorized("calc aksk signature fail:body too large")
		if c.r.ContentLength > s.opts.SignedBodyLimit {
			return "", tooLarge
		}
		c.r.Body = &limitedBody{ReadCloser: c.r.Body, left: s.opts.SignedBodyLimit, failure: tooLarge}
	}
	if announced == unsignedPayload {
		return unsignedPayload, nil
	}
	body, err := c.spool(c.r.Body)
	if err != nil {
		return "", err
	}
	c.r.Body = body.reader()
	if announced != "" && announced != body.sha256 {
		return "", unauthorized("calc aksk signature fail:%s is not the hash of the body", headerHash)
	}
	return body.sha256, nil
}
