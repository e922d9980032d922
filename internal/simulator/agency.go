package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Lives of temporary key pairs in seconds (Obtaining Temporary Access Keys and
// Security Tokens of an Agency, and … of an IAM User, IAM API reference).
const (
	shortestKeyLife = 900
	longestKeyLife  = 24 * 60 * 60
	usualKeyLife    = 900
)

// Methods of a request for a temporary key pair.
const (
	methodToken      = "token"
	methodAssumeRole = "assume_role"
)

// temporaryKeysRequest is the body of a request to IAM for a temporary key
// pair, by an agency or of the caller itself.
type temporaryKeysRequest struct {
	Auth struct {
		Identity struct {
			Methods []string `json:"methods"`
			// Policy narrows the pair.
			Policy *keyPolicy `json:"policy"`
			Token  struct {
				ID              string `json:"id"`
				DurationSeconds *int   `json:"duration_seconds"`
			} `json:"token"`
			AssumeRole struct {
				AgencyName      string `json:"agency_name"`
				DomainID        string `json:"domain_id"`
				DomainName      string `json:"domain_name"`
				DurationSeconds *int   `json:"duration_seconds"`
			} `json:"assume_role"`
		} `json:"identity"`
	} `json:"auth"`
}

// ownKeysRoute is how a request for a temporary key pair is authenticated.
var ownKeysRoute = route{platform: platformIAM, kind: kindTemporaryKeys}

// temporaryKeys issues a temporary key pair. A credential in the headers wins
// over a token in the body.
func (s *Simulator) temporaryKeys(c *call) {
	by := c.entry.Auth
	proven := by == authToken || by == authKey || by == authTemporaryKey
	if proven {
		if err := s.authenticate(c, ownKeysRoute); err != nil {
			c.fail(asFailure(err))
			return
		}
	}
	var req temporaryKeysRequest
	if err := json.NewDecoder(io.LimitReader(c.r.Body, maxJSONBody)).Decode(&req); err != nil {
		c.failIAM(http.StatusBadRequest)
		return
	}
	asked := req.Auth.Identity
	if !s.acceptPolicy(c, asked.Policy) {
		c.failIAM(http.StatusBadRequest)
		return
	}
	switch {
	case slices.Equal(asked.Methods, []string{methodToken}):
		s.ownKeys(c, proven, asked.Token.ID, asked.Token.DurationSeconds)
	case !slices.Equal(asked.Methods, []string{methodAssumeRole}):
		c.failIAM(http.StatusBadRequest)
	case !proven:
		c.fail(unauthorized("x-auth-token not found"))
	case by == authToken && s.unscoped(c):
		c.failIAM(http.StatusForbidden)
	default:
		role := asked.AssumeRole
		s.agencyKeys(c, role.AgencyName, named{role.DomainID, role.DomainName}, role.DurationSeconds)
	}
}

// unscoped tells whether a federated user came with an unscoped token, which is
// good for a pair of its own only.
func (s *Simulator) unscoped(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	tok := s.tokens[c.r.Header.Get(headerToken)]
	return tok.scope == scopeNone && tok.identity.kind == identityFederated
}

// ownKeys issues a pair for the caller itself. This is what a federated user
// does with an unscoped token.
func (s *Simulator) ownKeys(c *call, proven bool, tokenInBody string, duration *int) {
	if !proven {
		who, err := s.checkToken(tokenInBody, ownKeysRoute)
		if err != nil {
			c.failIAM(http.StatusUnauthorized)
			return
		}
		s.actAs(c, who)
	}
	s.answerKeys(c, methodToken, c.identity, duration)
}

// agencyKeys issues a pair of an agency. What is not there is answered like
// what is not allowed: 404 is no documented status.
func (s *Simulator) agencyKeys(c *call, name string, of named, duration *int) {
	s.locked(func() { c.entry.Agency = name })
	if name == "" || of == (named{}) {
		c.failIAM(http.StatusBadRequest)
		return
	}
	in, found := findAccount(of)
	if !found {
		c.failIAM(http.StatusForbidden)
		return
	}
	a, found := findAgency(in, name)
	if !found || !a.admits(c.identity) {
		c.failIAM(http.StatusForbidden)
		return
	}
	s.answerKeys(c, methodAssumeRole, a.identity, duration)
}

// admits tells whether somebody may assume the agency. That may be another
// agency: the documents of STS and the official provider know such chains.
func (a agency) admits(who identity) bool {
	return slices.Contains(a.trusts, who.account.id)
}

// answerKeys answers as IAM does.
func (s *Simulator) answerKeys(c *call, by string, who identity, duration *int) {
	life, ok := s.keyLife(c, duration, usualKeyLife, longestKeyLife)
	if !ok {
		c.failIAM(http.StatusBadRequest)
		return
	}
	var key *keyPair
	s.locked(func() {
		key = s.issueKeys(by, who, life)
		key.policy = c.policy
	})
	c.json(http.StatusCreated, map[string]any{"credential": key.credential()})
}

// credential is a temporary pair as IAM and the metadata service write it.
func (k *keyPair) credential() map[string]string {
	return map[string]string{
		"access": k.access, "secret": k.secret, "securitytoken": k.securityToken,
		"expires_at": k.expires.UTC().Format(iamTime),
	}
}

// keyLife checks the life that was asked for.
func (s *Simulator) keyLife(c *call, duration *int, usual, longest int) (time.Duration, bool) {
	seconds := usual
	if duration != nil {
		seconds = *duration
	}
	s.locked(func() { c.entry.DurationSeconds = seconds })
	return time.Duration(seconds) * time.Second, seconds >= shortestKeyLife && seconds <= longest
}

// failIAM answers with an error of the /v3.0 interfaces of IAM: code and text
// as in the definition of "Obtaining a Token with an OpenID Connect ID Token".
func (c *call) failIAM(status int, args ...string) {
	code, text := "IAM.0011", "Request body is invalid."
	switch status {
	case http.StatusUnauthorized:
		code, text = "IAM.0001", "The request you have made requires authentication."
	case http.StatusForbidden:
		code, text = "IAM.0002", "You are not authorized to perform the requested action."
	case http.StatusNotFound:
		code, text = "IAM.0004", "Could not find "+strings.Join(args, ": ")+"."
	}
	c.json(status, map[string]string{"error_code": code, "error_msg": text})
}
