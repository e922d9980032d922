package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

const (
	ifMissingKeep   = "keep"
	ifMissingExport = "export"
)

type exportResource struct {
	kinds platform.Kinds
	data  *providerData
}

// What Terraform's framework finds by looking for it, and would not miss.
var (
	_ resource.ResourceWithConfigure      = (*exportResource)(nil)
	_ resource.ResourceWithValidateConfig = (*exportResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*exportResource)(nil)
)

type exportModel struct {
	platformModel
	jobModel
	Path            types.String   `tfsdk:"path"`
	IfMissing       types.String   `tfsdk:"if_missing"`
	RemoveOnDestroy types.Bool     `tfsdk:"remove_on_destroy"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`
	ArchiveID       types.String   `tfsdk:"archive_id"`
	Archive         types.Object   `tfsdk:"archive"`
}

var exportArchiveTypes = map[string]attr.Type{
	"path": types.StringType, "sha256": types.StringType, "content_digest": types.StringType, "size": types.Int64Type,
}

func (r *exportResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "asset_export"
}

func (r *exportResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (r *exportResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config exportModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform.CheckCarried(config.options(), &resp.Diagnostics)
	for _, kind := range r.kinds {
		kind.ValidateExport(config.options().Of(kind.Name()), config.Path, &resp.Diagnostics)
	}
	checkPlace("path", config.Path, false, &resp.Diagnostics)
	if text := config.IfMissing.ValueString(); !config.IfMissing.IsNull() && !config.IfMissing.IsUnknown() &&
		text != ifMissingKeep && text != ifMissingExport {
		resp.Diagnostics.Append(unknownIfMissing(text))
	}
	if config.IfMissing.ValueString() == ifMissingExport && isObject(config.Path.ValueString()) {
		resp.Diagnostics.Append(notLookedFor())
	}
	if carried, isKnown := config.options().Carried(); isKnown && len(carried) == 0 {
		resp.Diagnostics.Append(noPlatformOptions())
	}
	checkTimeouts(config.Timeouts, &resp.Diagnostics)
}

// Read sends nothing: a finished job has nothing to look up, and an
// unfinished one is continued by apply.
func (r *exportResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state exportModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if state.running() {
		if kept := keptAt(state.left(r.kinds)); kept != "" {
			resp.Diagnostics.Append(archiveWaits(state.jobModel, kept))
		} else {
			resp.Diagnostics.Append(jobUnderWay(message.Export, state.jobModel))
		}
		if r.data != nil {
			r.data.jobs.Sees(*state.left(r.kinds))
		}
	}
}

func (r *exportResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.data == nil {
		return
	}
	c := readChange[exportModel](ctx, r.data, req, &resp.Diagnostics)
	if c.planned == nil {
		r.planDestroy(c, resp)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markKey, c.mark(types.StringNull(), ""))...)
		return
	}
	if planned, ok := r.plan(c, &resp.Diagnostics); ok {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, planned)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markKey, c.mark(c.planned.Path, c.planned.asks(r.kinds)))...)
	}
}

// plan is the plan of a change that is no destroy; false where it is an error.
func (r *exportResource) plan(c change[exportModel], diags *diag.Diagnostics) (exportModel, bool) {
	planned := *c.planned
	asks := planned
	if c.prior != nil {
		r.data.noteOf(message.Export, c.prior.Path.ValueString(), c.prior.spec(r.kinds)).settled(c.prior.jobModel, archiveOf(c.prior.Archive).SHA256, diags)
	}
	facts := exportFacts{kinds: r.kinds, prior: c.prior, pending: c.left != nil, fileGone: c.prior != nil && c.prior.fileGone()}
	planned, what := planExport(facts, planned)
	if what == run || !c.prior.Path.Equal(asks.Path) {
		checkPath(asks.Path, diags)
	}
	r.checkPlace(c, asks, what, diags)
	checkAdopted(c.prior, asks, what, diags)
	if diags.HasError() {
		return planned, false
	}
	r.warnPlan(facts, planned, what, c.left, diags)
	return planned, true
}

