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

	headerToken = "X-Auth-Token"
)

// carried tells what kind of credential a request carries in its headers. A
// token wins over a signature when there are both.
func carried(r *http.Request) string {
	header := r.Header.Get("Authorization")
	switch {
	case r.Header.Get(headerToken) != "":
		return authToken
	case strings.HasPrefix(header, "Basic "):
		return authBasic
	case r.Header.Get(headerSecurity) != "" || r.Header.Get(headerAmzToken) != "":
		return authTemporaryKey
	case header != "":
		return authKey
	case r.Header.Get(headerMetadata) != "":
		return authMetadata
	default:
		return authNone
	}
}

// authenticate checks the credentials of a request and finds out on whose
// behalf it is.
func (s *Simulator) authenticate(c *call, rt route) error {
	var who identity
	var err error
	if text := c.r.Header.Get(headerToken); text != "" {
		who, err = s.checkToken(text, rt)
	} else if header := c.r.Header.Get("Authorization"); header != "" {
		who, err = s.checkSignature(c, header)
	} else {
		err = unauthorized("x-auth-token not found")
	}
	if err != nil {
		return err
	}
	s.actAs(c, who)
	return nil
}

// actAs is where a request gets its identity.
func (s *Simulator) actAs(c *call, who identity) {
	c.identity = who
	s.locked(func() { c.entry.Subject = who.String() })
}

// checkToken tells whose token it is. The unscoped token of a federated user
// is good for a temporary key pair and for nothing else (Obtaining an Unscoped
// Token with an OpenID Connect ID Token, IAM API reference).
func (s *Simulator) checkToken(text string, rt route) (identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tok, ok := s.tokens[text]
	switch {
	case !ok:
		return identity{}, unauthorized("decrypt token fail")
	case tok.revoked:
		return identity{}, &failure{
			status: http.StatusUnauthorized, code: gatewayAuth, gateway: true, message: "The token must be updated",
		}
	case !s.clock().Before(tok.expires):
		return identity{}, unauthorized("token expires, expires_at: %s", tok.expires.UTC().Format(iamTime))
	case rt.platform == platformROMA && tok.scope != scopeProject:
		return identity{}, s.refuse(http.StatusForbidden, codeNoPermission, "The token has no project scope")
	case tok.scope == scopeNone && tok.identity.kind == identityFederated && rt.kind != kindTemporaryKeys:
		return identity{}, iamFailure(http.StatusUnauthorized, "The request you have made requires authentication.")
	}
	return tok.identity, nil
}

// checkSignature verifies a signed request, in the order of the least work:
// form, clock, key, size, and at last the signature over the body.
func (s *Simulator) checkSignature(c *call, header string) (identity, error) {
	auth, ok := parseAuthorization(header)
	if !ok {
		return identity{}, unauthorized("the authorization header is not %s Access=…, SignedHeaders=…, Signature=…", signingAlgorithm)
	}
	if err := s.checkDate(c.r, auth); err != nil {
		return identity{}, err
	}
	key, err := s.findKey(c.r, auth)
	if err != nil {
		return identity{}, err
	}
	hash, err := s.payloadHash(c)
	if err != nil {
		return identity{}, err
	}
	canonical, err := canonicalRequest(c.r, auth.signed, hash)
	if err != nil {
		return identity{}, unauthorized("%v", err)
	}
	want := signature(key.secret, c.r.Header.Get(headerDate), canonical)
	right := hmac.Equal([]byte(want), []byte(auth.signature)) &&
		(key.securityToken == "" || auth.signs(headerSecurity))
	s.countFailure(key, right)
	if !right {
		return identity{}, unauthorized("verify aksk signature fail, canonicalRequest:%s", strings.ReplaceAll(canonical, "\n", "|"))
	}
	return key.identity, nil
}

func (s *Simulator) checkDate(r *http.Request, auth authorization) error {
	value := r.Header.Get(headerDate)
	date, err := time.Parse(signingDate, value)
	if err != nil || !auth.signs(headerDate) {
		return unauthorized("verify aksk signature fail, X-Sdk-Date must be a signed header of the form %s", signingDate)
	}
	var now time.Time
	s.locked(func() { now = s.clock() })
	if now.Sub(date).Abs() > clockTolerance {
		return unauthorized("calc aksk signature fail:signature expired, signature time:%s,server time:%s",
			value, now.UTC().Format(signingDate))
	}
	return nil
}

// findKey finds the key pair of a request. A security token belongs to its
// temporary pair, and only to it.
func (s *Simulator) findKey(r *http.Request, auth authorization) (*keyPair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.findKeyPair(auth.access)
	if key == nil {
		return nil, unauthorized("Get secretKey failed,ak:%s,err:ak not exist", auth.access)
	}
	if time.Now().Before(key.locked) {
		return nil, unauthorized("AK access failed to reach the limit,forbidden")
	}
	switch r.Header.Get(headerSecurity) {
	case key.securityToken:
	case "":
		return nil, unauthorized("Get secretKey failed,ak:%s,err:ak not exist", auth.access)
	default:
		key.count(false)
		return nil, unauthorized("decrypt token fail")
	}
	if !key.expires.IsZero() && !s.clock().Before(key.expires) {
		return nil, unauthorized("decrypt token fail")
	}
	return key, nil
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
