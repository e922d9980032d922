package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	resourcetimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// exportAction runs an export without a state.
type exportAction struct {
	kinds platform.Kinds
	data  *providerData
}

var (
	_ action.ActionWithConfigure      = (*exportAction)(nil)
	_ action.ActionWithValidateConfig = (*exportAction)(nil)
	_ action.ActionWithModifyPlan     = (*exportAction)(nil)
)

type exportActionModel struct {
	platformModel
	Path     types.String   `tfsdk:"path"`
	Wait     types.Bool     `tfsdk:"wait_for_completion"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// model is the export that the action runs.
func (m exportActionModel) model() exportModel {
	return exportModel{platformModel: m.platformModel, Path: m.Path, jobModel: jobModel{Triggers: types.MapNull(types.StringType)}}
}

func (a *exportAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "asset_export"
}

func (a *exportAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.schema(ctx)
}

func (a *exportAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (a *exportAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config exportActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	export := config.model()
	platform.CheckCarried(export.options(), &resp.Diagnostics)
	for _, kind := range a.kinds {
		kind.ValidateExport(export.options().Of(kind.Name()), export.Path, &resp.Diagnostics)
	}
	checkPlace("path", export.Path, false, &resp.Diagnostics)
	if carried, isKnown := export.options().Carried(); isKnown && len(carried) == 0 {
		resp.Diagnostics.Append(noPlatformOptions())
	}
	if isFalse(config.Wait) && !config.Path.IsNull() {
		resp.Diagnostics.Append(pathNeedsTheEnd())
	}
	checkTimeouts(resourcetimeouts.Value{Object: config.Timeouts.Object}, &resp.Diagnostics)
}

// isFalse says whether a flag is known to be false.
func isFalse(flag types.Bool) bool { return !flag.IsNull() && !flag.IsUnknown() && !flag.ValueBool() }

// ModifyPlan reports what a plan can see of an invocation. It sends nothing.
func (a *exportAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	if a.data == nil {
		return
	}
	var config exportActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	planned := aimed(a.data, config.model(), nil, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	checkPath(planned.Path, &resp.Diagnostics)
	if file := planned.Path.ValueString(); file != "" && !isObject(file) {
		_, err := contentOf(file)
		if _, isFormat := errors.AsType[*zipdir.FormatError](err); err == nil || isFormat {
			resp.Diagnostics.Append(pathTaken(file))
		}
	}
	resp.Diagnostics.Append(a.data.platforms.Ready(planned.Platform)...)
	resp.Diagnostics.Append(a.data.storeReady(path.Root("path"), planned.Path)...)
}

// Invoke runs the job once.
func (a *exportAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config exportActionModel
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
	p := newProgress(ctx, message.Export, resp)
	run := a.data.invocation(plan.jobModel, timeout, isFalse(config.Wait), p, &resp.Diagnostics)
	out := (&exportResource{a.kinds, a.data}).export(ctx, plan, nil, nil, nil, run)
	if out.Err != nil {
		resp.Diagnostics.Append(a.data.explainAction(ctx, &out)...)
		return
	}
	p.say(lineExported(&out, plan.finished(out.Job, out.Stored)))
}

// invocation is the run of an action.
func (s *providerData) invocation(job jobModel, timeout time.Duration, detached bool, p *progress, diags *diag.Diagnostics) *jobrun.Run {
	run := s.run(p.verb, job, timeout, diags)
	run.Remember = func(job asset.Job, _ asset.Stored) { p.started(job) }
	run.Listen, run.Detached = p.look, detached
	return run
}
