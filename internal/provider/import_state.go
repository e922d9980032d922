package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

var (
	_ resource.ResourceWithImportState = (*exportResource)(nil)
	_ resource.ResourceWithImportState = (*importResource)(nil)
)

// adoption is what is known of a job that something else started. Each value may be null.
type adoption struct {
	platform, instance, job types.String
	// named: the instance was named, and is not that of the provider.
	named bool
}

// ImportState takes over an export. Nothing is sent.
func (r *exportResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	found := r.data.adopt(r.kinds, req.ID, &resp.Diagnostics)
	if found.platform.ValueString() == csaplatform.Name && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(csaExportNotAdopted())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(found.asExport(ctx, &resp.State)...)
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
}

// ImportState takes over an import. Nothing is sent.
func (r *importResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	found := r.data.adopt(r.kinds, req.ID, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(found.asImport(ctx, &resp.State)...)
	resp.Diagnostics.Append(setMade(ctx, resp.Private)...)
}

// adopt reads PLATFORM[,INSTANCE[,JOB]]. Without an instance it is that of the provider.
func (s *providerData) adopt(kinds platform.Kinds, id string, diags *diag.Diagnostics) adoption {
	parts := strings.Split(id, ",")
	out := adoption{platform: types.StringValue(parts[0]), instance: types.StringNull(), job: types.StringNull()}
	kind, err := kinds.Find(parts[0])
	if problem := problemOfID(parts, err); problem != "" {
		diags.Append(noImportID(id, problem))
		return out
	}
	if len(parts) > 2 {
		out.job = types.StringValue(parts[2])
	}
	switch {
	case len(parts) > 1:
		instance, problem := kind.Adopted(parts[1], out.job.ValueString())
		if problem != "" {
			diags.Append(noImportID(id, problem))
		}
		out.instance, out.named = types.StringValue(instance), true
	case s != nil:
		configured, err := s.platforms.Find(parts[0])
		if err == nil {
			out.instance, err = configured.Instance(types.Object{})
		}
		if err != nil {
			diags.Append(noImportID(id, problemNoInstance(err)))
		}
		if out.instance.IsUnknown() {
			// A state knows all its values; the plan takes that of the provider.
			out.instance = types.StringNull()
		}
	}
	return out
}

// problemOfID is what is wrong with the parts of an id; empty where nothing is.
func problemOfID(parts []string, noKind error) string {
	if noKind != nil {
		return problemNoPlatform
	}
	if len(parts) > 3 {
		return problemManyParts
	}
	for _, part := range parts {
		switch {
		case part == "":
			return problemEmptyPart
		case !message.IsPlain(part):
			return problemSpaces
		}
	}
	return ""
}

// asImport writes the state of an adopted import.
func (a adoption) asImport(ctx context.Context, state *tfsdk.State) (diags diag.Diagnostics) {
	set := func(at path.Path, value any) { diags.Append(state.SetAttribute(ctx, at, value)...) }
	set(path.Root("source"), sourceToSet)
	if a.named && a.platform.ValueString() == romaplatform.Name {
		// For a configuration that is written from the state.
		set(path.Root(romaplatform.Name).AtName("instance_id"), a.instance)
	}
	a.writeJob(set)
	set(path.Root("archive"), adoptedArchive(asset.Stored{}))
	set(path.Root("messages"), textList(nil))
	set(path.Root("artifacts"), artifactList(nil))
	return diags
}

// asExport writes the state of an adopted export.
func (a adoption) asExport(ctx context.Context, state *tfsdk.State) (diags diag.Diagnostics) {
	set := func(at path.Path, value any) { diags.Append(state.SetAttribute(ctx, at, value)...) }
	set(path.Root(romaplatform.Name).AtName("apps"), []string{appToSet})
	if a.named {
		set(path.Root(romaplatform.Name).AtName("instance_id"), a.instance)
	}
	set(path.Root("if_missing"), ifMissingKeep)
	set(path.Root("remove_on_destroy"), false)
	a.writeJob(set)
	return diags
}

// writeJob writes what both resources say about their job. That it has succeeded is what
// adopting it claims.
func (a adoption) writeJob(set func(at path.Path, value any)) {
	set(path.Root("platform"), a.platform)
	set(path.Root("instance"), a.instance)
	set(path.Root("job_id"), a.job)
	set(path.Root("status"), string(asset.Succeeded))
}
