package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

type archiveDataSource struct {
	kinds platform.Kinds
	data  *providerData
}

var (
	_ datasource.DataSourceWithConfigure      = (*archiveDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*archiveDataSource)(nil)
)

type archiveModel struct {
	Path          types.String `tfsdk:"path"`
	Roma          types.Object `tfsdk:"roma"`
	Download      types.Bool   `tfsdk:"download"`
	SHA256        types.String `tfsdk:"sha256"`
	ContentDigest types.String `tfsdk:"content_digest"`
	Size          types.Int64  `tfsdk:"size"`
	Entries       types.List   `tfsdk:"entries"`
	CSAVersion    types.String `tfsdk:"csa_version"`
	Items         types.List   `tfsdk:"items"`
}

var (
	entryType = types.ObjectType{AttrTypes: map[string]attr.Type{"name": types.StringType, "size": types.Int64Type, "crc32": types.StringType}}
	itemType  = types.ObjectType{AttrTypes: map[string]attr.Type{
		"name": types.StringType, "type": types.StringType, "item_type": types.StringType, "item_location": types.StringType,
	}}
)

func (d *archiveDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "asset_archive"
}

func (d *archiveDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Looks into an archive at `path`: digests, entries, and what the manifest of a CSA archive tells. It can fetch an " +
			"archive of ROMA Connect that is still on the server, once.\n\n" +
			"Without `download` nothing is sent, and a file that is not there is an error. A file is read whole in each plan, and nothing of its content but names enters the state.",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Path of the archive, relative to Terraform's working directory, or its address in a store, `obs://BUCKET/KEY` or `s3://BUCKET/KEY`, also with `?versionId=ID`. Of an object " +
					"only the central directory is read, by ranges, and what a manifest tells.",
			},
			"download": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the archive `roma.archive_id` is downloaded to `path` when there is nothing yet. A file that is there is never " +
					"downloaded over. **The download takes the archive from the server, and it may happen in a plan.** With `false` the file has to be there.",
			},
			romaplatform.Name: schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The archive on ROMA Connect that `download` fetches.",
				Attributes: map[string]schema.Attribute{
					"archive_id": schema.StringAttribute{
						Required: true, MarkdownDescription: "Id of the archive: `archive_id` of an `asset_export` without `path`, or of an `asset_job`.",
					},
					"instance_id": sourceInstanceSchema(),
				},
			},
			"sha256": computed("SHA-256 of the file's bytes, lower-case hex. Of an object, what its metadata say, as an export writes them: null without, and nobody has verified it. Null, like everything else that is told of the archive, if it was taken from " +
				"the server already and there is no file."),
			"content_digest": computed("SHA-256 over names, sizes and CRCs of the archive's entries, lower-case hex; for CSA without encrypted values, the order of JSON keys and signatures. The same content has the same digest."),
			"size":           schema.Int64Attribute{Computed: true, MarkdownDescription: "Length of the file in bytes."},
			"entries": objectList{"What is in the archive, sorted by name; directories end in a slash. Null, with a warning, for an archive with more " +
				"than 10,000 entries or 4 MiB of names.", []field{
				text("name", "Name of the entry. Bytes that are no UTF-8 are shown as U+FFFD."),
				{"size", types.Int64Type, "Uncompressed length in bytes."},
				text("crc32", "CRC-32 of the uncompressed bytes, eight lower-case hex digits, as the archive has it."),
			}}.attribute(),
			"csa_version": computed("Version of the CSA that made the archive, such as `04.20.0000.0`; null for other archives."),
			"items": objectList{"Items of the manifest of a CSA archive, in its order; empty for other archives. Null, with a warning, if there is a " +
				"manifest that cannot be understood, or one with more than 10,000 items.", []field{
				text("name", "Name of the entry."),
				text("type", "Kind of artifact, in the words of `csa.validate_type`; null for images and other files, and where it is not recognised."),
				text("item_type", "The manifest's own word: a Java class for an artifact, `File` for other files."),
				text("item_location", "Where the item belongs on the server, as the manifest has it."),
			}}.attribute(),
		},
	}
}

