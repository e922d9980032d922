package provider

import (
	"context"
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

var _ provider.ProviderWithActions = (*assetProvider)(nil)

// Actions are there for every Terraform; those below 1.14 do not ask for them.
func (p *assetProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		func() action.Action { return &exportAction{kinds: p.kinds} },
		func() action.Action { return &importAction{kinds: p.kinds} },
	}
}

// betweenLines is how much time passes between two lines of progress, so that a job that
// moves on quickly does not flood the log of a pipeline.
const betweenLines = 5 * time.Second

// progress prints what becomes of the job of an action. The lines of its start and of its end are
// printed whatever the time.
type progress struct {
	verb message.Verb
	send func(action.InvokeProgressEvent)
	// ctx is that of the action: nobody listens when it has ended.
	ctx func() error

	printed time.Time
	last    asset.Job
	// waits: another job is waited for, and that was said.
	waits bool
}

func newProgress(ctx context.Context, v message.Verb, resp *action.InvokeResponse) *progress {
	return &progress{verb: v, send: resp.SendProgress, ctx: ctx.Err}
}

func (p *progress) say(line string) {
	if p.ctx() == nil {
		p.send(action.InvokeProgressEvent{Message: line})
	}
}

// started is told of a job that was started.
func (p *progress) started(job asset.Job) {
	p.say(lineStarted(p.verb, job))
	p.printed, p.last, p.waits = time.Now(), job, false
}

// look is told of each look at the job, and of waiting for another one.
func (p *progress) look(job asset.Job) {
	switch {
	case job.Status == "" && p.waits:
	case job.Status == "":
		p.waits = true
		p.say(lineWaits(p.verb))
	case job.Status != asset.Running, job.Status == p.last.Status && percent(job) == percent(p.last):
		// Its end is told with what came of it.
	case time.Since(p.printed) >= betweenLines:
		p.say(lineProgress(p.verb, job))
		p.printed, p.last = time.Now(), job
	}
}

func percent(job asset.Job) int { return int(math.Round(100 * job.Progress)) }
