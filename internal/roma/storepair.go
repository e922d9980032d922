package roma

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// StorePair is a key pair for OBS, which takes no tokens in place of a signature.
type StorePair struct {
	// SecurityToken is empty for a pair that is not temporary.
	AccessKey, SecretKey, SecurityToken string
	// Ends is by this machine's clock; zero if it is not known or never.
	Ends time.Time
}

// StorePair returns the key pair that reaches the objects of a bucket whose keys begin with
// prefix. Key pairs, given or temporary, are what they are. A token, ready or by password, is
// exchanged for a temporary pair, which may do no more than read, write and remove those
// objects, and tell whether one is there; it is kept and renewed before it ends.
//
// Refused is the access key of a temporary pair that OBS refused a moment ago, or empty; the
// next pair comes then, if there is one. The error is a *SourceError, an earlier refusal of the
// same key pair, or a *httpapi.ConfigError if a token is to be exchanged and no address of IAM
// is known.
func (c *Client) StorePair(ctx context.Context, bucket, prefix, refused string) (StorePair, error) {
	switch cred := c.cred.(type) {
	case *keyPair:
		cred.mu.Lock()
		defer cred.mu.Unlock()
		return storePair(grant{pair: cred.pair}, cred.denied)
	case *temporary:
		return storePair(cred.get(ctx, refused))
	}
	if c.iam.api == nil {
		return StorePair{}, needsIAM("to exchange a token for a key pair of OBS")
	}
	return storePair(c.stores.of(bucket, prefix, c.redactor, c.exchange).get(ctx, refused))
}

func storePair(g grant, err error) (StorePair, error) {
	if err != nil {
		return StorePair{}, err
	}
	return StorePair{AccessKey: g.pair.accessKey, SecretKey: g.pair.secretKey, SecurityToken: g.pair.securityToken, Ends: g.ends}, nil
}

// storePairs keeps one lease for each policy.
type storePairs struct {
	mu     sync.Mutex
	leases map[[2]string]*lease
}

func (s *storePairs) of(bucket, prefix string, redactor *httpapi.Redactor, fetch func(context.Context, policy) (grant, error)) *lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := [2]string{bucket, prefix}
	if s.leases == nil {
		s.leases = make(map[[2]string]*lease)
	}
	if s.leases[name] == nil {
		narrow := storePolicy(bucket, prefix)
		s.leases[name] = newLease(redactor, from("obs", func(ctx context.Context) (grant, error) { return fetch(ctx, narrow) }))
	}
	return s.leases[name]
}

// policy narrows a temporary pair: what it may do is what both the token and the policy allow
// (CreateTemporaryAccessKeyByToken, IAM API reference, iam_04_0002).
type policy struct {
	Version   string            `json:"Version"`
	Statement []policyStatement `json:"Statement"`
}

type policyStatement struct {
	Effect   string   `json:"Effect"`
	Action   []string `json:"Action"`
	Resource []string `json:"Resource"`
}

// storePolicy allows what an archive needs. Without the right to list the bucket, OBS answers
// 403 for an object that is not there. Where a policy would read the prefix as a pattern or a
// variable, the prefix ends.
func storePolicy(bucket, prefix string) policy {
	if i := strings.IndexAny(prefix, "*?$"); i >= 0 {
		prefix = prefix[:i]
	}
	return policy{Version: "1.1", Statement: []policyStatement{
		{
			Effect: "Allow",
			Action: []string{
				"obs:object:GetObject", "obs:object:GetObjectVersion", "obs:object:PutObject",
				"obs:object:DeleteObject", "obs:object:DeleteObjectVersion", "obs:object:AbortMultipartUpload",
			},
			Resource: []string{fmt.Sprintf("obs:*:*:object:%s/%s*", bucket, prefix)},
		},
		{Effect: "Allow", Action: []string{"obs:bucket:ListBucket"}, Resource: []string{"obs:*:*:bucket:" + bucket}},
	}}
}

// exchange gets a temporary pair for the current token, and for the next one if that is refused.
func (c *Client) exchange(ctx context.Context, narrow policy) (grant, error) {
	token, err := c.token(ctx, "")
	if err != nil {
		return grant{}, err
	}
	g, err := c.pairFor(ctx, token, narrow)
	if !tokenRefused(err) || !c.cred.renewable() {
		return g, err
	}
	next, renewal := c.token(ctx, token)
	switch {
	case renewal != nil:
		return grant{}, renewal
	case next == token:
		return grant{}, err
	}
	return c.pairFor(ctx, next, narrow)
}

func (c *Client) token(ctx context.Context, refused string) (string, error) {
	switch cred := c.cred.(type) {
	case readyToken:
		return string(cred), nil
	case *login:
		g, err := cred.get(ctx, refused)
		return g.token, err
	}
	return "", fmt.Errorf("%T has no token", c.cred)
}

func (c *Client) pairFor(ctx context.Context, token string, narrow policy) (grant, error) {
	var body pairRequest
	body.Auth.Identity = pairIdentity{
		Methods: []string{"token"},
		Policy:  &narrow,
		Token:   &tokenRequest{ID: token, Seconds: seconds(0, DefaultDuration)},
	}
	return c.iam.pair(ctx, body, nil)
}
