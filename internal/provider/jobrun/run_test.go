package jobrun

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// The timeout covers the repetitions of a run, and neither the time in the
// provider's own queue before it nor that before a repetition.
func TestTimeoutCoversRepetitions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const (
			timeout = time.Minute
			lasts   = 25 * time.Second
			queued  = 5 * time.Minute
		)
		var diags diag.Diagnostics
		r := &Run{Verb: message.Export, Timeout: timeout, Queue: new(asset.Queue), Warn: func(d diag.Diagnostic) { diags.Append(d) }}
		var ends time.Time
		starts := 0
		r.Start = func(context.Context) (asset.Job, asset.Stored, error) {
			starts++
			ends = time.Now().Add(lasts)
			return asset.Job{ID: "job", Status: asset.Running}, asset.Stored{}, nil
		}
		r.Look = func(context.Context, string) (asset.Job, error) {
			if time.Now().Before(ends) {
				return asset.Job{Status: asset.Running}, nil
			}
			return asset.Job{Status: asset.Succeeded}, nil
		}
		hold := func() {
			leave := r.Queue.Join()
			time.AfterFunc(queued, leave)
		}
		r.Deliver = func(context.Context, asset.Job) (asset.Stored, error) {
			hold()
			return asset.Stored{}, asset.ErrBroken
		}
		hold()
		begin := time.Now()
		out := r.Do(t.Context())
		limit, isTimeout := errors.AsType[*TimeoutError](out.Err)
		if !isTimeout || limit.Limit != timeout || starts != 3 {
			t.Fatalf("%v after %d starts", out.Err, starts)
		}
		if took := time.Since(begin); took != 3*queued+timeout {
			t.Errorf("the run took %s, want %s in the queue and %s of its own", took, 3*queued, timeout)
		}
		if out.Left != AJob || len(diags) != 2 {
			t.Errorf("left %d, warnings %v", out.Left, diags)
		}
	})
}

// The server takes the next job while the archive of the last one is fetched.
func TestTurnEndsBeforeTheDownload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var diags diag.Diagnostics
		r := &Run{Verb: message.Export, Timeout: time.Minute, Queue: new(asset.Queue), Warn: func(d diag.Diagnostic) { diags.Append(d) }}
		r.Start = func(context.Context) (asset.Job, asset.Stored, error) {
			return asset.Job{ID: "job", Status: asset.Running}, asset.Stored{}, nil
		}
		r.Look = func(context.Context, string) (asset.Job, error) { return asset.Job{Status: asset.Succeeded}, nil }
		r.Deliver = func(ctx context.Context, _ asset.Job) (asset.Stored, error) {
			// It waits for its turn until the timeout.
			next, err := r.Queue.Enter(ctx)
			if err == nil {
				next()
			}
			return asset.Stored{Path: "a.zip"}, err
		}
		if out := r.Do(t.Context()); out.Err != nil || len(diags) > 0 || out.Stored.Path != "a.zip" || out.Left != Nothing {
			t.Errorf("%+v, %v", out, diags)
		}
	})
}
