package csaplatform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// Explain has the words for what only CSA does.
func (s *settings) Explain(op platform.Op, err error) diag.Diagnostic {
	if _, ok := errors.AsType[*httpapi.CertificateError](err); ok {
		return nil
	}
	if op.IsLookup() {
		return explainLookup(op, err)
	}
	return explainRun(op, err)
}

func explainRun(op platform.Op, err error) diag.Diagnostic {
	account, isAccount := errors.AsType[*csa.AccountError](err)
	organization, isOrganization := errors.AsType[*csa.UnknownOrganizationError](err)
	user, isUser := errors.AsType[*csa.UnknownUserError](err)
	artifact, isArtifact := errors.AsType[*csa.ArtifactMissingError](err)
	previewed, isPreviewed := errors.AsType[*csa.PreviewImportedError](err)
	preview, isPreview := errors.AsType[*csa.PreviewError](err)
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	source, isSource := errors.AsType[*sourceError](err)
	switch {
	case isPreviewed:
		return previewImported(op, previewed.Job)
	case isPreview && preview.Cause == nil:
		return previewRefused(op, preview.Job)
	case isPreview && errors.Is(err, asset.ErrOutcomeUnknown):
		return previewLost(op, err)
	case isFailed:
		return importFailed(op, failed.Job)
	case errors.Is(err, asset.ErrOutcomeUnknown):
		return importLost(op, err)
	case isSource:
		return sourceRefused(source)
	case isAccount:
		return op.Said("Credentials refused", fmt.Sprintf("The server refused the integration account %q. Nothing was done.", httpapi.Ending(account.Username)), err,
			"Check csa.username and csa.password of the provider block, and csa.user_identifier where it is set, then apply again.")
	case isOrganization:
		return op.Said("Unknown organization", fmt.Sprintf("The server does not know the organization %q, in which the user was looked up. "+
			"Nothing was sent but the look-up.", organization.Organization), err,
			"Check csa.organization of the provider block: it is \"CSA-Provider\" on most servers and \"Provider\" on later ones. Check "+
				"csa.endpoint too: a server that is no CSA looks the same. Then apply again.")
	case isUser:
		return op.Said("Unknown user", fmt.Sprintf("The organization %q has no user %q on whose behalf requests could run. Nothing was sent but "+
			"the look-up.", user.Organization, user.User), err, "Check csa.user of the provider block, then apply again.")
	case isArtifact:
		return op.Said("Artifact not found", fmt.Sprintf("The server has no artifact with the id %q, or it cannot be exported.", artifact.ID), err,
			"Check csa.artifact_id: an artifact has another id on each server. Then apply again.")
	case errors.Is(err, asset.ErrNoArchive):
		return noCSAArchive(op, err)
	case isPreview:
		return op.Said("Preview failed", "The server did not answer the preview properly ("+message.RootCause(err)+"), so the import was not sent.", err,
			"Remove the cause, or set csa.preview = false, then apply again.")
	case errors.Is(err, csa.ErrForbidden):
		return op.Said("Not allowed", fmt.Sprintf("The person on whose behalf the %s ran may not use the object.", op.Verb.Noun), err,
			"Name a person who may in csa.organization and csa.user of the provider block, or have the rights given, then apply again.")
	case errors.Is(err, asset.ErrNotSent) && answered(err):
		return op.Said("Login failed", "Looking up the user failed: "+message.RootCause(err)+". Nothing was sent but the look-up.", err,
			"Check csa.endpoint of the provider block, then apply again.")
	}
	return nil
}

func explainLookup(op platform.Op, err error) diag.Diagnostic {
	account, isAccount := errors.AsType[*csa.AccountError](err)
	organization, isOrganization := errors.AsType[*csa.UnknownOrganizationError](err)
	user, isUser := errors.AsType[*csa.UnknownUserError](err)
	switch {
	case isAccount:
		return op.Said("Credentials refused", fmt.Sprintf("The server refused the integration account %q.", httpapi.Ending(account.Username)), err,
			"Check csa.username and csa.password of the provider block, and csa.user_identifier where it is set, then try again.")
	case isOrganization:
		return op.Said("Unknown organization", fmt.Sprintf("The server does not know the organization %q, in which the user was looked up.",
			organization.Organization), err, "Check csa.organization and csa.endpoint of the provider block, then try again.")
	case isUser:
		return op.Said("Unknown user", fmt.Sprintf("The organization %q has no user %q on whose behalf requests could run.", user.Organization, user.User), err,
			"Check csa.user of the provider block, then try again.")
	case errors.Is(err, asset.ErrUnknownJob):
		return op.Said("Import result not found", "The server has no import result record with this id. How long records are kept is not documented, so this says nothing "+
			"of what was imported.", err, "Check csa.record_id and the server of the provider block.")
	case errors.Is(err, csa.ErrForbidden):
		return op.Said("Not allowed", fmt.Sprintf("The person on whose behalf the look-up ran may not see the %s.", op.Noun), err,
			"Name a person who may in csa.organization and csa.user of the provider block, or have the rights given, then try again.")
	}
	return nil
}

// answered says whether there was an answer, whatever it was worth.
func answered(err error) bool {
	_, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	return isAnswer || isContent
}

func importFailed(op platform.Op, job asset.Job) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Import failed", message.Text{
		What:   "The server did not report success, so the import counts as failed. Parts of the archive may have been imported.",
		Server: wordsOf(job),
		Facts:  importFacts(op, job),
		Next: "Remove the cause that the server names, then apply again. Often something that the archive refers to is missing on the " +
			"server: a process definition (with the same path), a component type, a design of the upgrade path.",
	}.String())
}

