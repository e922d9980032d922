package roma

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// A temporary key pair of IAM holds from 15 minutes to 24 hours
// (CreateTemporaryAccessKeyByAgency, IAM API reference, iam_04_0101).
const (
	// MinDuration is the shortest life of a pair.
	MinDuration = 15 * time.Minute
	// MaxDuration is the longest.
	MaxDuration = 24 * time.Hour
	// DefaultDuration is what is asked for when nothing is said. The pair is
	// renewed before it ends, so it need not be long.
	DefaultDuration = time.Hour
	// DefaultOIDCDuration is that of the official SDK for an identity token,
	// which itself ends too soon to be used for a renewal.
	DefaultOIDCDuration = 6 * time.Hour
)

// AssumeRole is an agency of an account that delegates.
type AssumeRole struct {
	// AgencyName is in the account DomainID, or else DomainName.
	AgencyName, DomainName, DomainID string
	// Duration is between MinDuration and MaxDuration; 0 is DefaultDuration.
	Duration time.Duration
}

// OIDC is an identity token of an identity provider that the account trusts.
type OIDC struct {
	// IdpID is IAM's id of the identity provider.
	IdpID string
	// IDToken is the token, or IDTokenFile names a file that holds it, which
	// is read anew for each renewal.
	IDToken, IDTokenFile string
	// Duration is between MinDuration and MaxDuration; 0 is
	// DefaultOIDCDuration.
	Duration time.Duration
}

// The bodies of POST /v3.0/OS-CREDENTIAL/securitytokens.
type (
	roleRequest struct {
		AgencyName string `json:"agency_name"`
		DomainID   string `json:"domain_id,omitempty"`
		DomainName string `json:"domain_name,omitempty"`
		Seconds    int    `json:"duration_seconds"`
	}
	tokenRequest struct {
		ID      string `json:"id"`
		Seconds int    `json:"duration_seconds"`
	}
	pairIdentity struct {
		Methods    []string      `json:"methods"`
		AssumeRole *roleRequest  `json:"assume_role,omitempty"`
		Policy     *policy       `json:"policy,omitempty"`
		Token      *tokenRequest `json:"token,omitempty"`
	}
	pairRequest struct {
		Auth struct {
			Identity pairIdentity `json:"identity"`
		} `json:"auth"`
	}
)

// assumeRole gets key pairs through an agency, for whom base says.
func (i *identity) assumeRole(base credentials, role AssumeRole) credentials {
	asked := roleRequest{AgencyName: role.AgencyName, DomainID: role.DomainID, Seconds: seconds(role.Duration, DefaultDuration)}
	if role.DomainID == "" {
		asked.DomainName = role.DomainName
	}
	var body pairRequest
	body.Auth.Identity = pairIdentity{Methods: []string{"assume_role"}, AssumeRole: &asked}
	return &temporary{newLease(i.redactor, from("assume_role", func(ctx context.Context) (grant, error) {
		return i.pair(ctx, body, base)
	}))}
}

// federated gets key pairs for an identity token: first an unscoped token
// (CreateTokenWithIdToken, IAM API reference, iam_13_0605), and for that the
// pair, as the official SDK does.
func (i *identity) federated(oidc OIDC) credentials {
	return &temporary{newLease(i.redactor, from("assume_role_with_oidc", func(ctx context.Context) (grant, error) {
		idToken, err := oidc.token()
		if err != nil {
			return grant{}, err
		}
		i.redactor.Use(idToken)
		var exchange struct {
			Auth struct {
				IDToken struct {
					ID string `json:"id"`
				} `json:"id_token"`
			} `json:"auth"`
		}
		exchange.Auth.IDToken.ID = idToken
		unscoped, err := i.token(ctx, iamRequest{
			path: "/v3.0/OS-AUTH/id-token/tokens", header: http.Header{"X-Idp-Id": {oidc.IdpID}}, body: exchange,
		})
		if err != nil {
			return grant{}, err
		}
		var body pairRequest
		body.Auth.Identity = pairIdentity{
			Methods: []string{"token"},
			Token:   &tokenRequest{ID: unscoped.token, Seconds: seconds(oidc.Duration, DefaultOIDCDuration)},
		}
		return i.pair(ctx, body, nil)
	}))}
}

