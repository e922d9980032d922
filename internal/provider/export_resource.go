package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
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

func (r *exportResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		// A state of this version is in testdata/state and stays readable.
		Version: 0,
		MarkdownDescription: "Exports assets of one instance as an archive: it starts the export job, waits until the job is done and " +
			"downloads the archive to `path`.\n\nA change updates in place and, where noted, exports again. A plan sends no request. " +
			"Destroying the resource sends none either: what was exported stays on the instance, and the file stays where it is unless " +
			"`remove_on_destroy` is set.",
		Attributes: jobAttributes(map[string]schema.Attribute{
			platformRoma: romaExportSchema(),
			platformCSA:  csaExportSchema(),
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Where the archive is kept, relative to Terraform's working directory. Missing directories are made, with mode 0700; the file has " +
					"mode 0600, and takes the place of a symbolic link without following it. Required for CSA. Without it an archive of ROMA Connect stays on the server, where it can be downloaded once by its " +
					"`archive_id`. A changed path moves the file and sends nothing; a path that is added downloads the archive, or exports again if " +
					"it was taken meanwhile; a path that is removed leaves the file and sends nothing.",
			},
			"triggers": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Any values, for example the number of a release. A change exports again. A plan cannot see that assets changed on the server, " +
					"so this is how to say when to export.",
			},
			"if_missing": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(ifMissingKeep),
				MarkdownDescription: "What a plan does when the file at `path` is gone: `keep` (default) does nothing, so that a machine without " +
					"the archive plans clean; `export` exports again. A change of this value sends nothing.",
			},
			"remove_on_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether destroying removes the file at `path`, if it still holds what was exported and nothing in the same " +
					"run wrote it. Default false: the file stays, and the plan says so. A change sends nothing; apply it before destroying.",
			},
			"timeouts": jobTimeouts(ctx),
			"archive_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Id of the archive on the server, where it can be downloaded once. With `path` that download has taken " +
					"place. Null for CSA.",
			},
			"archive": schema.SingleNestedAttribute{
				Computed: true,
				MarkdownDescription: "The archive at `path`; null without `path`. Unknown in a plan when the archive may be fetched again, so that " +
					"everything that depends on it waits for it.",
				Attributes: map[string]schema.Attribute{
					"path": schema.StringAttribute{Computed: true, MarkdownDescription: "The path, as written in `path`. A changed `path` alone changes only this."},
					"sha256": schema.StringAttribute{
						Computed: true, MarkdownDescription: "SHA-256 of the file's bytes, lower-case hex. Two exports of the same assets differ in it.",
					},
					"content_digest": schema.StringAttribute{
						Computed: true, MarkdownDescription: "SHA-256 over names, sizes and CRCs of the archive's entries, lower-case hex. Archives with the same content " +
							"have the same digest, whatever the times and the order in the zip.",
					},
					"size": schema.Int64Attribute{Computed: true, MarkdownDescription: "Length of the file in bytes."},
				},
			},
		}),
	}
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
	notEmpty("path", config.Path, &resp.Diagnostics)
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
	checkPath(planned.Path, diags)
	if diags.HasError() {
		return planned, false
	}
	if planned.settled() && !r.session.plans(planned.Path.ValueString(), planned.request()) {
		diags.Append(twoExports(planned.Path.ValueString()))
		return planned, false
	}
	facts := exportFacts{prior: c.prior, unfinished: c.left != nil, fileGone: c.prior != nil && c.prior.fileGone()}
	planned, what := planExport(facts, planned)
	r.warnPlan(facts, planned, what, c.left, diags)
	return planned, true
}

func (r *exportResource) planDestroy(c change[exportModel], resp *resource.ModifyPlanResponse) {
	prior := c.prior
	if prior == nil {
		return
	}
	resp.Diagnostics.Append(abandoned(exportVerb, prior.job(), c.left)...)
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
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(job))...)
	}
	w := r.session.work(exportVerb, plan.job(), timeout, remember, &resp.Diagnostics)
	if left := r.session.take(plan.request(), ""); left != nil {
		w.adopt(left.Job)
	}
	// Not before: a job that was handed over must be in the state.
	if resp.Diagnostics.HasError() {
		return
	}
	state, err := r.export(ctx, plan, w)
	if err != nil {
		resp.Diagnostics.Append(w.failure(err))
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
	if left.matches(plan.request(), "") {
		w.adopt(left.Job)
	} else if what == undecided && prior.left().matches(plan.request(), "") {
		// Only the path is new: the archive may still be on the server.
		w.adopt(prior.JobID.ValueString())
		w.started = false
	}
	state, err := r.export(ctx, plan, w)
	if err != nil {
		// Without a Set the prior state stands.
		resp.Diagnostics.Append(w.failure(err))
		resp.Diagnostics.Append(w.keep(ctx, unfinished{Fingerprint: plan.request().fingerprint()}, resp.Private)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)
}

// export runs the job, or continues the adopted one, and returns the finished
// state.
func (r *exportResource) export(ctx context.Context, plan exportModel, w *work) (exportModel, error) {
	var stored asset.Stored
	if err := r.prepare(plan, w, &stored); err != nil {
		return plan, err
	}
	job, err := w.run(ctx)
	return plan.finished(job, stored), err
}

// prepare binds the work to its platform and, before anything is sent, proves
// that the archive can be written.
func (r *exportResource) prepare(plan exportModel, w *work, stored *asset.Stored) error {
	client, err := r.session.connect(plan.Platform.ValueString())
	if err != nil {
		return err
	}
	exporter := client.exporter(plan.Instance.ValueString(), plan)
	w.start, w.look, w.queue = exporter.Start, exporter.Job, client.turns(exportVerb)
	if plan.Path.IsNull() {
		return nil
	}
	path := plan.Path.ValueString()
	if !r.session.claim(path) {
		return &pathError{path: path, err: errPathTwice}
	}
	if err := asset.Prepare(path); err != nil {
		return &pathError{path: path, err: err}
	}
	w.deliver = func(ctx context.Context, job asset.Job) error {
		// Things may have changed while the job ran. The archive can be asked
		// for once: not before there is a place for it.
		if err := asset.Prepare(path); err != nil {
			return &pathError{path: path, err: err}
		}
		stream, err := exporter.Download(ctx, job)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			// Asked for, and lost before its first byte.
			return &pathError{path: path, err: fmt.Errorf("%w: %w", asset.ErrBroken, err)}
		}
		if err != nil {
			return err
		}
		saved, err := asset.Save(ctx, path, stream, client.accept)
		if err = errors.Join(err, stream.Close()); err != nil {
			return &pathError{path: path, err: err}
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
		if !r.session.claim(to) {
			w := work{verb: exportVerb, model: plan.job()}
			diags.Append(w.failure(&pathError{path: to, err: errPathTwice}))
			return diags
		}
		// Another file at the old path is not this export's to move.
		if prior.archiveAt(prior.Path) {
			err := occupied(to)
			if prior.archiveAt(plan.Path) {
				err = nil
			}
			if err == nil {
				err = asset.Move(from, to)
			}
			if err != nil {
				diags.Append(moveFailed(from, to, err))
				return diags
			}
		} else if !prior.archiveAt(plan.Path) {
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
	sum := field[types.String](state.Archive, "sha256").ValueString()
	file := state.Path.ValueString()
	if !state.RemoveOnDestroy.ValueBool() || sum == "" || r.session.wrote(file) {
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
