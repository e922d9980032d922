package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

func (r *exportResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
	// What the export before left there is this one's, however this run ends.
	before := r.data.paths.inherit(plan.Path.ValueString(), plan.asks(r.kinds))
	if !before.isEmpty() && !isObject(plan.Path.ValueString()) {
		// Whatever becomes of this run, the state knows from here on.
		defer asset.SuccessorNote.Remove(plan.Path.ValueString())
	}
	spec := plan.spec(r.kinds)
	run := r.data.run(message.Export, plan.jobModel, timeout, &resp.Diagnostics)
	note := r.data.noteOf(message.Export, plan.Path.ValueString(), spec)
	defer note.end()
	// Values that are still unknown would add errors that hide the real one.
	run.Remember = func(job asset.Job, _ asset.Stored) {
		r.data.jobs.Started(spec, "", job.ID)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(job, before.Own))...)
	}
	left := r.data.jobs.Take(spec, "")
	if left == nil && before.Job.Matches(spec, "") {
		left = before.Job
	}
	if note.isNewer(left) {
		if cut := note.continued(&resp.Diagnostics); cut != nil {
			left = cut
		}
	}
	if left != nil {
		note.takeOver(left, left.Path)
		run.Adopt(left.Job, asset.Stored{})
		if left.SHA256 != "" {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.keptBack(left.Ended(), left.Archive()))...)
		}
	} else if kept := keptAt(before.Job); kept != "" {
		resp.Diagnostics.Append(keptFileStays(kept))
	}
	out := run.Refused(nil)
	// Not before: a job that was handed over must be in the state.
	if !resp.Diagnostics.HasError() {
		if out = r.export(ctx, plan, left, []string{before.Own.SHA256}, note, run); out.Err == nil {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Stored))...)
			return
		}
		resp.Diagnostics.Append(r.data.explain(ctx, &out)...)
		if kept, ok := out.Kept(); ok && out.Left == jobrun.AJob {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.keptBack(out.Job, kept))...)
		}
	}
	switch {
	case out.Left == jobrun.AJob:
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
	left := pendingJob(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
	if adopts(prior.isAdopted(), left, prior.jobModel, plan.jobModel) {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.adopting(ctx, prior))...)
		return
	}
	facts := exportFacts{
		kinds: r.kinds, prior: &prior, pending: left != nil,
		fileGone: prior.fileGone() && !prior.archiveAt(plan.Path.ValueString()), settled: true,
	}
	what := decideExport(facts, plan)
	if what == rest {
		resp.Diagnostics.Append(r.deliver(ctx, prior, plan, &resp.State)...)
		return
	}
	if left == nil && prior.running() {
		left = prior.left(r.kinds)
	}
	own := []string{archiveOf(prior.Archive).SHA256}
	if left != nil {
		own = append(own, left.SHA256)
	}
	spec := plan.spec(r.kinds)
	note := r.data.noteOf(message.Export, plan.Path.ValueString(), spec).after(prior.jobModel, archiveOf(prior.Archive).SHA256)
	defer note.end()
	if cut := note.continued(&resp.Diagnostics); cut != nil {
		left = cut
	}
	run := r.data.run(message.Export, plan.jobModel, timeout, &resp.Diagnostics)
	if left.Matches(spec, "") {
		run.Adopt(left.Job, asset.Stored{})
	} else {
		if kept := keptAt(left); kept != "" {
			resp.Diagnostics.Append(keptFileStays(kept))
		}
		left = nil
		if what == undecided && prior.left(r.kinds).Matches(spec, "") {
			// Only the path is new: the archive may still be on the server.
			run.AdoptRecorded(prior.JobID.ValueString())
		}
	}
	out := r.export(ctx, plan, left, own, note, run)
	if out.Err != nil {
		// Without a Set the prior state stands.
		resp.Diagnostics.Append(r.data.explain(ctx, &out)...)
		kept, isKept := out.Kept()
		if left != nil && left.SHA256 != "" && !isKept && out.Job.ID == left.Job {
			// Nobody touched what an earlier run kept.
			resp.Diagnostics.Append(keep(ctx, left, resp.Private)...)
			return
		}
		resp.Diagnostics.Append(keep(ctx, out.Entry(*plan.pending(r.kinds, out.Job, kept)), resp.Private)...)
		return
	}
	if !plan.Path.Equal(prior.Path) {
		r.data.paths.outgrown(prior.Path.ValueString(), prior.identity())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Stored))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)
}

