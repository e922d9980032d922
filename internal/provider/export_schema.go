package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

func (r *exportResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		// A state of this version is in testdata/state and stays readable.
		Version: 0,
		MarkdownDescription: "Exports assets of one instance as an archive: it starts the export job, waits until the job is done and " +
			"downloads the archive to `path`.\n\nA change updates in place and, where noted, exports again. A plan sends no request. " +
			"Destroying the resource sends none either: what was exported stays on the instance, and the file stays where it is unless " +
			"`remove_on_destroy` is set.",
		Attributes: jobAttributes(map[string]schema.Attribute{
			romaplatform.Name: romaplatform.Kind{}.ExportSchema(),
			csaplatform.Name:  csaplatform.Kind{}.ExportSchema(),
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Where the archive is kept: a file, relative to Terraform's working directory, or an object of a store that every machine reaches, `obs://BUCKET/KEY` or `s3://BUCKET/KEY`. Missing directories are made, for their owner " +
					"alone (0700); the file has mode 0600. What is there and was not written by this export, a link for example, is never replaced: that is an error before " +
					"anything is sent. Required for CSA. Without it an archive of ROMA Connect stays on the server, where it can be downloaded once by its " +
					"`archive_id`. A changed path moves the file and sends nothing; a path that is added downloads the archive, or exports again if " +
					"it was taken meanwhile; a path that is removed leaves the file and sends nothing. An object is never overwritten: put the release into its address, or use a bucket that keeps versions. " +
					"A path that moves into a store uploads the archive and removes the file; one that leaves a store copies it and leaves the object.",
			},
			"triggers": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Any values, for example the number of a release. A change exports again. A plan cannot see that assets changed on the server, " +
					"so this is how to say when to export.",
			},
			"if_missing": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(ifMissingKeep),
				MarkdownDescription: "What a plan does when the file at `path` is gone: `keep` (default) does nothing, so that a machine without " +
					"the archive plans clean; `export` exports again. A plan asks no store, so `export` is an error with an address. A change of this value sends nothing.",
			},
			"remove_on_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Whether destroying removes the file at `path`, if it still holds what was exported and nothing in the same " +
					"run wrote it. In a replacement it stays until the new archive takes its place. Default false: the file stays, and the plan says so. In a store it deletes that version, or the object if it holds what was exported; a refusal is a warning. A change sends nothing; apply it before destroying.",
			},
			"timeouts": jobTimeouts(ctx),
			"archive_id": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "Id of the archive on the server, where it can be downloaded once. With `path` that download has taken " +
					"place. Null for CSA.",
			},
			"status": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: statusMeaning + " `FAILED` only in that of a replaced export that has neither a new archive nor a job to continue: " +
					"`archive` is then the one before, which still lies at `path`, and the next apply exports again.",
			},
			"archive": schema.SingleNestedAttribute{
				Computed: true,
				MarkdownDescription: "The archive at `path`; null without `path`. Unknown in a plan when the archive may be fetched again, so that " +
					"everything that depends on it waits for it.",
				Attributes: map[string]schema.Attribute{
					"path": schema.StringAttribute{Computed: true, MarkdownDescription: "The path, as written in `path`. A changed `path` alone changes only this. In a bucket that keeps versions it ends in `?versionId=ID`: whoever uses it gets these bytes for ever."},
					"sha256": schema.StringAttribute{
						Computed: true, MarkdownDescription: "SHA-256 of the file's bytes, lower-case hex. Two exports of the same assets differ in it.",
					},
					"content_digest": schema.StringAttribute{
						Computed: true, MarkdownDescription: "SHA-256 over names, sizes and CRCs of the archive's entries, lower-case hex. Archives with the same content " +
							"have the same digest, whatever the times and the order in the zip. In an archive of CSA, encrypted values, the order of JSON keys and signatures do not count either.",
					},
					"size": schema.Int64Attribute{Computed: true, MarkdownDescription: "Length of the file in bytes."},
				},
			},
		}),
	}
}
