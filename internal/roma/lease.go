package roma

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	// A grant is renewed this long before it ends, or a tenth of its life
	// before, whichever is less.
	renewBefore = 5 * time.Minute
	renewShare  = 10
	// renewPause is the time between attempts to renew a grant that still
	// holds.
	renewPause = 30 * time.Second
)

// grant is what somebody gives for a time: a token or a key pair.
type grant struct {
	token string
	pair  pair
	// projectID is the project of a token, or "".
	projectID string
	// life is how long the grant holds from now on; 0 if nobody said.
	life time.Duration
	// ends is set by whoever keeps the grant: when it ends by this machine's clock, zero if
	// the life is not known.
	ends time.Time
}

// name tells one grant from another.
func (g grant) name() string {
	if g.token != "" {
		return g.token
	}
	return g.pair.accessKey
}

// secrets are what must not be shown, with the access key, which may be one that lost its way.
func (g grant) secrets() []string {
	return []string{g.token, g.pair.accessKey, g.pair.secretKey, g.pair.securityToken}
}

// lease keeps the current grant and fetches the next one. Several requests
// that need one at the same time cause one fetch.
type lease struct {
	fetch    func(context.Context) (grant, error)
	redactor *httpapi.Redactor
	turn     turn

	// The fields below are guarded by turn.
	current grant
	// renewAt is by this machine's clock, which may differ from the server's;
	// zero if the life is not known.
	renewAt time.Time
	// denied is a refusal that stays.
	denied error
}

// newLease makes a lease. The redactor knows each grant as long as it is used, and a while longer.
func newLease(redactor *httpapi.Redactor, fetch func(context.Context) (grant, error)) *lease {
	return &lease{fetch: fetch, redactor: redactor, turn: make(chan struct{}, 1)}
}

// get returns the current grant, or fetches one if there is none, it ends
// soon, or it is the refused one. While a grant holds, a renewal that fails
// is no error: the next request tries again.
func (l *lease) get(ctx context.Context, refused string) (grant, error) {
	g, err := l.renewed(ctx, refused)
	if err == nil {
		l.redactor.Use(g.secrets()...)
	}
	return g, err
}

func (l *lease) renewed(ctx context.Context, refused string) (grant, error) {
	if err := l.turn.take(ctx); err != nil {
		return grant{}, err
	}
	defer l.turn.give()
	now := time.Now()
	has := l.current.name() != "" && l.current.name() != refused
	if has && (l.renewAt.IsZero() || now.Before(l.renewAt)) {
		return l.current, nil
	}
	holds := has && now.Before(l.current.ends)
	if l.denied != nil && !holds {
		return grant{}, l.denied
	}
	fetched, err := l.next(ctx)
	switch {
	case err == nil:
		l.keep(fetched, now)
	case holds && ctx.Err() == nil && time.Now().Before(l.current.ends):
		// The attempts may have taken so long that it has ended meanwhile, and the pause is not to
		// outlast it.
		l.renewAt = now.Add(renewPause)
		if l.current.ends.Before(l.renewAt) {
			l.renewAt = l.current.ends
		}
	default:
		return grant{}, err
	}
	return l.current, nil
}

func (l *lease) next(ctx context.Context) (grant, error) {
	if l.denied != nil {
		return grant{}, l.denied
	}
	return l.fetch(ctx)
}

func (l *lease) keep(fetched grant, now time.Time) {
	l.renewAt = time.Time{}
	if fetched.life > 0 {
		fetched.ends = now.Add(fetched.life)
		l.renewAt = fetched.ends.Add(-min(renewBefore, fetched.life/renewShare))
	}
	l.current = fetched
}

// deny makes a refusal the answer to everybody, unless somebody is fetching a
// grant just now: that one may do better.
func (l *lease) deny(refusal error) {
	select {
	case l.turn <- struct{}{}:
	default:
		return
	}
	defer l.turn.give()
	if l.denied == nil {
		l.denied = refusal
	}
	l.current = grant{}
}

// temporary signs with key pairs that end and are followed by others.
type temporary struct{ *lease }

func (t *temporary) authorize(r *http.Request, payload, refused string) (string, error) {
	g, err := t.get(r.Context(), refused)
	if err != nil {
		return "", err
	}
	g.pair.sign(r, payload)
	return g.name(), nil
}

func (*temporary) renewable() bool { return true }

// deny ends the use of a source whose renewed pair was refused too.
func (t *temporary) deny(refusal error) {
	if signatureRefused(refusal) {
		t.lease.deny(refusal)
	}
}

// SourceError is credentials that could not be had from where they come from.
type SourceError struct {
	// Source is "password", "assume_role", "assume_role_with_oidc", "metadata", or
	// "obs" where a token is exchanged for a key pair (StorePair).
	Source string
	// Cause wraps asset.ErrDenied if the source refused who asks. Else it is
	// what httpapi says of a bad answer, or an error of the file system.
	Cause error
}

func (e *SourceError) Error() string { return e.Source + ": " + e.Cause.Error() }

func (e *SourceError) Unwrap() error { return e.Cause }

// Renewal is the source and the cause, for messages about a job that runs meanwhile.
func (e *SourceError) Renewal() (source string, cause error) { return e.Source, e.Cause }

// from marks what fetch fails with.
func from(source string, fetch func(context.Context) (grant, error)) func(context.Context) (grant, error) {
	return func(ctx context.Context) (grant, error) {
		g, err := fetch(ctx)
		if err == nil {
			return g, nil
		}
		if _, ok := errors.AsType[*SourceError](err); ok {
			// A source that needs another one: the first one tells more.
			return grant{}, err
		}
		if tokenRefused(err) && !errors.Is(err, asset.ErrDenied) {
			err = &kindError{asset.ErrDenied, err}
		}
		return grant{}, &SourceError{source, err}
	}
}
