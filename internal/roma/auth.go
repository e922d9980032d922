package roma

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// credentials complete a request. There are three kinds: readyToken, *keyPair
// and *login.
type credentials interface {
	// authorize completes a request whose body is described by payload.
	// refused is the token that the server refused a moment ago, or "". It
	// returns the token used, or "" if there is none.
	authorize(r *http.Request, payload, refused string) (token string, err error)
	// renewable says whether a refused token can be followed by another.
	renewable() bool
}

const headerToken = "X-Auth-Token"

// readyToken is an IAM token that somebody else fetched.
type readyToken string

func (t readyToken) authorize(r *http.Request, _, _ string) (string, error) {
	r.Header.Set(headerToken, string(t))
	return string(t), nil
}

func (readyToken) renewable() bool { return false }

// keyPair signs. A refused signature is never sent again: more than five
// failures in a row lock the key for five minutes (FAQ "AK/SK
// authentication", ocr_01_0063).
type keyPair struct {
	accessKey, secretKey, securityToken string

	mu sync.Mutex
	// denied is the gateway's refusal of the pair. It stays, so that the
	// other requests of a run do not lock the key.
	denied error
}

func (k *keyPair) authorize(r *http.Request, payload, _ string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.denied != nil {
		return "", k.denied
	}
	if k.securityToken != "" {
		r.Header.Set("X-Security-Token", k.securityToken)
	}
	sign(r, k.accessKey, k.secretKey, payload, time.Now())
	return "", nil
}

func (*keyPair) renewable() bool { return false }

// deny remembers a refusal by the gateway (0301).
func (k *keyPair) deny(err error) {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || codeOf(answer) != (code{familyGateway, codeUnauthorized}) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.denied == nil {
		k.denied = err
	}
}

// authorize sends a call with credentials. A refused token is renewed and the
// call sent once more. The error is a *beforeError if no token could be had,
// and refusedError's for a refusal.
func authorize(cred credentials, call *httpapi.Call, payload string, send func(*httpapi.Call) error) error {
	var refused, used string
	call.Sign = func(r *http.Request) error {
		token, err := cred.authorize(r, payload, refused)
		if err != nil {
			return &beforeError{err}
		}
		used = token
		return nil
	}
	err := send(call)
	if tokenRefused(err) && cred.renewable() {
		refused = used
		err = send(call)
	}
	err = refusedError(err)
	if pair, ok := cred.(*keyPair); ok && errors.Is(err, asset.ErrDenied) && !before(err) {
		pair.deny(err)
	}
	return err
}

// tokenRefused says whether the answer is a refusal of who asks: any 401, or
// the codes for a missing and a wrong token, which the error code page lists
// with status 400.
func tokenRefused(err error) bool {
	if before(err) {
		return false
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return false
	}
	code := codeOf(answer)
	return answer.Status == http.StatusUnauthorized || code.is(codeNoToken, codeWrongToken)
}

// turn is a lock that can be waited for with a context.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) give() { <-t }