// checkPlace reports what a plan can see of a path that is not this export's
// to write to. Where nothing runs or moves, it is nobody's concern.
func (r *exportResource) checkPlace(c change[exportModel], asks exportModel, what decision, diags *diag.Diagnostics) {
	if !asks.settled(r.kinds) {
		return
	}
	file := asks.Path.ValueString()
	moves := what == rest && c.prior != nil && c.prior.movesTo(asks.Path)
	now := plannedExport{asked: asks.spec(r.kinds).Fingerprint(), prior: identityOf(c.prior), runs: what != rest || moves, made: c.made}
	switch shared := r.data.paths.plan(file, now, r.data.oneWalk); {
	case shared:
		diags.Append(twoExports(file))
	case what == run && r.foreignAt(file, c), moves && c.prior.cannotMoveTo(file):
		diags.Append(pathTaken(file))
	}
}

// holds says whether the archive of the state is an object at path that has no version: an
// upload to the same address will find it.
func (m exportModel) holds(path types.String) bool {
	at, isObject := addressOf(m.lies())
	return isObject && at.Version == "" && archiveOf(m.Archive).SHA256 != "" && m.kept().SHA256 == "" && path.Equal(m.Path)
}

// lies is where the archive of a state is.
func (m exportModel) lies() string {
	if at := tfvalue.Field[types.String](m.Archive, "path").ValueString(); at != "" {
		return at
	}
	return m.Path.ValueString()
}

// foreignAt says whether there is something at a path that this export did not
// write, as far as a plan can tell: an export that is created may be the successor of
// the one that wrote an archive.
func (r *exportResource) foreignAt(file string, c change[exportModel]) bool {
	if c.left != nil && c.left.SHA256 != "" || c.prior != nil && c.prior.kept().SHA256 != "" || r.data.jobs.Continues(c.planned.spec(r.kinds), "") {
		// Apply says where the archive is that an earlier run could not put there.
		return false
	}
	if isObject(file) {
		// A plan asks no store.
		return false
	}
	if r.data.noteOf(message.Export, file, c.planned.spec(r.kinds)).archive() != "" {
		// Apply says what the run before left there, which was cut off.
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
	r.data.paths.ends(prior.Path.ValueString())
	if prior.running() {
		r.data.jobs.Forget(*prior.left(r.kinds))
	}
	if keptAt(c.left) == "" {
		resp.Diagnostics.Append(abandoned(message.Export, prior.jobModel, c.left)...)
	}
	for _, left := range []*jobrun.Pending{c.left, prior.left(r.kinds)} {
		if kept := keptAt(left); kept != "" {
			resp.Diagnostics.Append(destroyLeavesKept(kept))
			return
		}
	}
	switch {
	case prior.running():
		resp.Diagnostics.Append(destroyLeavesJob(message.Export, prior.jobModel))
	case isObject(prior.Path.ValueString()):
		if !prior.RemoveOnDestroy.ValueBool() {
			resp.Diagnostics.Append(destroyLeavesObject(prior.lies()))
		}
	case !prior.Path.IsNull() && !prior.RemoveOnDestroy.ValueBool():
		resp.Diagnostics.Append(destroyLeavesFile(prior.Path.ValueString()))
	}
}

func (r *exportResource) warnPlan(facts exportFacts, planned exportModel, what decision, left *jobrun.Pending, diags *diag.Diagnostics) {
	if left != nil && left.Job != "" {
		diags.Append(updateUnderWay(message.Export, left.Job))
	}
	if what == run {
		diags.Append(r.data.platforms.Ready(planned.Platform)...)
		if facts.prior != nil {
			diags.Append(movedElsewhere(message.Export, facts.prior.jobModel, planned.jobModel)...)
		}
	}
	if what != rest || facts.prior.movesTo(planned.Path) {
		diags.Append(r.data.storeReady(path.Root("path"), planned.Path)...)
	}
	switch prior := facts.prior; {
	case prior == nil || prior.isAdopted():
	case what == run && prior.holds(planned.Path):
		diags.Append(addressUsed(planned.Path.ValueString()))
	case isObject(prior.Path.ValueString()) && archiveOf(prior.Archive).SHA256 != "" && !planned.Path.IsUnknown() &&
		(planned.Path.IsNull() || prior.movesTo(planned.Path)):
		diags.Append(objectLeft(prior.lies()))
	case !prior.Path.IsNull() && planned.Path.IsNull() && prior.archiveAt(prior.Path.ValueString()):
		diags.Append(fileWithoutPath(prior.Path.ValueString()))
	case prior.Path.IsNull() && !planned.Path.IsNull() && what != run:
		diags.Append(pathAdded(planned.Path.ValueString()))
	case what == run && !facts.fileGone && archiveOf(prior.Archive).SHA256 != "" && prior.movesTo(planned.Path):
		diags.Append(oldFileStays(prior.Path.ValueString(), planned.Path.ValueString()))
	}
}
