package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// csaFailure has the words for what only CSA does; nil for everything else.
func (w *work) csaFailure(err error) diag.Diagnostic {
	if _, ok := errors.AsType[*httpapi.CertificateError](err); ok {
		return w.unreached().diagnostic(err)
	}
	account, isAccount := errors.AsType[*csa.AccountError](err)
	organization, isOrganization := errors.AsType[*csa.UnknownOrganizationError](err)
	user, isUser := errors.AsType[*csa.UnknownUserError](err)
	artifact, isArtifact := errors.AsType[*csa.ArtifactMissingError](err)
	previewed, isPreviewed := errors.AsType[*csa.PreviewImportedError](err)
	preview, isPreview := errors.AsType[*csa.PreviewError](err)
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	source, isSource := errors.AsType[*csaSourceError](err)
	switch {
	case isPreviewed:
		return w.previewImported(previewed.Job)
	case isPreview && preview.Cause == nil:
		return w.previewRefused(preview.Job)
	case isPreview && errors.Is(err, asset.ErrOutcomeUnknown):
		return w.previewLost(err)
	case isFailed:
		return w.csaImportFailed(failed.Job)
	case errors.Is(err, asset.ErrOutcomeUnknown):
		return w.importLost(err)
	case isSource:
		return csaSourceRefused(source)
	case isAccount:
		return w.refused("Credentials refused", fmt.Sprintf("The server refused the integration account %q. Nothing was done.", httpapi.Ending(account.Username)), err,
			"Check csa.username and csa.password of the provider block, and csa.user_identifier where it is set, then apply again.")
	case isOrganization:
		return w.refused("Unknown organization", fmt.Sprintf("The server does not know the organization %q, in which the user was looked up. "+
			"Nothing was sent but the look-up.", organization.Organization), err,
			"Check csa.organization of the provider block: it is \"CSA-Provider\" on most servers and \"Provider\" on later ones. Check "+
				"csa.endpoint too: a server that is no CSA looks the same. Then apply again.")
	case isUser:
		return w.refused("Unknown user", fmt.Sprintf("The organization %q has no user %q on whose behalf requests could run. Nothing was sent but "+
			"the look-up.", user.Organization, user.User), err, "Check csa.user of the provider block, then apply again.")
	case isArtifact:
		return w.refused("Artifact not found", fmt.Sprintf("The server has no artifact with the id %q, or it cannot be exported.", artifact.ID), err,
			"Check csa.artifact_id: an artifact has another id on each server. Then apply again.")
	case errors.Is(err, asset.ErrNoArchive):
		return w.noCSAArchive(err)
	case isPreview:
		return w.refused("Preview failed", "The server did not answer the preview properly ("+rootCause(err)+"), so the import was not sent.", err,
			"Remove the cause, or set csa.preview = false, then apply again.")
	case errors.Is(err, csa.ErrForbidden):
		return w.refused("Not allowed", fmt.Sprintf("The person on whose behalf the %s ran may not use the object.", w.verb.noun), err,
			"Name a person who may in csa.organization and csa.user of the provider block, or have the rights given, then apply again.")
	case errors.Is(err, asset.ErrNotSent) && answered(err):
		return w.refused("Login failed", "Looking up the user failed: "+rootCause(err)+". Nothing was sent but the look-up.", err,
			"Check csa.endpoint of the provider block, then apply again.")
	}
	return nil
}

// answered says whether there was an answer, whatever it was worth.
func answered(err error) bool {
	_, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	return isAnswer || isContent
}

func (w *work) csaImportFailed(job asset.Job) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Import failed", text{
		what:   "The server did not report success, so the import counts as failed. Parts of the archive may have been imported.",
		server: wordsOf(job),
		facts:  w.importFacts(job),
		next: "Remove the cause that the server names, then apply again. Often something that the archive refers to is missing on the " +
			"server: a process definition (with the same path), a component type, a design of the upgrade path.",
	}.String())
}

func wordsOf(job asset.Job) []string {
	if lines := reasonLines(job.Reasons); len(lines) > 0 {
		return lines
	}
	return []string{"(no reason)"}
}

// importFacts names the import result record, which can be looked up.
func (w *work) importFacts(job asset.Job) []fact {
	return append(w.facts(asset.Job{}), fact{"Import result record", job.ID}, fact{"Request id", job.RequestID})
}

func (w *work) previewRefused(job asset.Job) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Import could not succeed", text{
		what:   "The server validated the archive (csa.preview) and did not report success. The import was not sent.",
		server: wordsOf(job),
		facts:  w.importFacts(job),
		next:   "Remove the cause that the server names, then apply again.",
	}.String())
}

