package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
)

// What is wrong with the id of an import.
const (
	problemNoPlatform = "it does not begin with the name of a platform"
	problemManyParts  = "it has more than three parts"
	problemEmptyPart  = "a part of it is empty"
	problemSpaces     = "there is white space or a control character in it"
)

// problemNoInstance is about an id that names nothing but the platform.
func problemNoInstance(err error) string {
	what := "no instance"
	if nowhere, ok := errors.AsType[*platform.NowhereError](err); ok {
		what = strings.ToLower(nowhere.Told.Summary())
	}
	return "it names " + what + ", and neither does the provider"
}

// noImportID is about the id of terraform import or of an import block.
func noImportID(id, problem string) diag.Diagnostic {
	shown := fmt.Sprintf("The import id %q cannot be used: %s.", id, problem)
	if strings.ContainsAny(id, "@?") {
		// An address may have a secret in it.
		shown = "The import id cannot be used: " + problem + "."
	}
	return diag.NewErrorDiagnostic("Import id cannot be used", message.Text{
		What: shown,
		Next: "Write PLATFORM, PLATFORM,INSTANCE or PLATFORM,INSTANCE,JOB, with commas and without spaces. PLATFORM is roma or csa. INSTANCE is the id of the " +
			"ROMA Connect instance or the endpoint of CSA; left out, it is that of the provider. JOB is the id of the job, or of the import result record, if it is " +
			"known. For example: roma,your-instance-id or csa,https://csa.example.com:8444.",
	}.String())
}

func csaExportNotAdopted() diag.Diagnostic {
	return diag.NewErrorDiagnostic("CSA export cannot be adopted", message.Text{
		What: "An export from CSA is a download, not a job: there is nothing on the server that could be taken over.",
		Next: "Remove the import or moved block, and let the export run: it changes nothing on the server. If its old archive lies at path, move that away first. " +
			"The import can be adopted.",
	}.String())
}

func notMovable(kind string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Resource cannot be moved here", message.Text{
		What: fmt.Sprintf("A moved block leads here from a resource of the type %q. What a provisioner did is adopted from terraform_data and null_resource, and from nothing else.", kind),
		Next: "Take out the moved block. To adopt an import or an export that something else made, write an import block.",
	}.String())
}

// idsToSet is about the configuration that terraform plan -generate-config-out writes.
func idsToSet() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(romaplatform.Name), "Ids are still to be set", message.Text{
		What: fmt.Sprintf("roma.apps still has the placeholder %q of an export that was adopted. The export would run, and nothing was sent.", appToSet),
		Next: "Write the ids that the adopted export has exported.",
	}.String())
}

// adoptsUnseen is about a source that may be another archive than the one that was imported.
func adoptsUnseen() diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Adopted archive is not known yet", message.Text{
		What: "The import is adopted, and what was imported is not known before apply: an export may make another archive until then. What lies at source then " +
			"is recorded as what was imported, and it is not imported.",
		Next: "If the instance may have something else, change triggers in the apply after this one. To record what was imported for certain, write its path as source, or its digest as " +
			"source_hash, in this apply.",
	}.String())
}

func adoptsNoSource(source string) diag.Diagnostic {
	what := fmt.Sprintf("The import is adopted, and there is no file at %q now.", source)
	if isObject(source) {
		what = fmt.Sprintf("The import is adopted from %q, and a plan asks no store.", source)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Adopted without its archive", message.Text{
		What: what + " Without its digest nothing tells what was imported, so the first archive that is seen there later is imported.",
		Next: "Put the archive there before apply, or set source_hash to the digest of what was imported.",
	}.String())
}

func adoptsNoFile(file string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Adopted without its archive", message.Text{
		What: fmt.Sprintf("The export is adopted, and there is no archive at %q now. The state will have no digest of it, and what appears there later is not this export's.", file),
		Next: "Put the archive there before apply. Or have it exported again after it: change triggers.",
	}.String())
}
