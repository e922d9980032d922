package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	resourcetimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// importAction runs an import without a state.
type importAction struct {
	kinds platform.Kinds
	data  *providerData
}

var (
	_ action.ActionWithConfigure      = (*importAction)(nil)
	_ action.ActionWithValidateConfig = (*importAction)(nil)
	_ action.ActionWithModifyPlan     = (*importAction)(nil)
)

type importActionModel struct {
	Source     types.String `tfsdk:"source"`
	SourceHash types.String `tfsdk:"source_hash"`
	platformModel
	Wait     types.Bool     `tfsdk:"wait_for_completion"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// model is the import that the action runs.
func (m importActionModel) model() importModel {
	return importModel{
		platformModel: m.platformModel, Source: m.Source, SourceHash: m.SourceHash, jobModel: jobModel{Triggers: types.MapNull(types.StringType)},
	}
}

func (a *importAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "asset_import"
}

func (a *importAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.schema(ctx)
}

func (a *importAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (a *importAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config importActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform.CheckCarried(config.options(), &resp.Diagnostics)
	for _, kind := range a.kinds {
		kind.ValidateImport(config.options().Of(kind.Name()), &resp.Diagnostics)
	}
	checkPlace("source", config.Source, true, &resp.Diagnostics)
	message.NotEmpty("source_hash", config.SourceHash, &resp.Diagnostics)
	message.CheckPlain(path.Root("source_hash"), "source_hash", config.SourceHash, &resp.Diagnostics)
	checkHash(config.SourceHash, &resp.Diagnostics)
	checkTimeouts(resourcetimeouts.Value{Object: config.Timeouts.Object}, &resp.Diagnostics)
}

// ModifyPlan reports what a plan can see of an invocation. It sends nothing. A source that is not
// there may come until the action is invoked.
func (a *importAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if a.data == nil {
		return
	}
	var config importActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	planned := aimed(a.data, config.model(), nil, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	look := lookAt(*planned)
	defer look.close()
	if look.wrong != nil {
		resp.Diagnostics.Append(sourceUnusable(planned.Source.ValueString(), look.wrong))
		return
	}
	resp.Diagnostics.Append(a.data.platforms.Ready(planned.Platform)...)
	resp.Diagnostics.Append(a.data.storeReady(path.Root("source"), planned.Source)...)
	resp.Diagnostics.Append(a.data.checkImport(*planned, look)...)
}

// Invoke runs the job once.
func (a *importAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config importActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := config.Timeouts.Invoke(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan := *aimed(a.data, config.model(), nil, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	p := newProgress(ctx, message.Import, resp)
	run := a.data.invocation(plan.jobModel, timeout, isFalse(config.Wait), p, &resp.Diagnostics)
	u := &upload{plan: plan, data: a.data}
	openErr := u.open(ctx, timeout)
	defer u.close()
	out := (&importResource{a.kinds, a.data}).send(ctx, u, run, openErr)
	if out.Err != nil {
		resp.Diagnostics.Append(a.data.explainAction(ctx, &out)...)
		return
	}
	resp.Diagnostics.Append(changedMeanwhile(plan, out.Sent)...)
	for _, line := range linesImported(&out) {
		p.say(line)
	}
}
