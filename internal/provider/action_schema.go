package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

const keepsNothing = "\n\nAn action keeps no state: nothing is compared with an earlier run, each invocation runs one job, and one that is interrupted is continued by " +
	"nobody. Needs Terraform 1.14 or later."

func (a *exportAction) schema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Exports assets of one instance as an archive, once for each invocation: it starts the export job, prints how far it is, and downloads the archive to `path`. " +
			"For what is done beside a resource, such as a backup of production before an import." + keepsNothing,
		Attributes: map[string]schema.Attribute{
			romaplatform.Name: schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "Export from ROMA Connect: at least one id in `apps` or `tasks`.",
				Attributes: map[string]schema.Attribute{
					"instance_id": actionInstanceSchema(),
					"apps": schema.SetAttribute{
						ElementType: types.StringType, Optional: true, MarkdownDescription: "Ids of the integration applications to export, at most 100.",
					},
					"tasks": schema.SetAttribute{
						ElementType: types.StringType, Optional: true, MarkdownDescription: "Ids of the data integration tasks to export, at most 100.",
					},
				},
			},
			csaplatform.Name: schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "Export from CSA; `path` is required with it.",
				Attributes: map[string]schema.Attribute{
					"artifact_id": schema.StringAttribute{
						Required:            true,
						MarkdownDescription: "Id of a catalog, service offering, service design, resource offering, resource environment or component palette.",
					},
				},
			},
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Where the archive is kept: a file, relative to Terraform's working directory, or an object of a store, `obs://BUCKET/KEY` or `s3://BUCKET/KEY`. Nothing is ever " +
					"replaced there: put the release or the date into the name. Without it an archive of ROMA Connect stays on the server.",
			},
			"wait_for_completion": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the action waits until the job is done. Default true. With false it ends when the job has started, and `path` is not possible: the archive " +
					"stays on the server.",
			},
			"timeouts": actionTimeouts(ctx),
		},
	}
}

func (a *importAction) schema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Imports an archive into an instance, once for each invocation, whatever was imported before: it sends the file, prints how far the import job is, and ends " +
			"with it. For what is done beside a resource, such as sending an older archive again." + keepsNothing,
		Attributes: map[string]schema.Attribute{
			"source": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Path of the archive, or its address in a store, `obs://BUCKET/KEY` or `s3://BUCKET/KEY`, also with `?versionId=ID`.",
			},
			"source_hash": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "64 hex digits are the `sha256` or the `content_digest` that the archive has to have; otherwise nothing is sent. Any other word does nothing: an action " +
					"has nothing to compare it with.",
			},
			romaplatform.Name: schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "Import into ROMA Connect. It may be left out when ROMA Connect is the only configured platform.",
				Attributes: map[string]schema.Attribute{
					"instance_id": actionInstanceSchema(),
					"type": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "`Merge` updates what exists and adds what is new. `AddNew` treats everything as new and collides with what an earlier import created. Left to the " +
							"server (`AddNew`) when unset.",
					},
					"prefix": schema.StringAttribute{
						Optional: true, MarkdownDescription: "Put before the names of the imported applications. None when unset.",
					},
					"datasource_overwrite": schema.BoolAttribute{
						Optional: true, MarkdownDescription: "Whether existing data sources are overwritten. Left to the server (false) when unset.",
					},
				},
			},
			csaplatform.Name: schema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: "Import into CSA. It may be left out when CSA is the only configured platform.",
				Attributes: map[string]schema.Attribute{
					"mode": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "What becomes of artifacts that exist with the same type and internal name. `create` (default): the server may skip them and still report success. " +
							"`update`: they are overwritten. `update_preserve_existing`: they are renamed and kept.",
					},
					"org_for_catalog_import": schema.StringAttribute{
						Optional: true, MarkdownDescription: "Organization that will own the catalog, by name. Required when the archive is a catalog.",
					},
					"associate_providers": schema.BoolAttribute{
						Optional:            true,
						MarkdownDescription: "Whether providers in the archive are bound to existing resource offerings and environments with the same provider type and display name. Default false.",
					},
					"validate_type": schema.StringAttribute{
						Optional: true, MarkdownDescription: "The server refuses an archive of another kind: `" + strings.Join(csaplatform.Kinds(), "`, `") + "`. Not checked when unset.",
					},
					"preview": schema.BoolAttribute{
						Optional: true,
						MarkdownDescription: "Whether the server validates the archive right before the import; an import that could not succeed is not sent. Default false. Documented for CSA 4.80 " +
							"and later. **A server that does not know previews may perform the import instead.**",
					},
				},
			},
			"wait_for_completion": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the action waits until the job is done. Default true. With false it ends when the job has started, and says nothing of its result. An import into " +
					"CSA is one request and always waited for.",
			},
			"timeouts": actionTimeouts(ctx),
		},
	}
}

func actionInstanceSchema() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: "Id of the ROMA Connect instance. Default: `instance_id` of the provider.",
	}
}

// actionTimeouts is the attribute timeouts of both actions.
func actionTimeouts(ctx context.Context) schema.Attribute {
	made := timeouts.AttributesWithOpts(ctx, timeouts.Opts{InvokeDescription: actionTimeoutMeaning})
	nested, ok := made.(schema.SingleNestedAttribute)
	if !ok {
		return made
	}
	nested.MarkdownDescription = actionTimeoutsMeaning
	limit, ok := nested.Attributes["invoke"].(schema.StringAttribute)
	if ok {
		checks := make([]validator.String, len(limit.Validators))
		for i, check := range limit.Validators {
			checks[i] = durationCheck{check}
		}
		limit.Validators = checks
		nested.Attributes["invoke"] = limit
	}
	return nested
}
