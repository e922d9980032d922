package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

const (
	// defaultTimeout is the default of each of the timeouts.
	defaultTimeout = 30 * time.Minute
	// mostRepeats is how often an export runs again because the one download
	// of its archive broke.
	mostRepeats = 2
)

// timeoutError is the cause of a context that ended by a timeout.
type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("the timeout of %s has passed", e.limit) }

// work is one run of a resource's job: queue, start, remember, wait, deliver.
type work struct {
	verb    message.Verb
	model   jobModel
	session *session
	// platform is the one that the job runs on; nil for one that this version does not know.
	platform platform.Platform
	timeout  time.Duration
	start    func(context.Context) (asset.Job, error)
	look     asset.Look
	// queue has the turns of the platform's jobs; nil where none waits.
	queue *asset.Queue
	// deliver fetches what a succeeded job made; nil where there is nothing.
	deliver func(context.Context, asset.Job) error
	// remember puts a job into the state before the wait; nil for an update,
	// whose prior state stands until the end.
	remember func(asset.Job)
	diags    *diag.Diagnostics

	// spent is how much of timeout earlier attempts have taken.
	spent time.Duration
	// job is what is known of the job last.
	job asset.Job
	// adopted: the job was started by an earlier run.
	adopted bool
	// open: the next apply can continue the job.
	open bool
	// started: a job was or may have been started, and did not succeed yet.
	started bool
	// fetching: the job has succeeded, and what it made is being fetched.
	fetching bool
}

// work prepares a run of a resource's job; its platform is bound later.
func (s *session) work(v message.Verb, model jobModel, timeout time.Duration, remember func(asset.Job), diags *diag.Diagnostics) *work {
	w := &work{verb: v, model: model, session: s, timeout: timeout, remember: remember, diags: diags}
	// One that is not known fails when it is connected.
	w.platform, _ = s.platforms.Find(model.Platform.ValueString())
	return w
}

// adopt continues a job that an earlier run started. It is remembered before
// anything else can fail.
func (w *work) adopt(id string) {
	w.adopted, w.open, w.started = true, true, true
	w.job = asset.Job{ID: id, Status: asset.Running}
	if w.remember != nil {
		w.remember(w.job)
	}
}

// run brings the job to its end and returns it. It starts one unless one was
// adopted. It starts another only when the adopted one failed, is not known
// to the server any more or has lost its archive, or when the archive's one
// download broke.
func (w *work) run(ctx context.Context) (asset.Job, error) {
	for repeats := 0; ; {
		adopted := w.adopted
		w.fetching = false
		err := w.attempt(ctx)
		w.adopted = false
		switch {
		case err == nil:
			return w.job, nil
		case adopted && w.lost(err):
			w.diags.Append(startsAgain(w.verb, w.job, err))
		case errors.Is(err, asset.ErrBroken) && repeats < mostRepeats && ctx.Err() == nil:
			repeats++
			w.diags.Append(downloadBroke(w.job, err, repeats, mostRepeats))
		default:
			if w.lost(err) || errors.Is(err, asset.ErrBroken) {
				w.open = false
			}
			if errors.Is(ctx.Err(), context.Canceled) {
				w.diags.Append(notContinued(w.session.orphans())...)
			}
			return w.job, err
		}
		w.open = false
	}
}

// lost says whether a job has ended without a result that could be fetched.
func (w *work) lost(err error) bool {
	_, failed := errors.AsType[*asset.FailedError](err)
	return failed || errors.Is(err, asset.ErrUnknownJob) || errors.Is(err, asset.ErrTaken)
}

func (w *work) attempt(ctx context.Context) error {
	leave, err := w.enter(ctx)
	if err != nil {
		return &interruptedError{cause: err}
	}
	defer leave()
	// The clock starts at the head of the provider's own queue, and stands
	// still while a repetition queues again.
	begin := time.Now()
	defer func() { w.spent += time.Since(begin) }()
	ctx, cancel := context.WithTimeoutCause(ctx, w.timeout-w.spent, &timeoutError{w.timeout})
	defer cancel()

	if w.adopted {
		w.job, err = asset.Resume(ctx, w.job.ID, w.look, w.observe(ctx))
	} else {
		err = w.launch(ctx)
		if err == nil {
			w.job, err = asset.Wait(ctx, w.job, w.look, w.observe(ctx))
		}
	}
	if err != nil {
		return err
	}
	leave()
	if w.deliver == nil {
		return nil
	}
	w.fetching = true
	return w.deliver(ctx, w.job)
}

