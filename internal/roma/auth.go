package roma

import (
	"context"
	"errors"
	"net/http"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// credentials complete a request. There are four kinds: readyToken, *keyPair,
// *login and *temporary.
type credentials interface {
	// authorize completes a request whose body is described by payload.
	// refused names what the server refused a moment ago, or is "". It
	// returns the name of what was used: a token, an access key.
	authorize(r *http.Request, payload, refused string) (used string, err error)
	// renewable says whether something refused can be followed by another.
	renewable() bool
	// deny remembers a refusal that nothing follows.
	deny(refusal error)
}

// signs says whether credentials sign requests, so that SignedBodyLimit holds.
func signs(cred credentials) bool {
	switch cred.(type) {
	case *keyPair, *temporary:
		return true
	default:
		return false
	}
}

const headerToken = "X-Auth-Token"

// readyToken is an IAM token that somebody else fetched.
type readyToken string

func (t readyToken) authorize(r *http.Request, _, _ string) (string, error) {
	r.Header.Set(headerToken, string(t))
	return string(t), nil
}

func (readyToken) renewable() bool { return false }

func (readyToken) deny(error) {}

// errSame: what was refused has no successor yet.
var errSame = errors.New("nothing newer than what was refused")

// authorize sends a call with credentials. What is refused is renewed, where
// that can be done, and the call sent once more: a refused request was not
// performed. The error is a *beforeError if no credentials could be had, and
// refusedError's for a refusal.
func authorize(ctx context.Context, cred credentials, call *httpapi.Call, payload string, send func(*httpapi.Call) error) error {
	if k, ok := cred.(*keyPair); ok {
		tried, err := k.try(ctx)
		if err != nil {
			return &beforeError{err}
		}
		defer tried()
	}
	var refused, used string
	call.Sign = func(r *http.Request) (err error) {
		used, err = cred.authorize(r, payload, refused)
		switch {
		case err != nil:
			return &beforeError{err}
		case refused != "" && used == refused:
			return errSame
		}
		return nil
	}
	err := refusedError(send(call), signs(cred))
	if cred.renewable() && renewalHelps(err) {
		refused = used
		if again := send(call); !errors.Is(again, errSame) {
			err = refusedError(again, signs(cred))
		}
	}
	if errors.Is(err, asset.ErrDenied) && !before(err) {
		cred.deny(err)
	}
	return err
}

// renewalHelps says whether an error is a refusal of credentials that newer
// ones may end. Not a matter of credentials are the clock of this machine and
// the length of the body, which the gateway refuses with the same status.
func renewalHelps(err error) bool {
	_, skewed := errors.AsType[*ClockSkewError](err)
	return errors.Is(err, asset.ErrDenied) && !before(err) && !skewed
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
