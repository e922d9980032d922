package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

type importResource struct {
	kinds platform.Kinds
	data  *providerData
}

// What Terraform's framework finds by looking for it, and would not miss.
var (
	_ resource.ResourceWithConfigure      = (*importResource)(nil)
	_ resource.ResourceWithValidateConfig = (*importResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*importResource)(nil)
)

type importModel struct {
	Source     types.String `tfsdk:"source"`
	SourceHash types.String `tfsdk:"source_hash"`
	platformModel
	jobModel
	Timeouts  timeouts.Value `tfsdk:"timeouts"`
	Archive   types.Object   `tfsdk:"archive"`
	Messages  types.List     `tfsdk:"messages"`
	Artifacts types.List     `tfsdk:"artifacts"`
}

var (
	importArchiveTypes = map[string]attr.Type{
		"sha256": types.StringType, "content_digest": types.StringType, "size": types.Int64Type,
	}
	artifactType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"id": types.StringType, "type": types.StringType, "name": types.StringType,
	}}
)

// importedArtifacts are the artifacts that an import reports.
var importedArtifacts = objectList{"What the platform reported as imported; empty where it reports nothing (ROMA Connect).", []field{
	text("id", "Id on the target."),
	text("type", "Kind of artifact, in the words of `csa.validate_type`; empty where the server's words do not tell."),
	text("name", "Display name; empty where the server's words do not tell."),
}}

func (r *importResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "asset_import"
}

func (r *importResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	computed := func(meaning string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: meaning}
	}
	resp.Schema = schema.Schema{
		// A state of this version is in testdata/state and stays readable.
		Version: 0,
		MarkdownDescription: "Imports an archive into an instance: it sends the file, and waits until the import job is done.\n\n" +
			"A change updates in place and, where noted, imports again. Whether the content changed is told by `content_digest`, or by " +
			"`source_hash` alone where that is set. A plan sends no request. Destroying the resource sends none either: what was imported " +
			"stays on the instance.",
		Attributes: jobAttributes(map[string]schema.Attribute{
			"source": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Path of the archive, or its address in a store, `obs://BUCKET/KEY` or `s3://BUCKET/KEY`, also with `?versionId=ID`; normally `asset_export.NAME.archive.path`. Another path with the same content is " +
					"recorded and sends nothing; other content imports again. Relative paths start at Terraform's working directory. A plan asks no store: new content under an old address goes unseen, so put the release into the address, or set `source_hash`.",
			},
			"source_hash": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "When set it alone decides whether the content changed, and the file is not read at plan time. 64 hex digits are a digest: " +
					"one that is neither the `sha256` nor the `content_digest` of what was imported last imports again, and at apply the archive has to have it, else nothing " +
					"is sent; one that is either sends nothing. Who may replace the archive can make one with the same `content_digest`, but not with the same `sha256`. " +
					"Any other word is only compared with what it was: a new one imports again. " +
					"Runners that start empty set it to `asset_export.NAME.archive.content_digest`.",
			},
			"triggers": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Any values. A change imports again, even if the content is the same.",
			},
			romaplatform.Name: romaplatform.Kind{}.ImportSchema(),
			csaplatform.Name:  csaplatform.Kind{}.ImportSchema(),
			"timeouts":        jobTimeouts(ctx),
			"archive": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The archive that was imported last. Unknown in a plan when an import may run.",
				Attributes: map[string]schema.Attribute{
					"sha256":         computed("SHA-256 of the file's bytes, lower-case hex."),
					"content_digest": computed("SHA-256 over names, sizes and CRCs of the archive's entries, lower-case hex; for CSA without encrypted values, the order of JSON keys and signatures. It decides whether the content changed."),
					"size":           schema.Int64Attribute{Computed: true, MarkdownDescription: "Length of the file in bytes."},
				},
			},
			"messages": schema.ListAttribute{
				ElementType: types.StringType, Computed: true,
				MarkdownDescription: "What the platform said about the import, one element for each message. ROMA Connect says nothing about an import that succeeds.",
			},
			"artifacts": schema.ListAttribute{
				ElementType: importedArtifacts.elements(), Computed: true, MarkdownDescription: importedArtifacts.description(),
			},
		}),
	}
}

