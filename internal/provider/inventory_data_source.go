package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

type inventoryDataSource struct {
	kinds platform.Kinds
	data  *providerData
}

var (
	_ datasource.DataSourceWithConfigure      = (*inventoryDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*inventoryDataSource)(nil)
)

type inventoryModel struct {
	platformModel
	Platform  types.String    `tfsdk:"platform"`
	Instance  types.String    `tfsdk:"instance"`
	Apps      []appModel      `tfsdk:"apps"`
	Tasks     []taskModel     `tfsdk:"tasks"`
	Artifacts []artifactModel `tfsdk:"artifacts"`
}

type appModel struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	Remark     types.String `tfsdk:"remark"`
	Owner      types.Bool   `tfsdk:"owner"`
	CreateTime types.String `tfsdk:"create_time"`
	UpdateTime types.String `tfsdk:"update_time"`
}

type taskModel struct {
	ID         types.String `tfsdk:"id"`
	Name       types.String `tfsdk:"name"`
	Type       types.String `tfsdk:"type"`
	CreateTime types.String `tfsdk:"create_time"`
	UpdateTime types.String `tfsdk:"update_time"`
}

type artifactModel struct {
	ID   types.String `tfsdk:"id"`
	Type types.String `tfsdk:"type"`
	Name types.String `tfsdk:"name"`
}

func (d *inventoryDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "asset_inventory"
}

func (d *inventoryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	name := func(what string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Only what has exactly this " + what + ", case-sensitively. Several may have it, and all of them are listed. " +
				"Default: everything.",
		}
	}
	create, update := text("create_time", "When it was created, RFC 3339; null where the server does not say."),
		text("update_time", "When it was changed last, RFC 3339; null where the server does not say.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists what can be exported: applications and data-integration tasks of a ROMA Connect instance, or catalogs and " +
			"their published offerings of a CSA. It is read in each plan and changes nothing.\n\n" +
			"All pages are fetched. The lists are sorted by name and then by id, whatever the server's order. Nothing found is an empty list.",
		Attributes: whereAsked(map[string]schema.Attribute{
			romaplatform.Name: schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Ask ROMA Connect. It may be left out when ROMA Connect is the only configured platform.",
				Attributes: map[string]schema.Attribute{
					"instance_id": sourceInstanceSchema(),
					"name":        name("name"),
				},
			},
			csaplatform.Name: schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Ask CSA. It may be left out when CSA is the only configured platform.",
				Attributes:          map[string]schema.Attribute{"name": name("display name")},
			},
			"apps": objectList{"Applications of ROMA Connect that the user may access. Empty for CSA.", []field{
				text("id", "Id, as `roma.apps` of an `asset_export` takes it."),
				text("name", "Name. Two applications can have the same one."),
				text("remark", "Description; empty where there is none."),
				{"owner", types.BoolType, "Whether the application is the user's own; others were shared with the user."},
				create,
				update,
			}}.attribute(),
			"tasks": objectList{"Data-integration tasks of ROMA Connect. Empty for CSA. Null, with a warning, where the instance or the user has " +
				"no access to data integration: applications can be exported all the same.", []field{
				text("id", "Id, as `roma.tasks` of an `asset_export` takes it."),
				text("name", "Name."),
				text("type", "`timing` or `realtime`; empty where the server does not say."),
				create,
				update,
			}}.attribute(),
			"artifacts": objectList{"Catalogs of CSA, and after them the offerings that are published in them; an offering in several catalogs is " +
				"there once. CSA lists no other kinds. Empty for ROMA Connect.", []field{
				text("id", "Id, as `csa.artifact_id` of an `asset_export` takes it."),
				text("type", "`CATALOG` or `SERVICE_OFFERING`."),
				text("name", "Display name."),
			}}.attribute(),
		}),
	}
}

func (d *inventoryDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (d *inventoryDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config inventoryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	platform.CheckCarried(config.options(), &resp.Diagnostics)
	for _, kind := range d.kinds {
		object := config.options().Of(kind.Name())
		kind.ValidateLookup(object, "", &resp.Diagnostics)
		if name := tfvalue.Field[types.String](object, "name"); !name.IsNull() && !name.IsUnknown() && name.ValueString() == "" {
			resp.Diagnostics.Append(message.EmptyValue(path.Root(kind.Name()), "name"))
		}
	}
}

func (d *inventoryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config inventoryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || d.data == nil {
		return
	}
	if !tfvalue.Known(config.Roma) || !tfvalue.Known(config.Csa) {
		resp.Diagnostics.Append(notKnownYet(nil))
		return
	}
	l := lookup{noun: "inventory"}
	client := d.data.find(config.options(), &l, &resp.Diagnostics)
	if client == nil {
		return
	}
	name := tfvalue.Field[types.String](config.options().Of(l.target.Platform.ValueString()), "name")
	found, err := client.Inventory(ctx, l.target.Instance.ValueString(), name.ValueString())
	if err != nil {
		resp.Diagnostics.Append(l.failure(err))
		return
	}
	if found.NoTasks != nil {
		resp.Diagnostics.Append(l.tasksNotListed(found.NoTasks))
	}
	config.Platform, config.Instance = l.target.Platform, l.target.Instance
	resp.Diagnostics.Append(resp.State.Set(ctx, config.filled(found))...)
}

func (m inventoryModel) filled(found platform.Inventory) inventoryModel {
	m.Apps, m.Artifacts = []appModel{}, []artifactModel{}
	for _, a := range found.Apps {
		m.Apps = append(m.Apps, appModel{
			types.StringValue(a.ID), types.StringValue(a.Name), types.StringValue(a.Remark), types.BoolValue(a.Owner),
			tfvalue.TimeOrNull(a.Created), tfvalue.TimeOrNull(a.Updated),
		})
	}
	if found.NoTasks == nil {
		m.Tasks = []taskModel{}
	}
	for _, t := range found.Tasks {
		m.Tasks = append(m.Tasks, taskModel{
			types.StringValue(t.ID), types.StringValue(t.Name), types.StringValue(t.Type), tfvalue.TimeOrNull(t.Created), tfvalue.TimeOrNull(t.Updated),
		})
	}
	for _, a := range found.Artifacts {
		m.Artifacts = append(m.Artifacts, artifactModel{types.StringValue(a.ID), types.StringValue(a.Type), types.StringValue(a.Name)})
	}
	return m
}
