package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"time"
)

const (
	idpIssuer   = "https://idp.invalid"
	idpAudience = "simulated-client"
	// rawSize is the length of each of the two numbers of an ES256 signature
	// (RFC 7518, 3.4).
	rawSize = 32
)

// identityProvider signs ID tokens and is known to IAM.
type identityProvider struct {
	key       *ecdsa.PrivateKey
	powerless bool
}

func newIdentityProvider(powerless bool) (*identityProvider, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("key of the identity provider: %w", err)
	}
	return &identityProvider{key, powerless}, nil
}

// claims are what an ID token says (OpenID Connect Core, 2). Times are seconds
// since 1970.
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// IDToken is a new ID token of the simulated identity provider, valid for life
// from now; it has ended already when life is not positive.
func (s *Simulator) IDToken(life time.Duration) string {
	now := time.Now()
	return s.idp.sign(claims{idpIssuer, idpSubject, idpAudience, now.Unix(), now.Add(life).Unix()})
}

func (p *identityProvider) sign(said claims) string {
	payload, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own claims: %v", err))
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." +
		base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot sign an ID token: %v", err))
	}
	raw := make([]byte, 2*rawSize)
	r.FillBytes(raw[:rawSize])
	s.FillBytes(raw[rawSize:])
	return text + "." + base64.RawURLEncoding.EncodeToString(raw)
}

var errIDToken = errors.New("the ID token is not valid")

// verify reads an ID token and checks who signed it, for whom, and its end.
func (p *identityProvider) verify(text string, now time.Time) (claims, error) {
	signed := strings.LastIndexByte(text, '.')
	_, payload, ok := strings.Cut(text[:max(signed, 0)], ".")
	// The decoder would overlook line ends.
	if !ok || strings.ContainsAny(text, "\r\n") {
		return claims{}, errIDToken
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text[signed+1:])
	if err != nil || len(raw) != 2*rawSize {
		return claims{}, errIDToken
	}
	sum := sha256.Sum256([]byte(text[:signed]))
	r, s := new(big.Int).SetBytes(raw[:rawSize]), new(big.Int).SetBytes(raw[rawSize:])
	if !ecdsa.Verify(&p.key.PublicKey, sum[:], r, s) {
		return claims{}, errIDToken
	}
	var said claims
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil || said.Issuer != idpIssuer || said.Audience != idpAudience || now.Unix() >= said.Expires {
		return claims{}, errIDToken
	}
	return said, nil
}

// loginOIDC is "Obtaining a Token with an OpenID Connect ID Token" (IAM API
// reference). The identity provider is named in a header.
func (s *Simulator) loginOIDC(c *call) {
	idp := c.r.Header.Get("X-Idp-Id")
	var req struct {
		Auth struct {
			IDToken struct {
				ID string `json:"id"`
			} `json:"id_token"`
			Scope *tokenScope `json:"scope"`
		} `json:"auth"`
	}
	err := json.NewDecoder(io.LimitReader(c.r.Body, maxJSONBody)).Decode(&req)
	if err != nil || idp == "" || req.Auth.IDToken.ID == "" {
		c.failIAM(http.StatusBadRequest)
		return
	}
	if idp != idpID {
		c.failIAM(http.StatusNotFound, "identity_provider", idp)
		return
	}
	var now time.Time
	s.locked(func() { now = s.clock() })
	said, err := s.idp.verify(req.Auth.IDToken.ID, now)
	if err != nil {
		c.failIAM(http.StatusUnauthorized)
		return
	}
	scope, f := req.Auth.Scope.resolve(homeAccount)
	if f != nil {
		c.failIAM(http.StatusForbidden)
		return
	}
	s.answerToken(c, "id_token", identity{
		kind: identityFederated, id: "4b5c6d7e8f900112233445566778899a", name: said.Subject,
		account: homeAccount, powerless: s.idp.powerless,
	}, scope)
}

// federation is where a federated user comes from, as in a token.
func federation() map[string]any {
	return map[string]any{
		"groups":            []any{map[string]any{"id": "5c6d7e8f9001122334455667788990ab", "name": "promotion"}},
		"identity_provider": map[string]any{"id": idpID},
		"protocol":          map[string]any{"id": "oidc"},
	}
}
