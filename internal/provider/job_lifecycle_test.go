package provider

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
		s := unconfigured(t)
		var diags diag.Diagnostics
		w := s.work(message.Export, jobModel{}, timeout, nil, &diags)
		w.queue = new(asset.Queue)
		var ends time.Time
		starts := 0
		w.start = func(context.Context) (asset.Job, error) {
			starts++
			ends = time.Now().Add(lasts)
			return asset.Job{ID: "job", Status: asset.Running}, nil
		}
		w.look = func(context.Context, string) (asset.Job, error) {
			if time.Now().Before(ends) {
				return asset.Job{Status: asset.Running}, nil
			}
			return asset.Job{Status: asset.Succeeded}, nil
		}
		hold := func() {
			leave := w.queue.Join()
			time.AfterFunc(queued, leave)
		}
		w.deliver = func(context.Context, asset.Job) error {
			hold()
			return asset.ErrBroken
		}
		hold()
		begin := time.Now()
		_, err := w.run(t.Context())
		limit, isTimeout := errors.AsType[*timeoutError](err)
		if !isTimeout || limit.limit != timeout || starts != 3 {
			t.Fatalf("%v after %d starts", err, starts)
		}
		if took := time.Since(begin); took != 3*queued+timeout {
			t.Errorf("the run took %s, want %s in the queue and %s of its own", took, 3*queued, timeout)
		}
		if !w.open || len(diags) != 2 {
			t.Errorf("open %t, warnings %v", w.open, diags)
		}
	})
}
