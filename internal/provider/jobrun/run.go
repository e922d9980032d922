package jobrun

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// mostRepeats is how often an export runs again because the one download
// of its archive broke.
const mostRepeats = 2

// TimeoutError is the cause of a context that ended by a timeout.
type TimeoutError struct{ Limit time.Duration }

func (e *TimeoutError) Error() string { return fmt.Sprintf("the timeout of %s has passed", e.Limit) }

// Within is a context that ends, with a *TimeoutError as its cause, after limit.
func Within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, &TimeoutError{limit})
}

// Run is one run of a resource's job: queue, start, remember, wait, deliver.
type Run struct {
	Verb message.Verb
	// Platform and Instance are where, for messages and the log.
	Platform, Instance string
	// Timeout is that of the job with its download or upload. The clock starts at the head of the queue.
	Timeout time.Duration
	// Start sends the starting request, and tells which archive it sent, if any. Look asks for a job
	// once.
	Start func(context.Context) (asset.Job, asset.Stored, error)
	Look  asset.Look
	// Queue has the turns of the platform's jobs; nil where none waits.
	Queue *asset.Queue
	// Deliver fetches what a succeeded job made; nil where there is nothing.
	Deliver func(context.Context, asset.Job) (asset.Stored, error)
	// Remember puts a job, and the archive that was sent, into the state before the wait; nil for an
	// update, whose prior state stands until the end.
	Remember func(asset.Job, asset.Stored)
	// Warn takes what happens on the way.
	Warn func(diag.Diagnostic)
	// Listen is told of each look at the job, and, with a job that has no status, of waiting for
	// another one; nil where nobody listens.
	Listen func(asset.Job)
	// Detached: nobody waits for the end of a job that was started.
	Detached bool

	// adopted is the job of an earlier run, empty to start one, and sent the archive that it was sent.
	adopted string
	sent    asset.Stored
	// recorded: it is that of the prior state, which stands whatever happens.
	recorded bool
}

// Adopt continues a job that an earlier run started, with the archive that it sent. It is remembered at
// once, before anything else can fail.
func (r *Run) Adopt(job string, sent asset.Stored) {
	r.adopted, r.sent = job, sent
	if r.Remember != nil {
		r.Remember(r.adoptedJob(), sent)
	}
}

// AdoptRecorded is Adopt for the job of a prior state that is finished, and whose archive may still be on
// the server.
func (r *Run) AdoptRecorded(job string) {
	r.recorded = true
	r.Adopt(job, asset.Stored{})
}

// Adopts says whether an earlier run's job is continued.
func (r *Run) Adopts() bool { return r.adopted != "" }

func (r *Run) adoptedJob() asset.Job { return asset.Job{ID: r.adopted, Status: asset.Running} }

// Do brings the job to its end. It starts one unless one was
// adopted. It starts another only when the adopted one failed, is not known
// to the server any more or has lost its archive, or when the archive's one
// download broke.
func (r *Run) Do(ctx context.Context) Outcome {
	now := r.begun()
	adopts := r.Adopts()
	var spent time.Duration
	for repeats := 0; ; {
		now = r.attempt(ctx, now, adopts, &spent)
		switch {
		case now.Err == nil:
			now.Left = Nothing
			return now
		case adopts && now.lost():
			r.Warn(startsAgain(r.Verb, now.Job, now.Err))
		case errors.Is(now.Err, asset.ErrBroken) && repeats < mostRepeats && ctx.Err() == nil:
			repeats++
			r.Warn(downloadBroke(now.Job, now.Err, repeats, mostRepeats))
		default:
			if now.lost() || errors.Is(now.Err, asset.ErrBroken) {
				now.over()
			}
			return now
		}
		adopts = false
		now.over()
	}
}

// Refused is the outcome of a run that could not begin.
func (r *Run) Refused(err error) Outcome {
	now := r.begun()
	now.Err = err
	return now
}

// Delivered is the outcome of a run for which there was nothing left to ask for.
func (r *Run) Delivered(job asset.Job, stored asset.Stored, err error) Outcome {
	now := r.begun()
	now.Job, now.Stored, now.Err = job, stored, err
	if err == nil {
		now.Left = Nothing
	}
	return now
}

// begun is what is known before anything was sent.
func (r *Run) begun() Outcome {
	if !r.Adopts() {
		return Outcome{Run: r}
	}
	return Outcome{Run: r, Job: r.adoptedJob(), Sent: r.sent, Left: AJob}
}