func (r *importResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (r *importResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config importModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform.CheckCarried(config.options(), &resp.Diagnostics)
	for _, kind := range r.kinds {
		kind.ValidateImport(config.options().Of(kind.Name()), &resp.Diagnostics)
	}
	checkPlace("source", config.Source, true, &resp.Diagnostics)
	message.NotEmpty("source_hash", config.SourceHash, &resp.Diagnostics)
	message.CheckPlain(path.Root("source_hash"), "source_hash", config.SourceHash, &resp.Diagnostics)
	checkHash(config.SourceHash, &resp.Diagnostics)
	checkTimeouts(config.Timeouts, &resp.Diagnostics)
}

// Read sends nothing: a finished job has nothing to look up, and an
// unfinished one is continued by apply.
func (r *importResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state importModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if state.running() {
		resp.Diagnostics.Append(jobUnderWay(message.Import, state.jobModel))
		if r.data != nil {
			r.data.jobs.Sees(*state.left(r.kinds))
		}
	}
}

func (r *importResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.data == nil {
		return
	}
	c := readChange[importModel](ctx, r.data, req, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if c.planned == nil {
		if c.prior != nil {
			resp.Diagnostics.Append(destroyLeavesImport(c.prior.jobModel))
			resp.Diagnostics.Append(abandoned(message.Import, c.prior.jobModel, c.left)...)
			if c.prior.running() {
				r.data.jobs.Forget(*c.prior.left(r.kinds))
			}
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markKey, c.mark(types.StringNull(), ""))...)
		return
	}
	if planned, ok := r.plan(ctx, c, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markKey, c.mark(types.StringNull(), ""))...)
	}
}

// plan is the plan of a change that is no destroy; false where it is an error.
func (r *importResource) plan(ctx context.Context, c change[importModel], diags *diag.Diagnostics) (importModel, bool) {
	planned := *c.planned
	if c.prior != nil {
		r.data.noteOf(message.Import, c.prior.Source.ValueString(), c.prior.spec(r.kinds)).settled(c.prior.jobModel, archiveOf(c.prior.Archive).SHA256, diags)
	}
	look, done := lookOnce(ctx, planned)
	defer done()
	facts := importFacts{kinds: r.kinds, prior: c.prior, content: look.content, pending: c.left != nil}
	planned, what := planImport(facts, planned)
	switch {
	case look.wrong == nil:
	case what == run && !r.continues(planned, c.left):
		diags.Append(sourceUnusable(planned.Source.ValueString(), look.wrong))
		return planned, false
	default:
		// Nothing runs, as far as one can see: no reason to stop anything.
		diags.Append(sourceNotCompared(planned.Source.ValueString(), look.wrong))
	}
	diags.Append(warnAdopted(facts, planned, what, look)...)
	r.warnPlan(facts, planned, what, look, c.left, diags)
	return planned, true
}

func (r *importResource) warnPlan(facts importFacts, planned importModel, what decision, look sourceLook, left *jobrun.Pending, diags *diag.Diagnostics) {
	if left != nil && left.Job != "" {
		diags.Append(updateUnderWay(message.Import, left.Job))
	}
	if what == rest {
		return
	}
	if !r.continues(planned, left) {
		diags.Append(r.data.storeReady(path.Root("source"), planned.Source)...)
	}
	if what == run {
		diags.Append(r.data.platforms.Ready(planned.Platform)...)
		if facts.prior != nil {
			diags.Append(movedElsewhere(message.Import, facts.prior.jobModel, planned.jobModel)...)
		}
		if look.absent && !r.continues(planned, left) {
			diags.Append(sourceMissingInPlan(planned.Source.ValueString()))
		}
	}
	diags.Append(r.data.checkImport(planned, look)...)
}

// checkImport reports what a plan can see of an archive that may be sent.
func (s *providerData) checkImport(planned importModel, look sourceLook) diag.Diagnostics {
	chosen, err := s.platforms.Find(planned.Platform.ValueString())
	if err != nil {
		return nil
	}
	return chosen.CheckImport(planned.options().Of(chosen.Name()), planned.Source.ValueString(), look.size, look.archive)
}

// continues says whether an import continues a job that needs no file.
func (r *importResource) continues(planned importModel, left *jobrun.Pending) bool {
	return left.Matches(planned.spec(r.kinds), "") || r.data.jobs.Continues(planned.spec(r.kinds), "")
}

func (r *importResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan importModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
	u := &upload{plan: plan, data: r.data}
	spec := plan.spec(r.kinds)
	run := r.data.run(message.Import, plan.jobModel, timeout, &resp.Diagnostics)
	// Values that are still unknown would add errors that hide the real one.
	run.Remember = func(job asset.Job, sent asset.Stored) {
		r.data.jobs.Started(spec, u.content(), job.ID)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(job, sent))...)
	}
	// A job that is continued needs no archive, and an object is a long way off.
	isFar := isObject(plan.Source.ValueString()) && r.data.jobs.Continues(spec, "")
	openErr := errNotFetched
	if !isFar {
		openErr = u.open(ctx, timeout)
	}
	defer u.close()
	u.note = r.data.noteOf(message.Import, plan.Source.ValueString(), spec)
	defer u.note.end()
	left := r.data.jobs.Take(spec, u.content())
	if u.note.isNewer(left) {
		if cut := u.continued(&resp.Diagnostics); cut != nil {
			left = cut
		}
	}
	switch {
	case left == nil:
	case plan.approves(left.Archive()):
		u.note.takeOver(left, left.Source)
		run.Adopt(left.Job, left.Archive())
	default:
		// Another archive was approved meanwhile. Until that is sent, this job is
		// the one that runs.
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.begun(left.Ended(), left.Archive()))...)
	}
	// Not before: a job that was handed over must be in the state.
	if resp.Diagnostics.HasError() {
		return
	}
	out := r.send(ctx, u, run, openErr)
	if out.Err != nil {
		resp.Diagnostics.Append(r.data.explain(ctx, &out)...)
		if out.Left == jobrun.Maybe || out.Left == jobrun.Nothing && left == nil {
			resp.State.RemoveResource(ctx)
		}
		return
	}
	resp.Diagnostics.Append(changedMeanwhile(plan, out.Sent)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Sent))...)
}