func (d *archiveDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = providerDataOf(req.ProviderData, &resp.Diagnostics)
}

func (d *archiveDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config archiveModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Download.ValueBool() {
		checkFileName("path", config.Path, &resp.Diagnostics)
	} else {
		checkPlace("path", config.Path, true, &resp.Diagnostics)
	}
	romaplatform.Kind{}.ValidateLookup(config.Roma, "archive_id", &resp.Diagnostics)
	switch {
	case config.Roma.IsUnknown() || config.Download.IsUnknown():
	case config.Download.ValueBool() && config.Roma.IsNull():
		resp.Diagnostics.Append(nothingToDownload())
	case config.Download.IsNull() && !config.Roma.IsNull():
		resp.Diagnostics.Append(downloadNotAskedFor())
	}
}

// Read looks into the file, and downloads it first where that is asked for and
// nothing is there.
func (d *archiveDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config archiveModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || d.data == nil {
		return
	}
	// Terraform waits until everything is known. Nothing is ever downloaded
	// for a value that is not.
	if !tfvalue.Known(config.Path) || !tfvalue.Known(config.Download) || !tfvalue.Known(config.Roma) {
		resp.Diagnostics.Append(notKnownYet(nil))
		return
	}
	file := config.Path.ValueString()
	if config.Download.ValueBool() {
		present, diags := d.data.fetch(ctx, config)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		if !present {
			resp.Diagnostics.Append(resp.State.Set(ctx, config.empty())...)
			return
		}
	}
	var found inspection
	var err error
	if at, isObject := addressOf(file); isObject {
		if unknown := d.data.storeSettings(at).notKnown(); len(unknown) > 0 {
			resp.Diagnostics.Append(notKnownYet(unknown))
			return
		}
		found, err = d.data.inspectObject(ctx, at)
	} else {
		found, err = inspect(ctx, file)
	}
	if err != nil {
		resp.Diagnostics.Append(d.data.notInspected(file, err))
		return
	}
	resp.Diagnostics.Append(notShown(file, found, !config.Roma.IsNull())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, config.filled(found))...)
}

// empty is what is known of an archive that is nowhere any more.
func (m archiveModel) empty() archiveModel {
	m.SHA256, m.ContentDigest, m.Size = types.StringNull(), types.StringNull(), types.Int64Null()
	m.CSAVersion = types.StringNull()
	m.Entries, m.Items = types.ListNull(entryType), types.ListNull(itemType)
	return m
}

func (m archiveModel) filled(found inspection) archiveModel {
	m = m.empty()
	m.SHA256, m.ContentDigest = tfvalue.TextOrNull(found.SHA256), types.StringValue(found.ContentDigest)
	m.Size = types.Int64Value(found.Size)
	if !found.tooMany {
		entries := make([]attr.Value, len(found.entries))
		for i, e := range found.entries {
			entries[i] = types.ObjectValueMust(entryType.AttrTypes, map[string]attr.Value{
				"name": types.StringValue(e.name), "size": types.Int64Value(e.size), "crc32": types.StringValue(fmt.Sprintf("%08x", e.crc)),
			})
		}
		m.Entries = types.ListValueMust(entryType, entries)
	}
	if found.manifestError != nil {
		return m
	}
	m.CSAVersion = tfvalue.TextOrNull(found.manifest.CSAVersion)
	items := make([]attr.Value, len(found.manifest.Items))
	for i, item := range found.manifest.Items {
		items[i] = types.ObjectValueMust(itemType.AttrTypes, map[string]attr.Value{
			"name": types.StringValue(item.Name), "type": tfvalue.TextOrNull(item.Kind),
			"item_type": types.StringValue(item.Type), "item_location": types.StringValue(item.Location),
		})
	}
	m.Items = types.ListValueMust(itemType, items)
	return m
}
