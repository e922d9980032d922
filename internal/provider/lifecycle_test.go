package provider

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// The server takes the next job while the archive of the last one is fetched.
func TestTurnEndsBeforeTheDownload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var diags diag.Diagnostics
		s := unconfigured(t)
		w := s.work(message.Export, finishedExport().jobModel, time.Minute, nil, &diags)
		w.queue = new(asset.Queue)
		w.start = func(context.Context) (asset.Job, error) { return asset.Job{ID: "job", Status: asset.Running}, nil }
		w.look = func(context.Context, string) (asset.Job, error) { return asset.Job{Status: asset.Succeeded}, nil }
		w.deliver = func(ctx context.Context, _ asset.Job) error {
			// It waits for its turn until the timeout.
			next, err := w.queue.Enter(ctx)
			if err == nil {
				next()
			}
			return err
		}
		if _, err := w.run(t.Context()); err != nil || len(diags) > 0 {
			t.Errorf("%v, %v", err, diags)
		}
	})
}

// The default that is documented is the one that holds.
func TestDefaultTimeoutIsDocumented(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(timeoutMeaning, "Default `")
	text, _, _ = strings.Cut(text, "`")
	if d, err := time.ParseDuration(text); err != nil || d != defaultTimeout {
		t.Errorf("documented as %q, %v; it is %s", text, err, defaultTimeout)
	}
}