func (r *importResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, prior importModel
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
	u, spec := &upload{plan: plan, data: r.data}, plan.spec(r.kinds)
	var openErr error
	if isObject(plan.Source.ValueString()) && left.Matches(spec, "") {
		openErr = errNotFetched
	} else if plan.Archive.IsUnknown() {
		openErr = u.open(ctx, timeout)
	}
	defer u.close()
	facts := importFacts{kinds: r.kinds, prior: &prior, content: u.content(), pending: left != nil, settled: true}
	rests := decideImport(facts, plan) == rest && (openErr == nil || missing(openErr) || plan.Source.Equal(prior.Source))
	if !plan.Archive.IsUnknown() || rests {
		if failed, ok := errors.AsType[*sourceError](openErr); ok && !missing(openErr) {
			resp.Diagnostics.Append(sourceNotCompared(failed.path, failed.err))
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, plan.kept(prior))...)
		return
	}
	if left == nil && prior.running() {
		left = prior.left(r.kinds)
	}
	u.note = r.data.noteOf(message.Import, plan.Source.ValueString(), spec).after(prior.jobModel, archiveOf(prior.Archive).SHA256)
	defer u.note.end()
	if cut := u.continued(&resp.Diagnostics); cut != nil {
		left = cut
	}
	run := r.data.run(message.Import, plan.jobModel, timeout, &resp.Diagnostics)
	if left.Matches(spec, u.content()) && plan.approves(left.Archive()) {
		run.Adopt(left.Job, left.Archive())
	}
	out := r.send(ctx, u, run, openErr)
	if out.Err != nil {
		// Without a Set the prior state stands.
		resp.Diagnostics.Append(r.data.explain(ctx, &out)...)
		resp.Diagnostics.Append(keep(ctx, out.Entry(*pendingImport(spec, "", out.Sent)), resp.Private)...)
		return
	}
	resp.Diagnostics.Append(changedMeanwhile(plan, out.Sent)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Sent))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)
}

// send binds a run to its platform and does it. An adopted job needs no
// file; openErr counts only when something has to be sent.
func (r *importResource) send(ctx context.Context, u *upload, run *jobrun.Run, openErr error) jobrun.Outcome {
	client, err := r.data.platforms.Connect(run.Platform)
	if err != nil {
		return run.Refused(err)
	}
	options := u.plan.options().Of(run.Platform)
	importer := client.Importer(run.Instance, options)
	run.Look, run.Queue = importer.Job, client.Queue(message.Import)
	run.Start = func(ctx context.Context) (asset.Job, asset.Stored, error) {
		if errors.Is(openErr, errNotFetched) {
			openErr = u.open(ctx, defaultTimeout)
		}
		if openErr != nil {
			return asset.Job{}, asset.Stored{}, openErr
		}
		// Where an adopted job cannot be continued, this is the first look.
		if err := u.verify(ctx); err != nil {
			return asset.Job{}, asset.Stored{}, err
		}
		// A plan may not have seen the file.
		if err := client.CheckSource(options, u.plan.Source.ValueString(), u.archive); err != nil {
			return asset.Job{}, asset.Stored{}, err
		}
		return u.send(ctx, importer)
	}
	if run.Adopts() {
		return run.Do(ctx)
	}
	if errors.Is(openErr, errNotFetched) {
		openErr = u.open(ctx, run.Timeout)
	}
	if openErr != nil {
		return run.Refused(openErr)
	}
	if err := u.verify(ctx); err != nil {
		return run.Refused(err)
	}
	return run.Do(ctx)
}

// Delete sends nothing. Before a successor it hands over an unfinished job.
func (r *importResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state importModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	next := readMark(ctx, req.Private, &resp.Diagnostics)
	left := pendingJob(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.data.handOverAll(ctx, message.Import, state.jobModel, state.left(r.kinds), left, next)...)
	if left == nil && state.running() {
		left = state.left(r.kinds)
	}
	note := r.data.noteOf(message.Import, state.Source.ValueString(), state.spec(r.kinds))
	note.settled(state.jobModel, archiveOf(state.Archive).SHA256, &resp.Diagnostics)
	if left != nil && !next.destroys() {
		note.handOver(left)
	}
}
