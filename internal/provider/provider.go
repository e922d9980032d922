// Package provider is the Terraform side: schemas, plans, state, and the
// words for users.
package provider

import (
	"context"
	"os"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// metadataURL is what test builds set, so that none asks the machine that it
// runs on.
var metadataURL string

type assetProvider struct {
	version string
	getenv  func(string) string
	// metadataURL is where the metadata service of a cloud server is; empty
	// for its own address.
	metadataURL string
	// session is that of the last Configure.
	session atomic.Pointer[session]
}

func newProvider(version string) *assetProvider {
	return &assetProvider{version: version, getenv: os.Getenv, metadataURL: metadataURL}
}

func (p *assetProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "asset"
	resp.Version = p.version
}

func (p *assetProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Promotes assets between instances of a platform: it exports the chosen assets of one " +
			"instance as an archive and imports that archive on the next, waiting until each job is done.\n\n" +
			"The platforms are Huawei Cloud ROMA Connect and CSA (Cloud Service Automation of HP, HPE or Micro Focus). A plan sends " +
			"no request but what data sources ask; jobs run at apply.",
		Attributes: map[string]schema.Attribute{
			platformRoma: romaProviderSchema(),
			platformCSA:  csaProviderSchema(),
			store.OBS:    obsProviderSchema(),
			store.S3:     s3ProviderSchema(),
		},
	}
}

var _ provider.ProviderWithFunctions = (*assetProvider)(nil)

type providerModel struct {
	Roma types.Object `tfsdk:"roma"`
	Csa  types.Object `tfsdk:"csa"`
	OBS  types.Object `tfsdk:"obs"`
	S3   types.Object `tfsdk:"s3"`
}

func (p *assetProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	userAgent := "terraform-provider-asset/" + p.version
	roma := resolveRoma(blockOf[romaModel](ctx, model.Roma, &resp.Diagnostics), p.getenv)
	roma.unknownBlock = model.Roma.IsUnknown()
	roma.config.UserAgent, roma.config.Log, roma.config.MetadataURL = userAgent, logLine, p.metadataURL
	csa := resolveCSA(blockOf[csaModel](ctx, model.Csa, &resp.Diagnostics), p.getenv)
	csa.unknownBlock = model.Csa.IsUnknown()
	csa.config.UserAgent, csa.config.Log = userAgent, logLine
	if !model.Roma.IsNull() || !model.Csa.IsNull() {
		// Variables say what is meant only where no block does.
		roma.configured, csa.configured = !model.Roma.IsNull(), !model.Csa.IsNull()
	}
	logSettings(ctx, roma, csa)
	resp.Diagnostics.Append(roma.check(path.Root(platformRoma))...)
	resp.Diagnostics.Append(csa.check(path.Root(platformCSA))...)

	run := newSession(roma, csa)
	run.obs = resolveOBS(blockOf[obsModel](ctx, model.OBS, &resp.Diagnostics), &run.roma, p.getenv)
	run.s3 = resolveS3(blockOf[s3Model](ctx, model.S3, &resp.Diagnostics), p.getenv)
	run.obs.unknownBlock, run.s3.unknownBlock = model.OBS.IsUnknown(), model.S3.IsUnknown()
	for _, each := range []*storeSettings{run.obs, run.s3} {
		each.config.UserAgent, each.config.Log = userAgent, logLine
		each.connect = sync.OnceValues(func() (*s3.Client, error) { return run.makeStore(each) })
		resp.Diagnostics.Append(each.check()...)
	}
	run.oneWalk = servesOneWalk(req.TerraformVersion)
	p.session.Store(run)
	resp.ResourceData, resp.DataSourceData = run, run
}

// servesOneWalk says whether a Terraform, or OpenTofu, of this version starts a
// process for each plan and each apply. From Terraform 1.13 on, one process serves a whole
// file of terraform test.
func servesOneWalk(terraform string) bool {
	v, err := version.NewVersion(terraform)
	return err == nil && v.Core().LessThan(manyWalks)
}

var manyWalks = version.Must(version.NewVersion("1.13.0"))

// blockOf reads a platform's block; nil where there is none, or none that is
// known.
func blockOf[T any](ctx context.Context, object types.Object, diags *diag.Diagnostics) *T {
	if object.IsNull() || object.IsUnknown() {
		return nil
	}
	block := new(T)
	diags.Append(object.As(ctx, block, basetypes.ObjectAsOptions{})...)
	return block
}

func (p *assetProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return new(exportResource) },
		func() resource.Resource { return new(importResource) },
	}
}

func (p *assetProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return new(archiveDataSource) },
		func() datasource.DataSource { return new(jobDataSource) },
		func() datasource.DataSource { return new(inventoryDataSource) },
	}
}

func (p *assetProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return contentDigestFunction{} },
		func() function.Function { return contentChangesFunction{} },
	}
}
