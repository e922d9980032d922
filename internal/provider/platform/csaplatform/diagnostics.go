package csaplatform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Messages about the csa attribute, found before anything is sent.

func noArtifactID(at path.Path, id string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Not an id", fmt.Sprintf(
		"csa.artifact_id is %q, which is not the id of an artifact. Ids are like \"90cec2ff3dc1d73b013dc1df0b750028\"; the console shows them, and so "+
			"does the attribute artifacts of an import.", id))
}

func pathNeeded(at path.Path) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "No path",
		"An export from CSA needs path: the server keeps no archive. Write path = \"artifact.zip\" beside csa.")
}

func unknownMode(at path.Path, mode string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Unknown mode", fmt.Sprintf(
		"csa.mode is %q. It must be \"create\" (import what does not exist), \"update\" (overwrite what exists) or \"update_preserve_existing\" "+
			"(rename what exists and keep it).", mode))
}

func unknownValidateType(at path.Path, kind string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Unknown kind of archive", fmt.Sprintf(
		"csa.validate_type is %q. It must be one of %s.", kind, strings.Join(kinds, ", ")))
}

func paletteIgnores(source string, ignored []string) diag.Diagnostic {
	verb := "is"
	if len(ignored) > 1 {
		verb = "are"
	}
	return diag.NewAttributeWarningDiagnostic(path.Root(Name), "Ignored for a component palette", message.Text{
		What: fmt.Sprintf("The archive at %q is a component palette. Its import always overwrites what exists; %s %s ignored.",
			source, strings.Join(ignored, " and "), verb),
		Next: "Leave it out for component palettes.",
	}.String())
}

// partNoEndpoint is what is wrong with an import id.
const partNoEndpoint = "its second part is no address of a CSA"

func noEndpoint() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(Name), "No endpoint", "No CSA is named. Write csa.endpoint in the provider block, or set "+
		variables["endpoint"]+".")
}