func (w *work) previewImported(job asset.Job) diag.Diagnostic {
	t := text{
		what: "The answer to the preview (csa.preview) names artifacts as imported. The server seems not to know previews and to have performed " +
			"the import. No second one was sent.",
		server: job.Messages,
		facts:  w.importFacts(job),
		next: "Check on the server what was imported. Then set csa.preview = false and apply again: that imports again, so use csa.mode = " +
			"\"update\".",
	}
	for _, a := range job.Artifacts {
		t.facts = append(t.facts, fact{"Artifact", strings.Join(strings.Fields(a.Type+" "+a.ID), " ")})
	}
	return diag.NewErrorDiagnostic("Preview imported the archive", t.String())
}

func (w *work) previewLost(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome unknown", text{
		what: "The preview of the import (csa.preview) was sent, but " + csaLostAnswer(err) + ". The import was not sent. A server that does not " +
			"know previews may have performed the import instead.",
		server: serverWords(err),
		facts:  append(w.facts(asset.Job{}), serverFacts(err)...),
		next:   "If the server is older than CSA 4.80, check there whether the import took place. Then apply again.",
	}.String())
}

func (w *work) importLost(err error) diag.Diagnostic {
	record, what := "", "There is no import result record to look up"
	if recorded, ok := errors.AsType[*csa.RecordedError](err); ok {
		record, what = recorded.Record, "Its import result record, which was named before that, does not say success"
	}
	return diag.NewErrorDiagnostic("Outcome unknown", text{
		what: "The import was sent, but " + csaLostAnswer(err) + ". The server may have performed it, or may still be at it. " + what +
			", and nothing was repeated." + gaveUp(err),
		server: serverWords(err),
		facts:  append(append(w.facts(asset.Job{}), fact{"Import result record", record}), serverFacts(err)...),
		next:   "Check on the server whether the import took place before you apply again: the next apply imports again.",
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
		answer.Status, seconds(answer.Took))
}

// csaLostAnswer is lostAnswer where nothing but the answer ends the wait.
func csaLostAnswer(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "the run was ended, by its timeout or an interrupt, before the answer arrived"
	case errors.Is(err, io.ErrUnexpectedEOF) && !answered(err):
		return "its answer broke off"
	}
	return lostAnswer(err)
}

func (w *work) noCSAArchive(err error) diag.Diagnostic {
	if !answered(err) {
		return w.refused("Download is no archive", "The server answered the download with a zip that is no archive of CSA: "+reasonOf(err)+
			". Nothing was written to path.", err, "Check csa.endpoint of the provider block, then apply again.")
	}
	return w.refused("Download is no archive", "The server answered the download with something that is no zip. Nothing was written to path. The "+
		"answer: "+rootCause(err)+".", err, "Check csa.endpoint and the account of the provider block: the answer may be a login page, or that of a proxy.")
}

// reasonOf is why a zip was not accepted. It says nothing that the server did
// not send in clear, and no credentials are in an archive's directory.
func reasonOf(err error) string {
	if manifest, ok := errors.AsType[*csa.ManifestError](err); ok {
		return manifest.Error()
	}
	return csa.ErrNoManifest.Error()
}

// csaSourceRefused is about an archive that the server would refuse.
func csaSourceRefused(e *csaSourceError) diag.Diagnostic {
	switch {
	case e.noManifest:
		return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source is no archive", text{
			what: fmt.Sprintf("source is %q, which is a zip without manifest.xml. It is no archive of CSA.", e.source),
			next: "Point source at an archive that was exported from a CSA.",
		}.String())
	case e.wanted != "":
		return diag.NewAttributeErrorDiagnostic(path.Root(platformCSA), "Archive of another kind", text{
			what: fmt.Sprintf("csa.validate_type is %q, and the archive at %q is of kind %s. The server would refuse it. Nothing was sent.",
				e.wanted, e.source, e.kind),
			next: "Point source at the archive that was meant, or correct csa.validate_type.",
		}.String())
	default:
		return diag.NewAttributeErrorDiagnostic(path.Root(platformCSA), "Catalog without an organization", text{
			what: fmt.Sprintf("The archive at %q is a catalog, and csa.org_for_catalog_import does not say which organization will own it. The "+
				"server would refuse it. Nothing was sent.", e.source),
			next: "Write csa.org_for_catalog_import.",
		}.String())
	}
}
