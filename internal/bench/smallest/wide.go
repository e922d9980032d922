package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// wide has as many attributes as an export, of the same kinds, and does nothing
// either: it tells what the attributes cost by themselves.
type wide struct{ thing }

// told are the attributes that an export has from its job.
var told = []string{"platform", "instance", "job_id", "archive_id", "status", "begin_time", "end_time"}

func (wide) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "smallest_wide"
}

func (wide) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	text := schema.StringAttribute{Optional: true}
	ids := schema.SetAttribute{ElementType: types.StringType, Optional: true}
	attributes := map[string]schema.Attribute{
		"roma":              schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"instance_id": text, "apps": ids, "tasks": ids}},
		"csa":               schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"artifact_id": text}},
		"path":              text,
		"triggers":          schema.MapAttribute{ElementType: types.StringType, Optional: true},
		"if_missing":        schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("keep")},
		"remove_on_destroy": schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false)},
		"timeouts":          schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{"create": text, "update": text}},
		"archive": schema.SingleNestedAttribute{
			Computed: true, PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
			Attributes: map[string]schema.Attribute{
				"path": computed(), "sha256": computed(), "content_digest": computed(), "size": schema.Int64Attribute{Computed: true},
			},
		},
	}
	for _, name := range told {
		attributes[name] = computed()
	}
	resp.Schema = schema.Schema{Attributes: attributes}
}

func computed() schema.StringAttribute {
	return schema.StringAttribute{Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}}
}

// Create gives what is computed a value of the usual length.
func (wide) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	const id, digest = "b1e6b1e63f0c9d2e5e2d8f70c1b94a63", "b1e6b1e63f0c9d2e5e2d8f70c1b94a63b1e6b1e63f0c9d2e5e2d8f70c1b94a63"
	for _, name := range told {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), id)...)
	}
	kinds := map[string]attr.Type{"path": types.StringType, "sha256": types.StringType, "content_digest": types.StringType, "size": types.Int64Type}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("archive"), types.ObjectValueMust(kinds, map[string]attr.Value{
		"path": types.StringValue(id), "sha256": types.StringValue(digest), "content_digest": types.StringValue(digest), "size": types.Int64Value(1),
	}))...)
}
