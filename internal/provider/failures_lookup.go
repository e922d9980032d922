package provider

// What goes wrong when a data source asks a server, in the words of messages.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// failure turns the error of a look-up into words.
func (l lookup) failure(err error) diag.Diagnostic {
	if d := l.csaFailure(err); d != nil {
		return d
	}
	kept := unreached{session: l.session, platform: l.target.platform.ValueString(), said: l.said, again: "then try again."}
	if d := kept.diagnostic(err); d != nil {
		return d
	}
	list, isList := errors.AsType[*roma.ListError](err)
	project, isProject := errors.AsType[*roma.ProjectError](err)
	answer, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return l.said("Look-up interrupted", fmt.Sprintf("The run was interrupted while it looked up the %s.", l.noun), err, "")
	case isProject:
		return projectNotFound(project, kept.again)
	case errors.Is(err, asset.ErrDenied):
		return l.denied(err)
	case errors.Is(err, roma.ErrNoInstance):
		return l.said("Instance not found", "The server does not know the instance.", err,
			"Check roma.instance_id, and the region and the project of the provider block, then try again.")
	case errors.Is(err, asset.ErrUnknownJob) && l.target.platform.ValueString() == platformCSA:
		return l.said("Import result not found", "The server has no import result record with this id. How long records are kept is not documented, so this says nothing "+
			"of what was imported.", err, "Check csa.record_id and the server of the provider block.")
	case errors.Is(err, asset.ErrUnknownJob):
		return l.said("Job not found", "The instance has no job with this id, or has forgotten it: how long jobs are kept is not documented.", err,
			"Check roma.job_id and the instance: a job belongs to the instance on which it ran.")
	case isList:
		return l.listBroken(list)
	case isAnswer && answer.Status >= 500:
		return l.said("Look-up failed", fmt.Sprintf("The server could not answer the %s.", l.asked()), err,
			"Wait until the server is well again, then try again.")
	case isAnswer && answer.RedirectHost != "":
		where, next := redirected(answer)
		return l.said("Look-up refused", fmt.Sprintf("The server redirects the %s %s.", l.asked(), where), err, next+", then try again.")
	case isAnswer:
		return l.said("Look-up refused", fmt.Sprintf("The server refused the %s.", l.asked()), err,
			causeAdvice(err)+", then try again.")
	case isContent:
		return l.said("Look-up failed", fmt.Sprintf("The answer to the %s cannot be understood: %s.", l.asked(), rootCause(err)), err,
			"Check that the endpoint is that of the platform and not of a proxy or a login page, then try again.")
	}
	return l.said("Look-up failed", fmt.Sprintf("The %s failed: %s.", l.asked(), rootCause(err)), err,
		"Check the endpoint and the network, then try again.")
}

// csaFailure has the words for what only CSA does; nil for everything else.
func (l lookup) csaFailure(err error) diag.Diagnostic {
	account, isAccount := errors.AsType[*csa.AccountError](err)
	organization, isOrganization := errors.AsType[*csa.UnknownOrganizationError](err)
	user, isUser := errors.AsType[*csa.UnknownUserError](err)
	switch {
	case isAccount:
		return l.said("Credentials refused", fmt.Sprintf("The server refused the integration account %q.", httpapi.Ending(account.Username)), err,
			"Check csa.username and csa.password of the provider block, and csa.user_identifier where it is set, then try again.")
	case isOrganization:
		return l.said("Unknown organization", fmt.Sprintf("The server does not know the organization %q, in which the user was looked up.",
			organization.Organization), err, "Check csa.organization and csa.endpoint of the provider block, then try again.")
	case isUser:
		return l.said("Unknown user", fmt.Sprintf("The organization %q has no user %q on whose behalf requests could run.", user.Organization, user.User), err,
			"Check csa.user of the provider block, then try again.")
	case errors.Is(err, csa.ErrForbidden):
		return l.said("Not allowed", fmt.Sprintf("The person on whose behalf the look-up ran may not see the %s.", l.noun), err,
			"Name a person who may in csa.organization and csa.user of the provider block, or have the rights given, then try again.")
	}
	return nil
}

// asked is the question as a noun: an archive is not only looked at.
func (l lookup) asked() string {
	if l.noun == nounArchive {
		return "download of the archive"
	}
	return "look-up of the " + l.noun
}

// where names the platform, the instance and what was asked for.
func (l lookup) where() []fact {
	return append([]fact{{"Platform", l.target.platform.ValueString()}, {"Instance", l.target.instance.ValueString()}}, l.facts...)
}

func (l lookup) said(summary, what string, err error, next string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, text{what: what, server: serverWords(err), facts: append(l.where(), serverFacts(err)...), next: next}.String())
}

func (l lookup) denied(err error) diag.Diagnostic {
	platform := l.target.platform.ValueString()
	return diag.NewErrorDiagnostic("Credentials refused", text{
		what:   fmt.Sprintf("The server refused the credentials for the %s.", l.asked()),
		server: serverWords(err), facts: slices.Concat(l.where(), l.session.loginFacts(platform), serverFacts(err)),
		next: "Check the credentials, the region and the project of the provider block, then try again." + l.session.lockAdvice(platform),
	}.String())
}

