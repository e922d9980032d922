package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

type jobDataSource struct {
	kinds platform.Kinds
	data  *providerData
}

var (
	_ datasource.DataSourceWithConfigure      = (*jobDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*jobDataSource)(nil)
)

type jobDataModel struct {
	platformModel
	Platform     types.String  `tfsdk:"platform"`
	Instance     types.String  `tfsdk:"instance"`
	Type         types.String  `tfsdk:"type"`
	Status       types.String  `tfsdk:"status"`
	Progress     types.Float64 `tfsdk:"progress"`
	ArchiveID    types.String  `tfsdk:"archive_id"`
	Reasons      []reasonModel `tfsdk:"reasons"`
	BeginTime    types.String  `tfsdk:"begin_time"`
	EndTime      types.String  `tfsdk:"end_time"`
	ImportResult types.Object  `tfsdk:"import_result"`
}

type reasonModel struct {
	ResourceType types.String `tfsdk:"resource_type"`
	ResourceName types.String `tfsdk:"resource_name"`
	ErrorCode    types.String `tfsdk:"error_code"`
	ErrorMsg     types.String `tfsdk:"error_msg"`
}

var (
	resultEntryType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"name": types.StringType, "display_name": types.StringType, "description": types.StringType,
		"type": types.StringType, "operation": types.StringType,
	}}
	importResultTypes = map[string]attr.Type{
		"status": types.StringType, "summary": types.StringType, "user": types.StringType,
		"time_of_import": types.StringType, "entries": types.ListType{ElemType: resultEntryType},
	}
)

func (d *jobDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "asset_job"
}

func (d *jobDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks at one asset job of ROMA Connect, or at one import result of CSA: what it is, how far it is and why it failed. " +
			"It is read in each plan and starts nothing.",
		Attributes: whereAsked(map[string]schema.Attribute{
			romaplatform.Name: schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "A job of ROMA Connect. Exactly one of `roma` and `csa` is needed.",
				Attributes: map[string]schema.Attribute{
					"job_id": schema.StringAttribute{
						Required: true, MarkdownDescription: "Id of the job, for example `asset_export.NAME.job_id`.",
					},
					"instance_id": sourceInstanceSchema(),
				},
			},
			csaplatform.Name: schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "An import result of CSA.",
				Attributes: map[string]schema.Attribute{
					"record_id": schema.StringAttribute{
						Required: true, MarkdownDescription: "Id of the import result record: `job_id` of an `asset_import`.",
					},
				},
			},
			"type": computed("What the job does, in the word of ROMA Connect: `exportAsset` or `importAsset`. `import` for CSA. Null where the " +
				"server does not say."),
			"status": computed("`RUNNING`, `SUCCEEDED` or `FAILED`, whichever words the server uses. For CSA `SUCCEEDED` if it says `SUCCESS`, " +
				"else `FAILED`."),
			"progress": schema.Float64Attribute{
				Computed: true, MarkdownDescription: "A fraction from 0 to 1; 1 for a job that succeeded, 0 for another one whose progress the server does not tell.",
			},
			"archive_id": computed("Id of the archive that an export made, while it waits for its one download. Null otherwise, and for CSA."),
			"reasons": objectList{"Why the job failed, in the server's words; empty if it did not.", []field{
				text("resource_type", "`application` or `task`; empty where the server does not say."),
				text("resource_name", "Name of the application or task; empty where the server does not say."),
				text("error_code", "The server's error code; for CSA its status word."),
				text("error_msg", "What went wrong."),
			}}.attribute(),
			"begin_time": computed("When the job began, RFC 3339; null where the server does not say."),
			"end_time":   computed("When the job ended, RFC 3339; null where the server does not say, and while it runs."),
			"import_result": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What CSA recorded of the import; null for ROMA Connect.",
				Attributes: map[string]schema.Attribute{
					"status":         computed("The server's status word; only `SUCCESS` is documented."),
					"summary":        computed("The server's summary."),
					"user":           computed("Name of the user on whose behalf the import ran."),
					"time_of_import": computed("The server's text for the time, in its own form and zone."),
					"entries": objectList{"The artifacts of the import. Their ids are not recorded: `artifacts` of the `asset_import` has them.", []field{
						text("name", "Internal name."),
						text("display_name", "Display name."),
						text("description", "Description."),
						text("type", "The server's word for its kind, such as `SERVICE_OFFERING` or `SERVICE_BLUEPRINT` (a design)."),
						text("operation", "The server's word for what was done. It decides nothing: the vendor's own sample has `Error` "+
							"in each entry of an import that succeeded."),
					}}.attribute(),
				},
			},
		}),
	}
}

