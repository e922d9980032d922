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
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// platforms are the kinds of servers that the provider knows, in the order in which messages name them.
// Another one is a package, an entry here and a field in platformModel.
func platforms() platform.Kinds { return platform.Kinds{romaplatform.Kind{}, csaplatform.Kind{}} }

type assetProvider struct {
	version string
	kinds   platform.Kinds
	getenv  func(string) string
	// metadataURL is where the metadata service of a cloud server is; empty
	// for its own address.
	metadataURL string
	// observe stands between the provider and the network; nil where nothing does.
	observe httpapi.Observer
	// notes are those of all runs of this process.
	notes *runNotes
	// data is that of the last Configure.
	data atomic.Pointer[providerData]
}

func newProvider(o Options) *assetProvider {
	return &assetProvider{
		version: o.Version, kinds: platforms(), getenv: os.Getenv, metadataURL: o.MetadataURL, observe: o.Observe, notes: new(runNotes),
	}
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
			romaplatform.Name: romaplatform.Kind{}.ProviderSchema(),
			csaplatform.Name:  csaplatform.Kind{}.ProviderSchema(),
			store.OBS:         obsProviderSchema(),
			store.S3:          s3ProviderSchema(),
		},
	}
}

var _ provider.ProviderWithFunctions = (*assetProvider)(nil)

type providerModel struct {
	platformModel
	OBS types.Object `tfsdk:"obs"`
	S3  types.Object `tfsdk:"s3"`
}

func (p *assetProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	blocks := model.options()
	carried, isKnown := blocks.Carried()
	env := platform.Environment{
		Getenv: p.getenv, UserAgent: "terraform-provider-asset/" + p.version, Log: logLine, MetadataURL: p.metadataURL,
		Observe: p.observe,
		Blocks:  len(carried) > 0 || !isKnown,
	}
	var configured platform.List
	for _, kind := range p.kinds {
		each, diags := kind.Configure(ctx, blocks.Of(kind.Name()), env)
		resp.Diagnostics.Append(diags...)
		configured = append(configured, each)
	}
	run := newProviderData(p.kinds, configured)
	run.notes = p.notes
	run.obs = resolveOBS(platform.BlockOf[obsModel](ctx, model.OBS, &resp.Diagnostics), run.storeLogin(), p.getenv)
	run.s3 = resolveS3(platform.BlockOf[s3Model](ctx, model.S3, &resp.Diagnostics), p.getenv)
	run.obs.unknownBlock, run.s3.unknownBlock = model.OBS.IsUnknown(), model.S3.IsUnknown()
	for _, each := range []*storeSettings{run.obs, run.s3} {
		each.config.UserAgent, each.config.Log, each.config.Observe = env.UserAgent, env.Log, env.Observe
		each.connect = sync.OnceValues(func() (*s3.Client, error) { return run.makeStore(each) })
		resp.Diagnostics.Append(each.check()...)
	}
	run.oneWalk = servesOneWalk(req.TerraformVersion)
	p.data.Store(run)
	resp.ResourceData, resp.DataSourceData, resp.ActionData = run, run, run
}

// servesOneWalk says whether a Terraform, or OpenTofu, of this version starts a
// process for each plan and each apply. From Terraform 1.13 on, one process serves a whole
// file of terraform test.
func servesOneWalk(terraform string) bool {
	v, err := version.NewVersion(terraform)
	return err == nil && v.Core().LessThan(manyWalks)
}

var manyWalks = version.Must(version.NewVersion("1.13.0"))

func (p *assetProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &exportResource{kinds: p.kinds} },
		func() resource.Resource { return &importResource{kinds: p.kinds} },
	}
}

func (p *assetProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &archiveDataSource{kinds: p.kinds} },
		func() datasource.DataSource { return &jobDataSource{kinds: p.kinds} },
		func() datasource.DataSource { return &inventoryDataSource{kinds: p.kinds} },
	}
}

func (p *assetProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return contentDigestFunction{} },
		func() function.Function { return contentChangesFunction{} },
	}
}
