// Package provider is the Terraform side: schemas, plans, state, and the
// words for users.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

type assetProvider struct {
	version string
	getenv  func(string) string
}

// New returns a function that makes the provider, for providerserver.
func New(version string) func() provider.Provider {
	return func() provider.Provider {
		return &assetProvider{version: version, getenv: os.Getenv}
	}
}

func (p *assetProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "asset"
	resp.Version = p.version
}

func (p *assetProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Promotes assets between instances of an integration platform: it exports the chosen assets of one " +
			"instance as an archive and imports that archive on the next, waiting until each job is done.\n\n" +
			"The platform is Huawei Cloud ROMA Connect. A plan sends no request; jobs run at apply.",
		Attributes: map[string]schema.Attribute{
			"roma": romaProviderSchema(),
		},
	}
}

type providerModel struct {
	Roma types.Object `tfsdk:"roma"`
}

func (p *assetProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var block *romaModel
	if !model.Roma.IsNull() && !model.Roma.IsUnknown() {
		block = new(romaModel)
		resp.Diagnostics.Append(model.Roma.As(ctx, block, basetypes.ObjectAsOptions{})...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	settings := resolveRoma(block, p.getenv)
	settings.unknownBlock = model.Roma.IsUnknown()
	settings.config.UserAgent = "terraform-provider-asset/" + p.version
	settings.config.Log = logLine
	resp.Diagnostics.Append(settings.check(path.Root("roma"))...)

	run := newSession(settings)
	resp.ResourceData, resp.DataSourceData = run, run
}

func (p *assetProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return new(exportResource) },
		func() resource.Resource { return new(importResource) },
	}
}

func (p *assetProvider) DataSources(context.Context) []func() datasource.DataSource {
	return nil
}