func seconds(d, fallback time.Duration) int {
	if d == 0 {
		d = fallback
	}
	return int(d / time.Second)
}

// maxIDToken is the longest file of an identity token that is read, in bytes.
const maxIDToken = 64 << 10

// token returns the identity token. The error is one of the file system, or
// about the content of the file.
func (o OIDC) token() (string, error) {
	if o.IDToken != "" {
		return o.IDToken, nil
	}
	if err := httpapi.CheckPath(o.IDTokenFile); err != nil {
		// It is not quoted: it may be the token itself.
		return "", fmt.Errorf("id_token_file %w", err)
	}
	data, err := httpapi.ReadShort(httpapi.AtHome(o.IDTokenFile), maxIDToken)
	_, tooLong := errors.AsType[*httpapi.LongFileError](err)
	if err != nil && !tooLong {
		return "", fmt.Errorf("id_token_file names a file that cannot be read: %w", httpapi.Unnamed(err))
	}
	text := strings.TrimSpace(string(bytes.TrimPrefix(data, byteOrderMark)))
	if strings.HasPrefix(text, "{") {
		return "", fmt.Errorf("%s holds JSON: of the answer of GitHub's token endpoint it has to be the text of \"value\" alone, as jq -r .value gives it", o.IDTokenFile)
	}
	if text == "" || tooLong || unsendable(text) != "" {
		return "", fmt.Errorf("%s holds no identity token", o.IDTokenFile)
	}
	return text, nil
}

// pair asks IAM for a temporary key pair.
func (i *identity) pair(ctx context.Context, body pairRequest, cred credentials) (grant, error) {
	var g grant
	req := iamRequest{path: "/v3.0/OS-CREDENTIAL/securitytokens", body: body, cred: cred, secret: true}
	err := i.post(ctx, req, func(h http.Header, data []byte) (err error) {
		g, err = parsePair(h, data)
		i.redactor.Use(g.secrets()...)
		return err
	})
	return g, err
}

// longestGrant is far above what a token or a part of a key pair has, in bytes: each is
// looked for in every text that is shown.
const longestGrant = 64 << 10

// parsePair reads the answer of IAM, and that of the metadata service.
func parsePair(h http.Header, data []byte) (grant, error) {
	var answer struct {
		Credential struct {
			Access        string `json:"access"`
			Secret        string `json:"secret"`
			SecurityToken string `json:"securitytoken"`
			ExpiresAt     string `json:"expires_at"`
		} `json:"credential"`
	}
	if json.Unmarshal(data, &answer) != nil {
		// The error of the parser may quote a secret.
		return grant{}, errors.New("no JSON of a key pair")
	}
	c := answer.Credential
	if c.Access == "" || c.Secret == "" || c.SecurityToken == "" {
		return grant{}, errors.New("no whole key pair")
	}
	for _, part := range []string{c.Access, c.Secret, c.SecurityToken} {
		if len(part) > longestGrant || unsendable(part) != "" {
			return grant{}, errors.New("an unusable key pair")
		}
	}
	g := grant{pair: pair{accessKey: c.Access, secretKey: c.Secret, securityToken: c.SecurityToken}}
	// Without a time it is used until it is refused.
	if ends, err := time.Parse(time.RFC3339, c.ExpiresAt); err == nil {
		if g.life = ends.Sub(serverTime(h)); g.life <= 0 {
			return grant{}, fmt.Errorf("a key pair that ended at %s", ends.UTC().Format(time.RFC3339))
		}
	}
	return g, nil
}

// serverTime is the time of an answer by the server's clock, where it tells: at most, for that is told in
// whole seconds.
func serverTime(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at.Add(time.Second)
	}
	return time.Now()
}
