package provider

import (
	"context"
	"path"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithMoveState = (*exportResource)(nil)
	_ resource.ResourceWithMoveState = (*importResource)(nil)
)

// movable are the resource types whose provisioners ran scripts, with the name of their
// provider.
var movable = map[string]string{"terraform_data": "terraform", "null_resource": "null"}

// MoveState takes over an export that a script of a provisioner made.
func (r *exportResource) MoveState(context.Context) []resource.StateMover {
	return mover(adoption.asExport)
}

// MoveState takes over an import that a script of a provisioner made.
func (r *importResource) MoveState(context.Context) []resource.StateMover {
	return mover(adoption.asImport)
}

// mover adopts whatever a provisioner did. Terraform asks before the provider is configured:
// the platform and the instance are those of the plan that follows.
func mover(adopt func(adoption, context.Context, *tfsdk.State) diag.Diagnostics) []resource.StateMover {
	return []resource.StateMover{{StateMover: func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
		// An address of OpenTofu may be the bare name of a provider.
		if name := movable[req.SourceTypeName]; name == "" || path.Base(req.SourceProviderAddress) != name {
			resp.Diagnostics.Append(notMovable(req.SourceTypeName))
			return
		}
		unknown := types.StringNull()
		resp.Diagnostics.Append(adopt(adoption{platform: unknown, instance: unknown, job: unknown}, ctx, &resp.TargetState)...)
		resp.Diagnostics.Append(setMade(ctx, resp.TargetPrivate)...)
	}}}
}