func (l lookup) listBroken(e *roma.ListError) diag.Diagnostic {
	what := map[error]string{
		roma.ErrListRepeats:  "The server repeats the same page of its list of %s.",
		roma.ErrListUnsteady: "The server's list of %s changed each time that it was read, or has fewer of them than the server says.",
		roma.ErrListTooLong:  "The server's list of %s does not end.",
		roma.ErrListTime:     "The server took too long for its list of %s.",
	}[e.Cause]
	facts := append(l.where(), fact{"Read", strconv.Itoa(e.Read)})
	if e.Total >= 0 {
		facts = append(facts, fact{"Total by the server's word", strconv.Itoa(e.Total)})
	}
	return diag.NewErrorDiagnostic("List is not complete", text{
		what:  fmt.Sprintf(what, e.What) + " A part of it would pass for the whole, so there is no result.",
		facts: facts, next: "Try again when nobody changes the instance. With roma.name the list is shorter.",
	}.String())
}

func (l lookup) tasksNotListed(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Tasks cannot be listed", text{
		what: "The server listed the applications, but refused the list of data-integration tasks: the instance may have no data integration, or " +
			"the user no right to it. tasks is null.",
		server: serverWords(err), facts: append(l.where(), serverFacts(err)...),
	}.String())
}

// archiveTaken warns of an archive that is nowhere any more.
func (l lookup) archiveTaken(file string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Archive already downloaded", text{
		what: fmt.Sprintf("There is no file at %q, and the archive is not on the server: it was downloaded already, has expired, or the id is wrong. An archive can "+
			"be downloaded once. The attributes of the data source are null.", file),
		server: serverWords(err), facts: append(l.where(), serverFacts(err)...),
		next: "If the file is needed on this machine, pass it on from where it was downloaded, or export again.",
	}.String())
}

// goneAfterDownload: the server deletes an archive when it is asked for it.
const goneAfterDownload = "The server deletes an archive when it is asked for it, so this one is most likely gone."

const exportsAnew = "Export again (another value in triggers, or -replace), and use the new archive_id."

// downloadFailed is about a download that ended without a file.
func (l lookup) downloadFailed(file string, err error) diag.Diagnostic {
	place, isPlace := errors.AsType[*pathError](err)
	occupied, isOccupied := errors.AsType[*asset.OccupiedError](err)
	limit, isLimit := errors.AsType[*timeoutError](err)
	kept, isKept := errors.AsType[*asset.KeptError](err)
	switch {
	case isOccupied:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Another file is at path", text{
			what: fmt.Sprintf("While the archive was downloaded, something else appeared at %q. It was left alone. The archive, which is no longer on the server, was "+
				"kept at %q.", file, occupied.Kept),
			facts: l.where(), next: "Move the file that is meant to path.",
		}.String())
	case isLimit:
		return l.said("Download took too long", fmt.Sprintf("The download did not end within %s. Nothing was left at %q. %s", limit.limit, file, goneAfterDownload), nil, exportsAnew)
	case errors.Is(err, context.Canceled):
		return l.said("Download interrupted", fmt.Sprintf("The run was interrupted while it downloaded the archive. Nothing was left at %q. %s", file, goneAfterDownload),
			nil, exportsAnew)
	case errors.Is(err, asset.ErrBroken):
		return l.said("Download broke", fmt.Sprintf("The archive did not arrive whole (%s). Nothing was left at %q. %s",
			strings.TrimPrefix(rootCause(place.err), asset.ErrBroken.Error()+" "), file, goneAfterDownload),
			err, exportsAnew)
	case errors.Is(err, asset.ErrNoArchive):
		return l.said("Download is no archive", fmt.Sprintf("The server answered the download with something that is no zip. Nothing was written to %q. The answer: %s.",
			file, rootCause(err)), err, "Check that the endpoint is that of the platform and not of a proxy or a login page, then try again.")
	case errors.Is(err, asset.ErrBusy):
		return l.said("Another asset job is running", "The server refused the download while another asset job of the same user runs.", err,
			"Wait for the other job, then try again.")
	case isKept:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", text{
			what: fmt.Sprintf("The archive arrived whole and cannot be put at %q: %s. It was kept at %q, and is the only copy: the server deletes an archive when it is asked for it.",
				file, fileProblem(kept.Err), kept.Kept),
			facts: l.where(), next: "Correct path or its directory, then try again: the archive is put there, and the server is asked for nothing.",
		}.String())
	case isPlace && place.asked:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", text{
			what:  fmt.Sprintf("The archive was downloaded and cannot be written to %q: %s. Nothing was left there. %s", file, fileProblem(place.err), goneAfterDownload),
			facts: l.where(), next: "Correct path or its directory. " + exportsAnew,
		}.String())
	case isPlace:
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", text{
			what:  fmt.Sprintf("The archive cannot be written to %q: %s. Nothing was left there.", file, fileProblem(place.err)),
			facts: l.where(), next: "Correct path or its directory, then try again: the archive was not asked for.",
		}.String())
	}
	return l.failure(err)
}
