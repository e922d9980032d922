package roma

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// pair is an access key with its secret. A temporary one has a security token.
type pair struct {
	accessKey, secretKey, securityToken string
}

func (p pair) sign(r *http.Request, payload string) {
	if p.securityToken != "" {
		r.Header.Set("X-Security-Token", p.securityToken)
	}
	sign(r, p.accessKey, p.secretKey, payload, time.Now())
}

// keyPair signs with a pair that somebody gave. A refused signature is never
// sent again: more than five failures in a row lock the key for five minutes
// (FAQ "AK/SK authentication", ocr_01_0063). So the first call goes alone, and
// the others of a run wait for what becomes of it.
type keyPair struct {
	pair

	turn turn
	// tried: the first call has ended; guarded by turn.
	tried bool

	mu sync.Mutex
	// denied is the gateway's refusal of the pair. It stays, so that the
	// other requests of a run do not lock the key.
	denied error
}

func newKeyPair(p pair) *keyPair { return &keyPair{pair: p, turn: make(chan struct{}, 1)} }

// try waits until a first call has ended, and returns what the caller does at
// the end of its own.
func (k *keyPair) try(ctx context.Context) (ended func(), err error) {
	if err := k.turn.take(ctx); err != nil {
		return nil, err
	}
	if k.tried {
		k.turn.give()
		return func() {}, nil
	}
	return func() {
		k.tried = true
		k.turn.give()
	}, nil
}

func (k *keyPair) authorize(r *http.Request, payload, _ string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.denied != nil {
		return "", k.denied
	}
	k.sign(r, payload)
	return k.accessKey, nil
}

func (*keyPair) renewable() bool { return false }

func (k *keyPair) deny(refusal error) {
	if !signatureRefused(refusal) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.denied == nil {
		k.denied = refusal
	}
}

// signatureRefused says whether the refusal may be counted as a failure of the
// key: that of the gateway (0301), and a 401 of IAM.
func signatureRefused(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return false
	}
	c := codeOf(answer)
	return c == code{familyGateway, codeUnauthorized} || c.family == familyIAM && answer.Status == http.StatusUnauthorized
}
