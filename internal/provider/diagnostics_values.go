package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Values that are not what they look like. They are quoted as Go and Terraform
// write strings, so that one sees what is in them.

func notExpanded(name, value, instead string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Path is not expanded", fmt.Sprintf(
		"%s is %q, and nothing expands what it begins with: it would be the name of a directory. Write %s.", name, value, instead))
}

func isAddress(name, scheme string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Path is an address", fmt.Sprintf(
		"%s begins with \"%s://\" and names no file. Write the path of one.", name, scheme))
}

func ofAnotherSystem(name, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Path of another system", fmt.Sprintf(
		"%s is %q, which is a path of Windows. Here it would be the name of a file in the working directory. Write a relative path with slashes, which works everywhere.",
		name, value))
}

// notVerified is about a source_hash that looks like a digest.
func notVerified(hash string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("source_hash"), "Source hash is not verified", message.Text{
		What: fmt.Sprintf("source_hash is %q. That looks like a digest, but only a SHA-256 of 64 hex digits is verified at apply. Any other word is only "+
			"compared with what it was, so any archive would be imported under it.", hash),
		Next: "Write filesha256(...), asset_export.NAME.archive.sha256 or asset_export.NAME.archive.content_digest.",
	}.String())
}
