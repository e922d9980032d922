package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

func (r *exportResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
	// What the export before left there is this one's, however this run ends.
	before := r.session.paths.inherit(plan.Path.ValueString(), plan.asks(r.kinds))
	if !before.isEmpty() && !isObject(plan.Path.ValueString()) {
		// Whatever becomes of this run, the state knows from here on.
		defer asset.RemoveNote(plan.Path.ValueString())
	}
	// Values that are still unknown would add errors that hide the real one.
	remember := func(job asset.Job) {
		r.session.started(plan.request(r.kinds), "", job.ID)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(job, before.Own))...)
	}
	w := r.session.work(message.Export, plan.jobModel, timeout, remember, &resp.Diagnostics)
	left := r.session.take(plan.request(r.kinds), "")
	if left == nil && before.Job.matches(plan.request(r.kinds), "") {
		left = before.Job
	}
	if left != nil {
		w.adopt(left.Job)
		if left.SHA256 != "" {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.keptBack(left.job(), left.archive()))...)
		}
	} else if kept := before.Job.found(); kept != "" {
		resp.Diagnostics.Append(keptFileStays(kept))
	}
	var state exportModel
	// Not before: a job that was handed over must be in the state.
	if !resp.Diagnostics.HasError() {
		var err error
		if state, err = r.export(ctx, plan, left, []string{before.Own.SHA256}, w); err == nil {
			resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
			return
		}
		resp.Diagnostics.Append(w.failure(err))
		if kept, ok := errors.AsType[*asset.KeptError](err); ok && w.open {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.keptBack(w.job, kept.Stored))...)
		}
	}
	switch {
	case w.open:
	case before.Own.SHA256 != "":
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.failed(before.Own))...)
	default:
		resp.State.RemoveResource(ctx)
	}
}

func (r *exportResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	left := leftBehind(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
	facts := exportFacts{kinds: r.kinds, prior: &prior, unfinished: left != nil, fileGone: prior.fileGone() && !prior.archiveAt(plan.Path.ValueString()), settled: true}
	what := decideExport(facts, plan)
	if what == rest {
		resp.Diagnostics.Append(r.deliver(ctx, prior, plan, &resp.State)...)
		return
	}
	if left == nil && prior.running() {
		left = prior.left(r.kinds)
	}
	w := r.session.work(message.Export, plan.jobModel, timeout, nil, &resp.Diagnostics)
	own := []string{archiveOf(prior.Archive).SHA256}
	if left != nil {
		own = append(own, left.SHA256)
	}
	if left.matches(plan.request(r.kinds), "") {
		w.adopt(left.Job)
	} else {
		if kept := left.found(); kept != "" {
			resp.Diagnostics.Append(keptFileStays(kept))
		}
		left = nil
		if what == undecided && prior.left(r.kinds).matches(plan.request(r.kinds), "") {
			// Only the path is new: the archive may still be on the server.
			w.adopt(prior.JobID.ValueString())
			w.started = false
		}
	}
	state, err := r.export(ctx, plan, left, own, w)
	if err != nil {
		// Without a Set the prior state stands.
		resp.Diagnostics.Append(w.failure(err))
		var archive asset.Stored
		kept, isKept := errors.AsType[*asset.KeptError](err)
		if isKept {
			archive = kept.Stored
		}
		if left != nil && left.SHA256 != "" && !isKept && w.job.ID == left.Job {
			// Nobody touched what an earlier run kept: its entry stays as it is.
			return
		}
		resp.Diagnostics.Append(w.keep(ctx, *plan.leftExport(r.kinds, w.job, archive), resp.Private)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)
}

// export puts the archive in place that an earlier run kept, or runs the job, or
// continues the adopted one, and returns the finished state. left is what that
// earlier run left of the same request, own the SHA-256 of what may be replaced
// at the path.
func (r *exportResource) export(ctx context.Context, plan exportModel, left *unfinished, own []string, w *work) (exportModel, error) {
	var to place
	if file := plan.Path.ValueString(); !plan.Path.IsNull() {
		end, free := r.session.paths.begin(file)
		if !free {
			return plan, &pathError{path: file, err: errPathTwice}
		}
		defer end()
		var err error
		if to, err = r.session.placeAt(file, own); err != nil {
			return plan, &pathError{path: file, err: err}
		}
		if done, state, err := r.restore(ctx, plan, left, to, w); done {
			return state, err
		}
	}
	if plan.Path.IsNull() && left != nil && left.SHA256 != "" {
		// Nobody wants the archive any more. The job is known to have ended.
		w.job = left.job()
		if kept := left.found(); kept != "" {
			w.diags.Append(keptFileStays(kept))
		}
		return plan.finished(w.job, asset.Stored{}), nil
	}
	var stored asset.Stored
	if err := r.prepare(ctx, plan, to, w, &stored); err != nil {
		return plan, err
	}
	job, err := w.run(ctx)
	done := plan.finished(job, stored)
	if err == nil && !plan.Path.IsNull() {
		r.session.paths.wrote(plan.Path.ValueString(), done.identity())
	}
	return done, err
}

// restore puts an archive in place that an earlier run brought whole and could
// not put there. The platform is asked nothing. It is not done where there is none any more.
func (r *exportResource) restore(ctx context.Context, plan exportModel, left *unfinished, to place, w *work) (done bool, state exportModel, err error) {
	if left == nil || left.SHA256 == "" {
		return false, plan, nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, w.timeout, &timeoutError{w.timeout})
	defer cancel()
	stored, err := to.restore(ctx, left)
	if errors.Is(err, fs.ErrNotExist) {
		// A KeptError may be about a directory that is not there.
		if _, kept := errors.AsType[*asset.KeptError](err); !kept {
			return false, plan, nil
		}
	}
	w.job = left.job()
	if err != nil {
		return true, plan, &pathError{path: plan.Path.ValueString(), err: err}
	}
	state = plan.finished(w.job, stored)
	r.session.paths.wrote(plan.Path.ValueString(), state.identity())
	return true, state, nil
}

// prepare binds the work to its platform and, before anything is sent to it, proves
// that the archive can be written. to is nil where there is no path.
func (r *exportResource) prepare(ctx context.Context, plan exportModel, to place, w *work, stored *asset.Stored) error {
	client, err := r.session.platforms.Connect(plan.Platform.ValueString())
	if err != nil {
		return err
	}
	exporter := client.Exporter(plan.Instance.ValueString(), plan.options().Of(plan.Platform.ValueString()))
	w.start, w.look, w.queue = exporter.Start, exporter.Job, client.Queue(message.Export)
	if to == nil {
		return nil
	}
	file := plan.Path.ValueString()
	limited, cancel := context.WithTimeoutCause(ctx, w.timeout, &timeoutError{w.timeout})
	defer cancel()
	if err := to.prepare(limited); err != nil {
		return &pathError{path: file, err: err}
	}
	w.deliver = func(ctx context.Context, job asset.Job) error {
		// Things may have changed while the job ran. The archive can be asked
		// for once: not before there is a place for it.
		if err := to.ready(); err != nil {
			return &pathError{path: file, err: err}
		}
		stream, err := exporter.Download(ctx, job)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			// Asked for, and lost before its first byte.
			return &pathError{path: file, err: fmt.Errorf("%w: %w", asset.ErrBroken, err), asked: true}
		}
		if err != nil {
			return err
		}
		saved, err := to.save(ctx, job, stream, client.Accept)
		if err = errors.Join(err, stream.Close()); err != nil {
			return &pathError{path: file, err: err, asked: true}
		}
		*stored = saved
		return nil
	}
	return nil
}
