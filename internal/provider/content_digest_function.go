package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// contentDigestFunction needs no server, and no provider block that is
// complete.
type contentDigestFunction struct{}

func (contentDigestFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "content_digest"
}

func (contentDigestFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Content digest of an archive",
		MarkdownDescription: "Returns the SHA-256, in lower-case hex, over names, uncompressed sizes and CRCs of the entries of a zip archive: the " +
			"same content has the same digest, whatever timestamps, order and compression are. In an archive of CSA, encrypted values, the order of JSON " +
			"keys and signatures do not count either. It detects change and is no integrity check.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "path",
				MarkdownDescription: "Path of the archive, relative to Terraform's working directory. Only its central directory is read, and of an archive of CSA also `.json` and `.xml`.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (contentDigestFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var file string
	if resp.Error = req.Arguments.Get(ctx, &file); resp.Error != nil {
		return
	}
	archive, err := asset.OpenArchive(file)
	if err != nil {
		resp.Error = noDigest(file, err)
		return
	}
	// Nothing was written.
	_ = archive.Close()
	resp.Error = resp.Result.Set(ctx, archive.ContentDigest)
}
