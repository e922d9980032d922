package provider

// What goes wrong when a data source asks a server, in the words of messages.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// failure turns the error of a look-up into words.
func (l lookup) failure(err error) diag.Diagnostic {
	op := l.op()
	if told := l.platform.Explain(op, err); told != nil {
		return told
	}
	if told := unreached(l.platform, op).Diagnostic(err); told != nil {
		return told
	}
	answer, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return l.said("Look-up interrupted", fmt.Sprintf("The run was interrupted while it looked up the %s.", l.noun), err, "")
	case errors.Is(err, asset.ErrDenied):
		return l.denied(err)
	case isAnswer && answer.Status >= 500:
		return l.said("Look-up failed", fmt.Sprintf("The server could not answer the %s.", l.op().Asked()), err,
			"Wait until the server is well again, then try again.")
	case isAnswer && answer.RedirectHost != "":
		where, next := message.Redirected(answer)
		return l.said("Look-up refused", fmt.Sprintf("The server redirects the %s %s.", l.op().Asked(), where), err, next+", then try again.")
	case isAnswer:
		return l.said("Look-up refused", fmt.Sprintf("The server refused the %s.", l.op().Asked()), err,
			"Remove the cause that the server names, then try again.")
	case isContent:
		return l.said("Look-up failed", fmt.Sprintf("The answer to the %s cannot be understood: %s.", l.op().Asked(), message.RootCause(err)), err,
			"Check that the endpoint is that of the platform and not of a proxy or a login page, then try again.")
	}
	return l.said("Look-up failed", fmt.Sprintf("The %s failed: %s.", l.op().Asked(), message.RootCause(err)), err,
		"Check the endpoint and the network, then try again.")
}

// op is this look-up for those who explain what only a platform does.
func (l lookup) op() platform.Op {
	return platform.Op{Noun: l.noun, Instance: l.target.Instance.ValueString(), Facts: l.where(), Said: l.said, Again: "then try again."}
}

// where names the platform, the instance and what was asked for.
func (l lookup) where() []message.Fact {
	return append([]message.Fact{{Name: "Platform", Value: l.target.Platform.ValueString()}, {Name: "Instance", Value: l.target.Instance.ValueString()}}, l.facts...)
}

func (l lookup) said(summary, what string, err error, next string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, message.Text{What: what, Server: message.ServerWords(err), Facts: append(l.where(), message.ServerFacts(err)...), Next: next}.String())
}

func (l lookup) denied(err error) diag.Diagnostic {
	login := l.platform.Login()
	return diag.NewErrorDiagnostic("Credentials refused", message.Text{
		What:   fmt.Sprintf("The server refused the credentials for the %s.", l.op().Asked()),
		Server: message.ServerWords(err), Facts: slices.Concat(l.where(), login.Facts(), message.ServerFacts(err)),
		Next: "Check the credentials, the region and the project of the provider block, then try again." + login.Refused,
	}.String())
}

func (l lookup) tasksNotListed(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Tasks cannot be listed", message.Text{
		What: "The server listed the applications, but refused the list of data-integration tasks: the instance may have no data integration, or " +
			"the user no right to it. tasks is null.",
		Server: message.ServerWords(err), Facts: append(l.where(), message.ServerFacts(err)...),
	}.String())
}

// archiveTaken warns of an archive that is nowhere any more.
func (l lookup) archiveTaken(file string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Archive already downloaded", message.Text{
		What: fmt.Sprintf("There is no file at %q, and the archive is not on the server: it was downloaded already, has expired, or the id is wrong. An archive can "+
			"be downloaded once. The attributes of the data source are null.", file),
		Server: message.ServerWords(err), Facts: append(l.where(), message.ServerFacts(err)...),
		Next: "If the file is needed on this machine, pass it on from where it was downloaded, or export again.",
	}.String())
}

// goneAfterDownload: the server deletes an archive when it is asked for it.
const goneAfterDownload = "The server deletes an archive when it is asked for it, so this one is most likely gone."

const exportsAnew = "Export again (another value in triggers, or -replace), and use the new archive_id."

// downloadFailed is about a download that ended without a file.
func (l lookup) downloadFailed(file string, err error) diag.Diagnostic {
	place, isPlace := errors.AsType[*pathError](err)
	occupied, isOccupied := errors.AsType[*asset.OccupiedError](err)
	limit, isLimit := errors.AsType[*jobrun.TimeoutError](err)
	kept, isKept := errors.AsType[*asset.KeptError](err)
	switch {
	case isOccupied:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Another file is at path", message.Text{
			What: fmt.Sprintf("While the archive was downloaded, something else appeared at %q. It was left alone. The archive, which is no longer on the server, was "+
				"kept at %q.", file, occupied.Kept),
			Facts: l.where(), Next: "Move the file that is meant to path.",
		}.String())
	case isLimit:
		return l.said("Download took too long", fmt.Sprintf("The download did not end within %s. Nothing was left at %q. %s", limit.Limit, file, goneAfterDownload), nil, exportsAnew)
	case errors.Is(err, context.Canceled):
		return l.said("Download interrupted", fmt.Sprintf("The run was interrupted while it downloaded the archive. Nothing was left at %q. %s", file, goneAfterDownload),
			nil, exportsAnew)
	case errors.Is(err, asset.ErrBroken):
		return l.said("Download broke", fmt.Sprintf("The archive did not arrive whole (%s). Nothing was left at %q. %s",
			strings.TrimPrefix(message.RootCause(place.err), asset.ErrBroken.Error()+" "), file, goneAfterDownload),
			err, exportsAnew)
	case errors.Is(err, asset.ErrNoArchive):
		return l.said("Download is no archive", fmt.Sprintf("The server answered the download with something that is no zip. Nothing was written to %q. The answer: %s.",
			file, message.RootCause(err)), err, "Check that the endpoint is that of the platform and not of a proxy or a login page, then try again.")
	case errors.Is(err, asset.ErrBusy):
		return l.said("Another asset job is running", "The server refused the download while another asset job of the same user runs.", err,
			"Wait for the other job, then try again.")
	case isKept:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", message.Text{
			What: fmt.Sprintf("The archive arrived whole and cannot be put at %q: %s. It was kept at %q, and is the only copy: the server deletes an archive when it is asked for it.",
				file, message.FileProblem(kept.Err), kept.Kept),
			Facts: l.where(), Next: "Correct path or its directory, then try again: the archive is put there, and the server is asked for nothing.",
		}.String())
	case isPlace && place.asked:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", message.Text{
			What:  fmt.Sprintf("The archive was downloaded and cannot be written to %q: %s. Nothing was left there. %s", file, message.FileProblem(place.err), goneAfterDownload),
			Facts: l.where(), Next: "Correct path or its directory. " + exportsAnew,
		}.String())
	case isPlace:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", message.Text{
			What:  fmt.Sprintf("The archive cannot be written to %q: %s. Nothing was left there.", file, message.FileProblem(place.err)),
			Facts: l.where(), Next: "Correct path or its directory, then try again: the archive was not asked for.",
		}.String())
	}
	return l.failure(err)
}
