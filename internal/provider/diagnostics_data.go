package provider

// Messages about the configuration of data sources and what lies on this
// machine; nothing was sent.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

func noJobNamed() diag.Diagnostic {
	return diag.NewErrorDiagnostic("No job", "The data source names no job. Write `roma = { job_id = \"...\" }` or `csa = { record_id = \"...\" }`.")
}

func nothingToDownload() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("download"), "Nothing to download",
		"download is true, and nothing says which archive is meant. Write `roma = { archive_id = \"...\" }`, or leave out download to look into the file at path.")
}

func downloadNotAskedFor() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(romaplatform.Name), "Download not asked for", "roma.archive_id names an archive on the server, and download does not say "+
		"what to do with it. Write `download = true` to have it downloaded to path, which takes it from the server, or `download = false` to use only "+
		"the file at path.")
}

// notKnownYet says that a question cannot be asked now; settings are the
// values of the provider block that are not known.
func notKnownYet(settings []string) diag.Diagnostic {
	summary, what := "Value is not known yet", "A value of this data source is not known yet."
	if len(settings) > 0 {
		summary = "Provider is not known yet"
		what = "The data source asks the server while Terraform plans, and these values of the provider block are not known before apply: " +
			strings.Join(settings, ", ") + "."
	}
	return diag.NewErrorDiagnostic(summary, message.Text{
		What: what + " Nothing was sent.",
		Next: "Give values that are known in the plan; or add depends_on = [...] with the resource that the values come from to the data source, so that it is read " +
			"at apply; or apply that resource first, with -target.",
	}.String())
}

var errDanglingLink = errors.New("it is a link that leads nowhere")

// notInspected says why there is nothing to tell of the file at path.
func (s *providerData) notInspected(file string, err error) diag.Diagnostic {
	at := path.Root("path")
	if ofStore, ok := errors.AsType[*object.Error](err); ok {
		return s.objectNotInspected(ofStore)
	}
	if errors.Is(err, fs.ErrNotExist) && occupied(file) {
		err = errDanglingLink
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return diag.NewAttributeErrorDiagnostic(at, "Archive is not there", message.Text{
			What: fmt.Sprintf("There is no file at %q.", file),
			Next: "Correct path, pass the file on to this machine, or have it downloaded with roma.archive_id and download = true while it is on the server.",
		}.String())
	case errors.Is(err, context.Canceled):
		return diag.NewErrorDiagnostic("Look-up interrupted", fmt.Sprintf("The run was interrupted while it read %q.", file))
	}
	if _, ok := errors.AsType[*zipdir.FormatError](err); ok || errors.Is(err, asset.ErrNotRegular) || errors.Is(err, errDanglingLink) {
		return diag.NewAttributeErrorDiagnostic(at, "File is no archive", message.Text{
			What: fmt.Sprintf("What is at %q is no complete zip archive: %s.", file, message.FileProblem(err)),
			Next: "Point path at an archive. A file that is there is never downloaded over: move it away if the archive is to be downloaded.",
		}.String())
	}
	return diag.NewAttributeErrorDiagnostic(at, "Archive cannot be read", message.Text{
		What: fmt.Sprintf("%q cannot be read: %s.", file, message.FileProblem(err)),
		Next: "Correct path, or let the user that runs Terraform read the file.",
	}.String())
}

// notShown warns of what of an archive cannot be shown. A manifest that is
// not understood is nobody's business in an archive of ROMA Connect, whose
// content is not documented.
func notShown(file string, i inspection, isRoma bool) (diags diag.Diagnostics) {
	if i.tooMany {
		diags.AddAttributeWarning(path.Root("path"), "Archive has too many entries", fmt.Sprintf(
			"The archive at %q has more than %d entries, or more than 4 MiB of names. entries is null; everything else is told.", file, mostEntries))
	}
	if i.manifestError != nil && !isRoma {
		diags.AddAttributeWarning(path.Root("path"), "Manifest is not understood", fmt.Sprintf(
			"The archive at %q has a manifest that cannot be shown (%s). csa_version and items are null; everything else is told.", file, message.FileProblem(i.manifestError)))
	}
	return diags
}

// noDigest says why a file has no content digest. Terraform puts the name of
// the parameter before it and a full stop behind.
func noDigest(file string, err error) *function.FuncError {
	_, noZip := errors.AsType[*zipdir.FormatError](err)
	switch {
	case file == "":
		return function.NewArgumentFuncError(0, "it is an empty string")
	case errors.Is(err, fs.ErrNotExist):
		return function.NewArgumentFuncError(0, fmt.Sprintf("there is no file at %q", file))
	case noZip:
		return function.NewArgumentFuncError(0, fmt.Sprintf("%q is no zip archive: %s", file, message.FileProblem(err)))
	}
	return function.NewArgumentFuncError(0, fmt.Sprintf("%q cannot be read: %s", file, message.FileProblem(err)))
}
