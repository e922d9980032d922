package provider

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// TestProgress: a line for each change, at most one in five seconds, none for what is the same, and none
// when nobody listens any more.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		ctx, cancel := context.WithCancel(t.Context())
		p := newProgress(ctx, message.Import, &action.InvokeResponse{SendProgress: func(e action.InvokeProgressEvent) { lines = append(lines, e.Message) }})
		at := func(progress float64) asset.Job { return asset.Job{ID: "7", Status: asset.Running, Progress: progress} }
		p.look(asset.Job{})
		p.look(asset.Job{})
		p.started(at(0))
		for _, step := range []struct {
			after time.Duration
			job   asset.Job
		}{
			{time.Second, at(0.1)},
			{3900 * time.Millisecond, at(0.2)},
			{100 * time.Millisecond, at(0.3)},
			{4900 * time.Millisecond, at(0.5)},
			{time.Minute, at(0.301)},
			{time.Second, at(0.6)},
			{10 * time.Second, at(0.601)},
			{time.Minute, asset.Job{ID: "7", Status: asset.Succeeded, Progress: 1}},
		} {
			time.Sleep(step.after)
			p.look(step.job)
		}
		cancel()
		p.say("nobody hears this")
		want := []string{
			"Another asset job of the same user is running. The import waits for it.", "Import job 7 has started.",
			"Import job 7: RUNNING, 30 %.", "Import job 7: RUNNING, 60 %.",
		}
		if !slices.Equal(lines, want) {
			t.Errorf("lines %q, want %q", lines, want)
		}
	})
}