func (d *jobDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (d *jobDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config jobDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform.CheckCarried(config.options(), &resp.Diagnostics)
	if config.Roma.IsNull() && config.Csa.IsNull() {
		resp.Diagnostics.Append(noJobNamed())
	}
	for _, kind := range d.kinds {
		kind.ValidateLookup(config.options().Of(kind.Name()), lookedUp[kind.Name()].id, &resp.Diagnostics)
	}
}

// lookedUp is what the data source looks up on each platform: the attribute with its id, and its name in
// messages.
var lookedUp = map[string]struct{ id, noun, title string }{
	romaplatform.Name: {"job_id", "job", "Job id"},
	csaplatform.Name:  {"record_id", "import result", "Import result record"},
}

func (d *jobDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config jobDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || d.data == nil {
		return
	}
	carried, isKnown := config.options().Carried()
	switch {
	case !isKnown || len(carried) > 0 && !tfvalue.Known(config.options().Of(carried[0])):
		resp.Diagnostics.Append(notKnownYet(nil))
		return
	case len(carried) == 0:
		// Not known while it was validated.
		resp.Diagnostics.Append(noJobNamed())
		return
	}
	what := lookedUp[carried[0]]
	id := tfvalue.Field[types.String](config.options().Of(carried[0]), what.id)
	l := lookup{noun: what.noun, facts: []message.Fact{{Name: what.title, Value: id.ValueString()}}}
	client := d.data.find(config.options(), &l, &resp.Diagnostics)
	if client == nil {
		return
	}
	job, err := client.Job(ctx, l.target.Instance.ValueString(), id.ValueString())
	if err != nil {
		resp.Diagnostics.Append(l.failure(err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, config.found(l.target, job))...)
}

func (m jobDataModel) found(at platform.Target, job platform.Job) jobDataModel {
	m.Platform, m.Instance = at.Platform, at.Instance
	m.Type, m.Status = tfvalue.TextOrNull(job.Type), types.StringValue(string(job.Status))
	m.Progress = types.Float64Value(job.Progress)
	if job.Status == asset.Succeeded {
		m.Progress = types.Float64Value(1)
	}
	m.ArchiveID = tfvalue.TextOrNull(job.ArchiveID)
	m.BeginTime, m.EndTime = tfvalue.TimeOrNull(job.Begin), tfvalue.TimeOrNull(job.End)
	m.Reasons = []reasonModel{}
	for _, r := range job.Reasons {
		m.Reasons = append(m.Reasons, reasonModel{
			types.StringValue(r.ResourceType), types.StringValue(r.ResourceName), types.StringValue(r.Code), types.StringValue(r.Message),
		})
	}
	m.ImportResult = importResultOf(job.Record)
	return m
}

func importResultOf(result *platform.Record) types.Object {
	if result == nil {
		return types.ObjectNull(importResultTypes)
	}
	entries := make([]attr.Value, len(result.Entries))
	for i, e := range result.Entries {
		entries[i] = types.ObjectValueMust(resultEntryType.AttrTypes, map[string]attr.Value{
			"name": types.StringValue(e.Name), "display_name": types.StringValue(e.DisplayName),
			"description": types.StringValue(e.Description), "type": types.StringValue(e.Type), "operation": types.StringValue(e.Operation),
		})
	}
	return types.ObjectValueMust(importResultTypes, map[string]attr.Value{
		"status": types.StringValue(result.Status), "summary": types.StringValue(result.Summary), "user": types.StringValue(result.User),
		"time_of_import": types.StringValue(result.TimeOfImport), "entries": types.ListValueMust(resultEntryType, entries),
	})
}