// export puts the archive in place that an earlier run kept, or runs the job, or
// continues the adopted one. left is what that earlier run left of the same request, own the SHA-256 of
// what may be replaced at the path.
func (r *exportResource) export(ctx context.Context, plan exportModel, left *jobrun.Pending, own []string, note *runNote, run *jobrun.Run) (out jobrun.Outcome) {
	if plan.Path.IsNull() {
		return r.exportOnly(ctx, plan, left, run)
	}
	file := plan.Path.ValueString()
	end, free := r.data.paths.begin(file)
	if !free {
		return run.Refused(&pathError{path: file, err: errPathTwice})
	}
	defer end()
	defer func() {
		if files := r.data.strays(file, keptBy(out)); len(files) > 0 {
			run.Warn(straysStay(file, files))
		}
	}()
	to, err := r.data.locationOf(file, append(own, note.archive()))
	if err != nil {
		return run.Refused(&pathError{path: file, err: err})
	}
	out, done := restore(ctx, file, left, to, run)
	if !done {
		if err := r.bind(ctx, plan, to, note, run); err != nil {
			return run.Refused(err)
		}
		out = run.Do(ctx)
	}
	if out.Err == nil {
		r.data.paths.wrote(file, plan.finished(out.Job, out.Stored).identity())
	}
	return out
}

// exportOnly leaves the archive on the server.
func (r *exportResource) exportOnly(ctx context.Context, plan exportModel, left *jobrun.Pending, run *jobrun.Run) jobrun.Outcome {
	if left != nil && left.SHA256 != "" {
		// Nobody wants the archive any more. The job is known to have ended.
		if kept := keptAt(left); kept != "" {
			run.Warn(keptFileStays(kept))
		}
		return run.Delivered(left.Ended(), asset.Stored{}, nil)
	}
	if err := r.bind(ctx, plan, nil, nil, run); err != nil {
		return run.Refused(err)
	}
	return run.Do(ctx)
}

// restore puts an archive in place that an earlier run brought whole and could
// not put there. The platform is asked nothing. It is not done where there is none any more.
func restore(ctx context.Context, file string, left *jobrun.Pending, to asset.Location, run *jobrun.Run) (out jobrun.Outcome, done bool) {
	if left == nil || left.SHA256 == "" {
		return out, false
	}
	ctx, cancel := jobrun.Within(ctx, run.Timeout)
	defer cancel()
	stored, err := to.Restore(ctx, left.Job, localName(left.Path), left.Archive())
	if err == nil && !isObject(stored.Path) {
		if archive, failed := asset.OpenArchive(stored.Path); failed == nil {
			// Its bytes were compared, and what follows from them may be the word of a note.
			stored.ContentDigest, stored.Size = archive.ContentDigest, archive.Size
			// Nothing was written.
			_ = archive.Close()
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		// A KeptError may be about a directory that is not there.
		if _, kept := errors.AsType[*asset.KeptError](err); !kept {
			return out, false
		}
	}
	if err != nil {
		err = &pathError{path: file, err: err}
	}
	return run.Delivered(left.Ended(), stored, err), true
}

// bind binds a run to its platform and, before anything is sent to it, proves
// that the archive can be written. to is nil where there is no path.
func (r *exportResource) bind(ctx context.Context, plan exportModel, to asset.Location, note *runNote, run *jobrun.Run) error {
	client, err := r.data.platforms.Connect(run.Platform)
	if err != nil {
		return err
	}
	exporter := client.Exporter(run.Instance, plan.options().Of(run.Platform))
	run.Look, run.Queue = exporter.Job, client.Queue(message.Export)
	run.Start = func(ctx context.Context) (asset.Job, asset.Stored, error) {
		job, err := exporter.Start(ctx)
		if to != nil && job.ID != "" {
			note.write(*plan.pending(r.kinds, job, asset.Stored{}))
		}
		return job, asset.Stored{}, err
	}
	if to == nil {
		return nil
	}
	file := plan.Path.ValueString()
	limited, cancel := jobrun.Within(ctx, run.Timeout)
	defer cancel()
	if err := to.Prepare(limited); err != nil {
		return &pathError{path: file, err: err}
	}
	run.Deliver = func(ctx context.Context, job asset.Job) (asset.Stored, error) {
		return fetchTo(ctx, file, to, job, exporter, func(zip io.ReaderAt, whole asset.Stored) error {
			err := client.Accept(zip, whole.Size)
			if err == nil {
				// From now on it may be the only copy, and soon it has its name.
				note.write(*plan.pending(r.kinds, job, whole))
			}
			return err
		})
	}
	return nil
}

// fetchTo downloads the archive of a job to its place.
func fetchTo(ctx context.Context, file string, to asset.Location, job asset.Job, exporter asset.Exporter, accept func(io.ReaderAt, asset.Stored) error) (asset.Stored, error) {
	// Things may have changed while the job ran. The archive can be asked
	// for once: not before there is a place for it.
	if err := to.Ready(); err != nil {
		return asset.Stored{}, &pathError{path: file, err: err}
	}
	stream, err := exporter.Download(ctx, job)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		// Asked for, and lost before its first byte.
		return asset.Stored{}, &pathError{path: file, err: fmt.Errorf("%w: %w", asset.ErrBroken, err), asked: true}
	}
	if err != nil {
		return asset.Stored{}, err
	}
	stored, err := to.Save(ctx, job.ID, stream, accept)
	if err = errors.Join(err, stream.Close()); err != nil {
		return asset.Stored{}, &pathError{path: file, err: err, asked: true}
	}
	return stored, nil
}