func wordsOf(job asset.Job) []string {
	if lines := message.ReasonLines(job.Reasons); len(lines) > 0 {
		return lines
	}
	return []string{"(no reason)"}
}

// importFacts names the import result record, which can be looked up.
func importFacts(op platform.Op, job asset.Job) []message.Fact {
	return append(slices.Clone(op.Facts), message.Fact{Name: "Import result record", Value: job.ID}, message.Fact{Name: "Request id", Value: job.RequestID})
}

func previewRefused(op platform.Op, job asset.Job) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Import could not succeed", message.Text{
		What:   "The server validated the archive (csa.preview) and did not report success. The import was not sent.",
		Server: wordsOf(job),
		Facts:  importFacts(op, job),
		Next:   "Remove the cause that the server names, then apply again.",
	}.String())
}

func previewImported(op platform.Op, job asset.Job) diag.Diagnostic {
	t := message.Text{
		What: "The answer to the preview (csa.preview) names artifacts as imported. The server seems not to know previews and to have performed " +
			"the import. No second one was sent.",
		Server: job.Messages,
		Facts:  importFacts(op, job),
		Next: "Check on the server what was imported. Then set csa.preview = false and apply again: that imports again, so use csa.mode = " +
			"\"update\".",
	}
	for _, a := range job.Artifacts {
		t.Facts = append(t.Facts, message.Fact{Name: "Artifact", Value: strings.Join(strings.Fields(a.Type+" "+a.ID), " ")})
	}
	return diag.NewErrorDiagnostic("Preview imported the archive", t.String())
}

func previewLost(op platform.Op, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome unknown", message.Text{
		What: "The preview of the import (csa.preview) was sent, but " + lostAnswer(err) + ". The import was not sent. A server that does not " +
			"know previews may have performed the import instead.",
		Server: message.ServerWords(err),
		Facts:  append(slices.Clone(op.Facts), message.ServerFacts(err)...),
		Next:   "If the server is older than CSA 4.80, check there whether the import took place. Then apply again.",
	}.String())
}

func importLost(op platform.Op, err error) diag.Diagnostic {
	record, what := "", "There is no import result record to look up"
	if recorded, ok := errors.AsType[*csa.RecordedError](err); ok {
		record, what = recorded.Record, "Its import result record, which was named before that, does not say success"
	}
	return diag.NewErrorDiagnostic("Outcome unknown", message.Text{
		What: "The import was sent, but " + lostAnswer(err) + ". The server may have performed it, or may still be at it. " + what +
			", and nothing was repeated." + gaveUp(err),
		Server: message.ServerWords(err),
		Facts:  append(append(slices.Clone(op.Facts), message.Fact{Name: "Import result record", Value: record}), message.ServerFacts(err)...),
		Next:   "Check on the server whether the import took place before you apply again: the next apply imports again.",
	}.String())
}

// gaveUp says what is likely behind 502 and 504: the import is one request, and a
// hop in between ends it when nothing has passed for a while.
func gaveUp(err error) string {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || !answer.OfAHop() {
		return ""
	}
	return fmt.Sprintf(" HTTP status %d came after %s and most likely from a load balancer or proxy whose idle timeout is shorter than the import takes: have that raised.",
		answer.Status, message.Seconds(answer.Took))
}

// lostAnswer is lostAnswer where nothing but the answer ends the wait.
func lostAnswer(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "the run was ended, by its timeout or an interrupt, before the answer arrived"
	case errors.Is(err, io.ErrUnexpectedEOF) && !answered(err):
		return "its answer broke off"
	}
	return message.LostAnswer(err)
}

func noCSAArchive(op platform.Op, err error) diag.Diagnostic {
	if !answered(err) {
		return op.Said("Download is no archive", "The server answered the download with a zip that is no archive of CSA: "+reasonOf(err)+
			". Nothing was written to path.", err, "Check csa.endpoint of the provider block, then apply again.")
	}
	return op.Said("Download is no archive", "The server answered the download with something that is no zip. Nothing was written to path. The "+
		"answer: "+message.RootCause(err)+".", err, "Check csa.endpoint and the account of the provider block: the answer may be a login page, or that of a proxy.")
}

// reasonOf is why a zip was not accepted. It says nothing that the server did
// not send in clear, and no credentials are in an archive's directory.
func reasonOf(err error) string {
	if manifest, ok := errors.AsType[*csa.ManifestError](err); ok {
		return manifest.Error()
	}
	return csa.ErrNoManifest.Error()
}

// sourceRefused is about an archive that the server would refuse.
func sourceRefused(e *sourceError) diag.Diagnostic {
	switch {
	case e.noManifest:
		return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source is no archive", message.Text{
			What: fmt.Sprintf("source is %q, which is a zip without manifest.xml. It is no archive of CSA.", e.source),
			Next: "Point source at an archive that was exported from a CSA.",
		}.String())
	case e.wanted != "":
		return diag.NewAttributeErrorDiagnostic(path.Root(Name), "Archive of another kind", message.Text{
			What: fmt.Sprintf("csa.validate_type is %q, and the archive at %q is of kind %s. The server would refuse it. Nothing was sent.",
				e.wanted, e.source, e.kind),
			Next: "Point source at the archive that was meant, or correct csa.validate_type.",
		}.String())
	default:
		return diag.NewAttributeErrorDiagnostic(path.Root(Name), "Catalog without an organization", message.Text{
			What: fmt.Sprintf("The archive at %q is a catalog, and csa.org_for_catalog_import does not say which organization will own it. The "+
				"server would refuse it. Nothing was sent.", e.source),
			Next: "Write csa.org_for_catalog_import.",
		}.String())
	}
}