// attempt is one job from the queue to its archive. spent is how much of the timeout earlier ones have
// taken: it stands still while a repetition queues again.
func (r *Run) attempt(ctx context.Context, now Outcome, adopts bool, spent *time.Duration) Outcome {
	now.Phase = Starting
	leave, err := r.enter(ctx, adopts)
	if err != nil {
		now.Err = &InterruptedError{Cause: err}
		return now
	}
	defer leave()
	begin := time.Now()
	defer func() { *spent += time.Since(begin) }()
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout-*spent, &TimeoutError{r.Timeout})
	defer cancel()

	if adopts {
		now.Phase = Waiting
		now.Job, now.Err = asset.Resume(ctx, now.Job.ID, r.Look, r.observe(ctx))
	} else if now = r.launch(ctx, now); now.Err == nil && (!r.Detached || now.Job.Status != asset.Running) {
		now.Phase = Waiting
		now.Job, now.Err = asset.Wait(ctx, now.Job, r.Look, r.observe(ctx))
	}
	if now.Err != nil {
		return now
	}
	leave()
	if r.Deliver == nil {
		return now
	}
	now.Phase = Fetching
	now.Stored, now.Err = r.Deliver(ctx, now.Job)
	return now
}

func (r *Run) enter(ctx context.Context, adopts bool) (func(), error) {
	switch {
	case r.Queue == nil:
		return func() {}, nil
	case adopts:
		return r.Queue.Join(), nil
	}
	return r.Queue.Enter(ctx)
}

// launch starts the job, waiting while the server says that another one runs.
func (r *Run) launch(ctx context.Context, now Outcome) Outcome {
	job, err := asset.StartWhenFree(ctx, func() (job asset.Job, err error) {
		job, now.Sent, err = r.send(ctx, now.Sent)
		return job, err
	}, func(_ error, gap time.Duration) {
		tflog.Info(ctx, "another asset job is running, waiting", map[string]any{"seconds": gap.Seconds()})
		r.tell(asset.Job{})
	})
	if now.Err = err; err != nil {
		if errors.Is(err, asset.ErrOutcomeUnknown) {
			now.Left = Maybe
		}
		return now
	}
	tflog.Info(ctx, r.Verb.Noun+" job started", map[string]any{"job_id": job.ID, "instance": r.Instance})
	now.Job = job
	if job.ID == "" && job.Status != asset.Failed {
		// A synchronous platform has no job to continue: what was asked for is
		// done, or only read from the server.
		return now
	}
	now.over()
	if job.ID != "" {
		now.Left = AJob
		if r.Remember != nil {
			r.Remember(job, now.Sent)
		}
	}
	return now
}

// send sends the starting request. The client gives its answer, which holds
// the job id, a moment more when ctx ends meanwhile.
func (r *Run) send(ctx context.Context, before asset.Stored) (asset.Job, asset.Stored, error) {
	job, sent, err := r.Start(ctx)
	if sent.Size == 0 {
		// Nothing was sent now.
		sent = before
	}
	told := errors.Is(err, asset.ErrOutcomeUnknown) || errors.Is(err, asset.ErrBusy)
	if err != nil && ctx.Err() != nil && !told {
		return job, sent, &InterruptedError{Cause: context.Cause(ctx), Last: err}
	}
	return job, sent, err
}

// observe logs each change of a job.
func (r *Run) observe(ctx context.Context) func(asset.Job) {
	var last asset.Job
	return func(job asset.Job) {
		if job.Status != last.Status || job.Progress != last.Progress {
			tflog.Debug(ctx, "asset job", map[string]any{
				"job_id": job.ID, "status": string(job.Status), "progress": job.Progress,
			})
		}
		last = job
		r.tell(job)
	}
}

// tell tells whoever listens of the job.
func (r *Run) tell(job asset.Job) {
	if r.Listen != nil {
		r.Listen(job)
	}
}

// InterruptedError is a run that ended before its job was started.
type InterruptedError struct {
	Cause error
	// Last is what the server, or the network, answered last; nil where
	// nothing was sent.
	Last error
}

func (e *InterruptedError) Error() string {
	return "interrupted before the job was started: " + e.Cause.Error()
}

func (e *InterruptedError) Unwrap() error { return e.Cause }
