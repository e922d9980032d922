package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

const (
	ifMissingKeep   = "keep"
	ifMissingExport = "export"
)

type exportResource struct{ session *session }

type exportModel struct {
	Roma            types.Object   `tfsdk:"roma"`
	Csa             types.Object   `tfsdk:"csa"`
	Path            types.String   `tfsdk:"path"`
	Triggers        types.Map      `tfsdk:"triggers"`
	IfMissing       types.String   `tfsdk:"if_missing"`
	RemoveOnDestroy types.Bool     `tfsdk:"remove_on_destroy"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
	Platform        types.String   `tfsdk:"platform"`
	Instance        types.String   `tfsdk:"instance"`
	JobID           types.String   `tfsdk:"job_id"`
	ArchiveID       types.String   `tfsdk:"archive_id"`
	Status          types.String   `tfsdk:"status"`
	BeginTime       types.String   `tfsdk:"begin_time"`
	EndTime         types.String   `tfsdk:"end_time"`
	Archive         types.Object   `tfsdk:"archive"`
}

var exportArchiveTypes = map[string]attr.Type{
	"path": types.StringType, "sha256": types.StringType, "content_digest": types.StringType, "size": types.Int64Type,
}

func (r *exportResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "asset_export"
}

func (r *exportResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.session, _ = req.ProviderData.(*session)
}

func (r *exportResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config exportModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	checkCarried(config.carries(), &resp.Diagnostics)
	validateRomaExport(config.Roma, &resp.Diagnostics)
	validateCSAExport(config, &resp.Diagnostics)
	checkFileName("path", config.Path, &resp.Diagnostics)
	if text := config.IfMissing.ValueString(); !config.IfMissing.IsNull() && !config.IfMissing.IsUnknown() &&
		text != ifMissingKeep && text != ifMissingExport {
		resp.Diagnostics.Append(unknownIfMissing(text))
	}
	if config.Roma.IsNull() && config.Csa.IsNull() {
		resp.Diagnostics.Append(noPlatformOptions())
	}
	checkTimeouts(config.Timeouts, &resp.Diagnostics)
}

// Read sends nothing: a finished job has nothing to look up, and an
// unfinished one is continued by apply.
func (r *exportResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state exportModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if state.job().running() {
		resp.Diagnostics.Append(jobUnderWay(exportVerb, state.job()))
		if r.session != nil {
			r.session.sees(*state.left())
		}
	}
}

func (r *exportResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.session == nil {
		return
	}
	c := readChange[exportModel](ctx, r.session, req, &resp.Diagnostics)
	if c.planned == nil {
		r.planDestroy(c, resp)
		return
	}
	if planned, ok := r.plan(c, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
	}
}

// plan is the plan of a change that is no destroy; false where it is an error.
func (r *exportResource) plan(c change[exportModel], diags *diag.Diagnostics) (exportModel, bool) {
	planned := *c.planned
	asks := planned
	facts := exportFacts{prior: c.prior, unfinished: c.left != nil, fileGone: c.prior != nil && c.prior.fileGone()}
	planned, what := planExport(facts, planned)
	if what != rest || c.prior == nil || !c.prior.Path.Equal(asks.Path) {
		checkPath(asks.Path, diags)
	}
	r.checkPlace(c, asks, what, diags)
	if diags.HasError() {
		return planned, false
	}
	r.warnPlan(facts, planned, what, c.left, diags)
	return planned, true
}

// checkPlace reports what a plan can see of a path that is not this export's
// to write to. Where nothing runs, it is nobody's concern.
func (r *exportResource) checkPlace(c change[exportModel], asks exportModel, what decision, diags *diag.Diagnostics) {
	if !asks.settled() {
		return
	}
	file := asks.Path.ValueString()
	now := plannedExport{asked: asks.request().fingerprint(), prior: identityOf(c.prior), runs: what != rest}
	switch shared := r.session.paths.plan(file, now, r.session.oneWalk); {
	case shared:
		diags.Append(twoExports(file))
	case what == run && r.foreignAt(file, c):
		diags.Append(pathTaken(file))
	}
}

// foreignAt says whether there is something at a path that this export did not
// write, as far as a plan can tell: an export that is created may be the successor of
// the one that wrote an archive.
func (r *exportResource) foreignAt(file string, c change[exportModel]) bool {
	if c.left != nil && c.left.SHA256 != "" || r.session.continued(c.planned.request(), "") {
		// Apply says where the archive is that an earlier run could not put there.
		return false
	}
	content, err := contentOf(file)
	if err != nil {
		// Nothing that an export wrote. What cannot be read is for apply to tell.
		_, isFormat := errors.AsType[*zipdir.FormatError](err)
		return isFormat
	}
	return c.prior != nil && content != archiveOf(c.prior.Archive).ContentDigest
}

func (r *exportResource) planDestroy(c change[exportModel], resp *resource.ModifyPlanResponse) {
	prior := c.prior
	if prior == nil {
		return
	}
	resp.Diagnostics.Append(abandoned(exportVerb, prior.job(), c.left)...)
	r.session.paths.destroys(prior.Path.ValueString())
	if prior.job().running() {
		r.session.destroys(*prior.left())
	}
	switch {
	case prior.job().running():
		resp.Diagnostics.Append(destroyLeavesJob(exportVerb, prior.job()))
	case !prior.Path.IsNull() && !prior.RemoveOnDestroy.ValueBool():
		resp.Diagnostics.Append(destroyLeavesFile(prior.Path.ValueString()))
	}
}

func (r *exportResource) warnPlan(facts exportFacts, planned exportModel, what decision, left *unfinished, diags *diag.Diagnostics) {
	if left != nil && left.Job != "" {
		diags.Append(updateUnderWay(exportVerb, left.Job))
	}
	if what == run {
		diags.Append(r.session.ready(planned.Platform)...)
		if facts.prior != nil {
			diags.Append(movedElsewhere(exportVerb, facts.prior.job(), planned.job())...)
		}
	}
	if facts.prior != nil && facts.prior.Path.IsNull() && !planned.Path.IsNull() && what != run {
		diags.Append(pathAdded(planned.Path.ValueString()))
	}
}

func (r *exportResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	// Values that are still unknown would add errors that hide the real one.
	remember := func(job asset.Job) {
		r.session.started(plan.request(), "", job.ID)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(job, asset.Stored{}))...)
	}
	w := r.session.work(exportVerb, plan.job(), timeout, remember, &resp.Diagnostics)
	left := r.session.take(plan.request(), "")
	if left != nil {
		w.adopt(left.Job)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(left.job(), left.archive()))...)
	}
	// Not before: a job that was handed over must be in the state.
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := r.export(ctx, plan, left, []string{r.session.paths.inherit(plan.Path.ValueString())}, w)
	if err != nil {
		resp.Diagnostics.Append(w.failure(err))
		if kept, ok := errors.AsType[*asset.KeptError](err); ok && w.open {
			resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(w.job, kept.Stored))...)
		}
		if !w.open {
			resp.State.RemoveResource(ctx)
		}
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
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
	facts := exportFacts{prior: &prior, unfinished: left != nil, fileGone: prior.fileGone() && !prior.archiveAt(plan.Path), settled: true}
	what := decideExport(facts, plan)
	if what == rest {
		resp.Diagnostics.Append(r.deliver(ctx, prior, plan, &resp.State)...)
		return
	}
	if left == nil && prior.job().running() {
		left = prior.left()
	}
	w := r.session.work(exportVerb, plan.job(), timeout, nil, &resp.Diagnostics)
	own := []string{archiveOf(prior.Archive).SHA256}
	if left != nil {
		own = append(own, left.SHA256)
	}
	if left.matches(plan.request(), "") {
		w.adopt(left.Job)
	} else {
		left = nil
		if what == undecided && prior.left().matches(plan.request(), "") {
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
		if kept, ok := errors.AsType[*asset.KeptError](err); ok {
			archive = kept.Stored
		}
		resp.Diagnostics.Append(w.keep(ctx, *plan.leftExport(w.job, archive), resp.Private)...)
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
	to := asset.Target{Path: plan.Path.ValueString(), Own: slices.DeleteFunc(own, func(sum string) bool { return sum == "" })}
	if !plan.Path.IsNull() {
		end, free := r.session.paths.begin(to.Path)
		if !free {
			return plan, &pathError{path: to.Path, err: errPathTwice}
		}
		defer end()
		if done, state, err := r.restore(plan, left, to, w); done {
			return state, err
		}
	}
	var stored asset.Stored
	if err := r.prepare(plan, to, w, &stored); err != nil {
		return plan, err
	}
	job, err := w.run(ctx)
	done := plan.finished(job, stored)
	if err == nil && !plan.Path.IsNull() {
		r.session.paths.wrote(to.Path, done.identity())
	}
	return done, err
}

// restore puts an archive in place that an earlier run brought whole and could
// not put there. Nothing is asked. It is not done where there is none any more.
func (r *exportResource) restore(plan exportModel, left *unfinished, to asset.Target, w *work) (done bool, state exportModel, err error) {
	if left == nil || left.SHA256 == "" {
		return false, plan, nil
	}
	to.Job = left.Job
	stored, err := to.Restore(left.Path, left.archive())
	if errors.Is(err, fs.ErrNotExist) {
		// A KeptError may be about a directory that is not there.
		if _, kept := errors.AsType[*asset.KeptError](err); !kept {
			return false, plan, nil
		}
	}
	w.job = left.job()
	if err != nil {
		return true, plan, &pathError{path: to.Path, err: err}
	}
	state = plan.finished(w.job, stored)
	r.session.paths.wrote(to.Path, state.identity())
	return true, state, nil
}

// prepare binds the work to its platform and, before anything is sent, proves
// that the archive can be written.
func (r *exportResource) prepare(plan exportModel, to asset.Target, w *work, stored *asset.Stored) error {
	client, err := r.session.connect(plan.Platform.ValueString())
	if err != nil {
		return err
	}
	exporter := client.exporter(plan.Instance.ValueString(), plan)
	w.start, w.look, w.queue = exporter.Start, exporter.Job, client.turns(exportVerb)
	if plan.Path.IsNull() {
		return nil
	}
	if err := to.Prepare(); err != nil {
		return &pathError{path: to.Path, err: err}
	}
	w.deliver = func(ctx context.Context, job asset.Job) error {
		to.Job = job.ID
		// Things may have changed while the job ran. The archive can be asked
		// for once: not before there is a place for it.
		if err := to.Prepare(); err != nil {
			return &pathError{path: to.Path, err: err}
		}
		stream, err := exporter.Download(ctx, job)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			// Asked for, and lost before its first byte.
			return &pathError{path: to.Path, err: fmt.Errorf("%w: %w", asset.ErrBroken, err), asked: true}
		}
		if err != nil {
			return err
		}
		saved, err := to.Save(ctx, stream, client.accept)
		if err = errors.Join(err, stream.Close()); err != nil {
			return &pathError{path: to.Path, err: err, asked: true}
		}
		*stored = saved
		return nil
	}
	return nil
}

// deliver applies a change that sends nothing: it moves the file if its path
// changed, and records the settings.
func (r *exportResource) deliver(ctx context.Context, prior, plan exportModel, state *tfsdk.State) (diags diag.Diagnostics) {
	plan = plan.withJob(plan.job().keep(prior.job()))
	plan.ArchiveID = prior.ArchiveID
	plan.Archive = movedArchive(prior.Archive, plan.Path)
	if from, to := prior.Path.ValueString(), plan.Path.ValueString(); from != "" && to != "" && from != to {
		end, free := r.session.paths.begin(to)
		if !free {
			diags.Append(twoExports(to))
			return diags
		}
		defer end()
		here := prior.archiveAt(plan.Path)
		switch {
		case prior.archiveAt(prior.Path) && !here:
			// Another file at the old path is not this export's to move.
			if err := asset.Move(from, to); err != nil {
				diags.Append(moveFailed(from, to, err))
				return diags
			}
			r.session.paths.left(from)
			r.session.paths.wrote(to, prior.identity())
		case !here && occupied(to):
			diags.Append(pathTaken(to))
			return diags
		case !here:
			diags.Append(nothingToMove(from, to))
		}
	}
	diags.Append(state.Set(ctx, plan)...)
	return diags
}

// Delete sends nothing. It cannot tell a destroy from the first half of a
// replacement, so an unfinished job is handed to the Create that may follow.
func (r *exportResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state exportModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if state.job().running() {
		resp.Diagnostics.Append(r.session.release(ctx, exportVerb, *state.left())...)
		return
	}
	sum := archiveOf(state.Archive).SHA256
	file := state.Path.ValueString()
	if sum == "" || r.session.paths.rewritten(file, state.identity()) {
		return
	}
	if !state.RemoveOnDestroy.ValueBool() {
		r.session.paths.leave(file, sum)
		return
	}
	if _, err := asset.Remove(file, sum); err != nil {
		resp.Diagnostics.Append(notRemoved(file, err))
	}
}

// fileGone says whether there is no file any more where the state has it.
func (m exportModel) fileGone() bool {
	if m.Path.IsNull() || m.Archive.IsNull() {
		return false
	}
	_, err := os.Stat(m.Path.ValueString())
	return missing(err)
}

// archiveAt says whether the archive of the state lies at path: a user may
// have moved it himself.
func (m exportModel) archiveAt(path types.String) bool {
	digest := field[types.String](m.Archive, "content_digest").ValueString()
	return digest != "" && contentAt(path.ValueString()) == digest
}