func (w *work) enter(ctx context.Context) (func(), error) {
	switch {
	case w.queue == nil:
		return func() {}, nil
	case w.adopted:
		return w.queue.Join(), nil
	}
	return w.queue.Enter(ctx)
}

// launch starts the job, waiting while the server says that another one runs.
func (w *work) launch(ctx context.Context) error {
	job, err := asset.StartWhenFree(ctx, func() (asset.Job, error) { return w.send(ctx) }, func(_ error, gap time.Duration) {
		tflog.Info(ctx, "another asset job is running, waiting", map[string]any{"seconds": gap.Seconds()})
	})
	if err != nil {
		w.started = w.started || errors.Is(err, asset.ErrOutcomeUnknown)
		return err
	}
	tflog.Info(ctx, w.verb.Noun+" job started", map[string]any{"job_id": job.ID, "instance": w.model.Instance.ValueString()})
	w.job = job
	if job.ID == "" && job.Status != asset.Failed {
		// A synchronous platform has no job to continue: what was asked for is
		// done, or only read from the server.
		return nil
	}
	w.open, w.started = job.ID != "", true
	if w.open && w.remember != nil {
		w.remember(job)
	}
	return nil
}

// send sends the starting request. The client gives its answer, which holds
// the job id, a moment more when ctx ends meanwhile.
func (w *work) send(ctx context.Context) (asset.Job, error) {
	job, err := w.start(ctx)
	told := errors.Is(err, asset.ErrOutcomeUnknown) || errors.Is(err, asset.ErrBusy)
	if err != nil && ctx.Err() != nil && !told {
		return job, &interruptedError{cause: context.Cause(ctx), last: err}
	}
	return job, err
}

// observe logs each change of a job.
func (w *work) observe(ctx context.Context) func(asset.Job) {
	var last asset.Job
	return func(job asset.Job) {
		if job.Status != last.Status || job.Progress != last.Progress {
			tflog.Debug(ctx, "asset job", map[string]any{
				"job_id": job.ID, "status": string(job.Status), "progress": job.Progress,
			})
		}
		last = job
	}
}

// interruptedError is a run that ended before its job was started.
type interruptedError struct {
	cause error
	// last is what the server, or the network, answered last; nil where
	// nothing was sent.
	last error
}

func (e *interruptedError) Error() string {
	return "interrupted before the job was started: " + e.cause.Error()
}

func (e *interruptedError) Unwrap() error { return e.cause }

// pathError is a path to which an archive cannot be written.
type pathError struct {
	path string
	err  error
	// asked: the archive had been asked for already, so it is no longer on
	// the server. Only data sources, which cannot export again, look at it.
	asked bool
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }

// Reason is why, without the path, which messages name.
func (e *pathError) Reason() string { return e.err.Error() }

func (e *pathError) Unwrap() error { return e.err }

var errPathTwice = errors.New("another export of this configuration writes the same path")

// privateStore is the private state of a resource.
type privateStore interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// stateOf reads a state, or returns nil where there is none.
func stateOf[T any](ctx context.Context, state tfsdk.State, diags *diag.Diagnostics) *T {
	if state.Raw.IsNull() {
		return nil
	}
	model := new(T)
	diags.Append(state.Get(ctx, model)...)
	return model
}

// leftBehind reads what an earlier, interrupted update left in private state.
func leftBehind(ctx context.Context, private privateStore, diags *diag.Diagnostics) *unfinished {
	text, more := private.GetKey(ctx, privateKey)
	diags.Append(more...)
	return decodeUnfinished(text)
}

// keep leaves an entry for the next update when this one started something.
// The job id is in it only if the job can be continued.
func (w *work) keep(ctx context.Context, entry unfinished, private privateWriter) diag.Diagnostics {
	if !w.started {
		return nil
	}
	entry.Job = ""
	if w.open {
		entry.Job = w.job.ID
	}
	return private.SetKey(ctx, privateKey, entry.encode())
}
