package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

const putRepeats = "An upload is repeated because of its condition: it never replaces anything."

// badAddress quotes nothing of an address, which may hold a signature.
func badAddress(name string, err error) diag.Diagnostic {
	problem := "names no object of a store"
	if wrong, ok := errors.AsType[*store.AddressError](err); ok {
		problem = wrong.Problem
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Address cannot be used", message.Text{
		What: fmt.Sprintf("%s looks like an address, and it %s.", name, problem),
		Next: "Write obs://BUCKET/KEY, s3://BUCKET/KEY or the path of a file. Credentials belong into the provider block or the environment, never into an address.",
	}.String())
}

// versionInPath is about a path that names one version of an object.
func versionInPath(name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Address cannot be used", message.Text{
		What: name + " names a version of an object, and an upload makes a version of its own.",
		Next: "Leave ?versionId= out. archive.path tells the version that was made.",
	}.String())
}

func notLookedFor() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("if_missing"), "Store is not looked into", message.Text{
		What: "if_missing = \"export\" exports again when a plan finds no file at path. A plan asks no store, so it would never do what it says.",
		Next: "Leave if_missing out. To export again, change triggers.",
	}.String())
}

// addressUsed is about an export that runs again for the address of the archive before.
func addressUsed(address string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Address is used already", message.Text{
		What: fmt.Sprintf("The export runs again, and the archive before lies at %q. Nothing in a store is overwritten: while it is there, apply ends as \"Path is taken\", "+
			"before a job is started.", address),
		Next: "Put the release into the address, for example obs://releases/orders-1.4.0.zip, or use a bucket that keeps versions.",
	}.String())
}

// destroyLeavesObject is destroyLeavesFile for a store.
func destroyLeavesObject(address string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Archive stays in the store", fmt.Sprintf(
		"Destroying the export leaves the archive at %q. To have it removed, set remove_on_destroy = true and apply before destroying.", address))
}

// objectLeft is about an archive that stays because the next one goes elsewhere, or nowhere.
func objectLeft(address string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive stays in the store", fmt.Sprintf(
		"The archive at %q stays there: a changed path copies it, or gets the next one. Terraform forgets about it.", address))
}

func objectNotRemoved(address string, e *object.Error) diag.Diagnostic {
	reason, _ := storeReason(e)
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive stays in the store", message.Text{
		What:   fmt.Sprintf("remove_on_destroy could not remove the archive at %q: %s. Terraform forgets about it.", address, reason),
		Server: message.ServerWords(e.Err), Facts: message.ServerFacts(e.Err), Next: "Remove it by hand, if it is to go.",
	}.String())
}

func objectIsAnothers(address string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive stays in the store", fmt.Sprintf(
		"What is at %q now is not what this export put there. It was not removed.", address))
}

// objectTaken is pathTaken for a store.
func objectTaken(address string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path is taken", message.Text{
		What: fmt.Sprintf("There is an object at %q already. It was left alone, and nothing was sent: what is in a store is never overwritten, also not by the next release.", address),
		Next: "Put the release into the address, for example obs://releases/orders-1.4.0.zip, or use a bucket that keeps versions.",
	}.String())
}
