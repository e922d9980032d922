package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// failure turns the error of a run into words. The order matters: what is
// known about the job comes before what a server said.
func (w *work) failure(err error) diag.Diagnostic {
	if _, ok := errors.AsType[*storeError](err); ok {
		// Whatever a store said is not about the platform.
		return w.failureOfStore(err)
	}
	if errors.Is(err, httpapi.ErrChanged) && errors.Is(err, asset.ErrNotSent) {
		return w.sourceChanged(err)
	}
	if w.model.Platform.ValueString() == platformCSA {
		if d := w.csaFailure(err); d != nil {
			return d
		}
	}
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	waited, isWait := errors.AsType[*asset.WaitError](err)
	busy, isBusy := errors.AsType[*asset.BusyError](err)
	switch {
	case isFailed:
		return w.jobFailed(failed.Job)
	case isWait:
		return w.waitEnded(waited)
	case isBusy:
		return w.busy(busy)
	case errors.Is(err, asset.ErrOutcomeUnknown):
		return w.outcomeUnknown(err)
	default:
		return w.otherFailure(err)
	}
}

func (w *work) jobFailed(job asset.Job) diag.Diagnostic {
	lines := reasonLines(job.Reasons)
	next := "Remove the cause and apply again: the job starts anew."
	if w.verb == importVerb && slices.ContainsFunc(job.Reasons, nameExists) {
		next = "If the names exist on the instance because an earlier promotion created them, set roma.type = \"Merge\". Then apply again."
	}
	if len(lines) == 0 {
		lines = []string{"(no reason)"}
	}
	return diag.NewErrorDiagnostic(w.verb.title+" job failed", text{
		what:   fmt.Sprintf("The server ended the %s job as failed.", w.verb.noun),
		server: lines,
		facts:  append(w.facts(job), fact{"Status", string(job.Status)}, fact{"Request id", job.RequestID}),
		next:   next,
	}.String())
}

// nameExists guesses from the server's words that a name is taken.
func nameExists(r asset.Reason) bool {
	message := strings.ToLower(r.Message)
	return strings.Contains(message, "exist") && !strings.Contains(message, "not exist")
}

func quoteIf(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%q", name)
}

func (w *work) waitEnded(e *asset.WaitError) diag.Diagnostic {
	t := text{facts: append(w.facts(e.Job), fact{"Status", string(e.Job.Status)}), next: "Apply again. " + w.continues()}
	if e.Job.Progress > 0 {
		t.facts = append(t.facts, fact{"Progress", fmt.Sprintf("%.0f %%", 100*e.Job.Progress)})
	}
	summary := w.verb.title + " job is still running"
	limit, isTimeout := errors.AsType[*timeoutError](e.Cause)
	switch {
	case isTimeout:
		t.what = fmt.Sprintf("The %s job did not end within the timeout of %s (waited %s). It goes on on the server: the console lists it among its background tasks.",
			w.verb.noun, limit.limit, seconds(e.Waited))
	case errors.Is(e.Cause, context.Canceled):
		t.what = fmt.Sprintf("The run was interrupted while it waited for the %s job (waited %s). The job goes on on the server.",
			w.verb.noun, seconds(e.Waited))
	case errors.Is(e.Cause, asset.ErrUnknownJob):
		summary = w.verb.title + " job not found"
		t.what = fmt.Sprintf("The server does not know the %s job that it started (waited %s).", w.verb.noun, seconds(e.Waited))
		t.next = "Look at the instance for what the job did. The next apply starts it anew."
	case errors.Is(e.Cause, asset.ErrDenied):
		summary = "Credentials refused"
		t.what = fmt.Sprintf("The server refused the credentials while the %s job was waited for (waited %s). The job goes on on the server.",
			w.verb.noun, seconds(e.Waited))
		t.next = "Give valid credentials, then apply again. " + w.continues()
	default:
		summary = w.verb.title + " job cannot be watched"
		t.what = fmt.Sprintf("The server went on answering badly while the %s job was waited for (waited %s). The job may go on on the server.",
			w.verb.noun, seconds(e.Waited))
	}
	if e.Last != nil {
		t.what += lastLook(e.Last)
		if _, ok := errors.AsType[*roma.SourceError](e.Last); ok && !errors.Is(e.Cause, asset.ErrUnknownJob) {
			t.next = "See to the credentials, then apply again. " + w.continues()
		}
		t.server = serverWords(e.Last)
		t.facts = append(t.facts, serverFacts(e.Last)...)
	}
	return diag.NewErrorDiagnostic(summary, t.String())
}

// continues says what the next apply does with a job that is not over.
func (w *work) continues() string {
	if !w.open {
		return "The next apply starts it anew."
	}
	says := "The next apply continues this job instead of starting another."
	if w.remember != nil {
		says += "\n" + untaintAdvice
	}
	return says
}

// fetchesAgain says what the next apply does when a download was asked for
// and did not end: ROMA Connect deletes an archive when it is asked for.
func (w *work) fetchesAgain() string {
	if !w.open {
		return "The next apply exports again."
	}
	return "The next apply asks for the archive again, and exports again if the server has deleted it."
}

func (w *work) busy(e *asset.BusyError) diag.Diagnostic {
	t := text{
		server: serverWords(e.Last),
		facts:  append(w.facts(asset.Job{}), serverFacts(e.Last)...),
		next:   "Wait for the other job (another Terraform run, another provider alias or the console), or raise timeouts, and apply again.",
	}
	t.what = fmt.Sprintf("Another asset job of the same user was running. The %s waited %s for it, and nothing was started",
		w.verb.noun, seconds(e.Waited))
	if limit, ok := errors.AsType[*timeoutError](e.Cause); ok {
		t.what += fmt.Sprintf(" within the timeout of %s.", limit.limit)
	} else {
		t.what += " before the run was interrupted."
	}
	return diag.NewErrorDiagnostic("Another asset job is running", t.String())
}

func (w *work) outcomeUnknown(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome unknown", text{
		what: fmt.Sprintf("The request that starts the %s job was sent, but %s. A job may have been started. There is no job id to keep, "+
			"and nothing was repeated.", w.verb.noun, lostAnswer(err)),
		server: serverWords(err),
		facts:  append(w.facts(asset.Job{}), serverFacts(err)...),
		next:   fmt.Sprintf("Check on the instance whether the %s took place before you apply again: the next apply starts it again.", w.verb.noun),
	}.String())
}

// lostAnswer says what became of the answer to a starting request.
func lostAnswer(err error) string {
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		return fmt.Sprintf("its answer (HTTP status %d) does not say whether it was performed", answer.Status)
	}
	if _, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return "its answer cannot be understood (" + rootCause(err) + ")"
	}
	if errors.Is(err, context.Canceled) {
		return "the run was ended, by a timeout or an interrupt, before the answer arrived"
	}
	return "its answer did not arrive (" + rootCause(err) + ")"
}

// otherFailure is a run that ended before its job started or after it ended.
func (w *work) otherFailure(err error) diag.Diagnostic {
	if d := w.unreached().diagnostic(err); d != nil {
		return d
	}
	interrupted, isInterrupted := errors.AsType[*interruptedError](err)
	file, isFile := errors.AsType[*pathError](err)
	source, isSource := errors.AsType[*sourceError](err)
	unapproved, isUnapproved := errors.AsType[*unapprovedError](err)
	missing, isMissing := errors.AsType[*credentialsError](err)
	limit, isTimeout := errors.AsType[*timeoutError](err)
	switch {
	case isInterrupted:
		return w.interrupted(interrupted)
	case errors.Is(err, asset.ErrTaken):
		return w.archiveTaken(err)
	case errors.Is(err, asset.ErrNoArchive):
		return w.noArchive(err)
	case isFile:
		return w.fileFailed(file)
	case isSource:
		return w.sourceFailed(source)
	case isUnapproved:
		return notApproved(unapproved)
	case isMissing:
		return noCredentials(missing)
	case errors.Is(err, roma.ErrBodyTooLarge):
		return w.bodyTooLarge(err)
	case isTimeout && w.fetching:
		return w.downloadTooLong(limit)
	case errors.Is(err, context.Canceled) && w.fetching:
		return diag.NewErrorDiagnostic("Download interrupted", text{
			what:  "The run was interrupted while it downloaded the archive. Nothing was left at path.",
			facts: w.facts(w.job), next: "Apply again. " + w.fetchesAgain(),
		}.String())
	case errors.Is(err, roma.ErrNoInstance):
		what := fmt.Sprintf("The server does not know the instance %q.", w.model.Instance.ValueString())
		if w.job.ID == "" {
			what += " Nothing was started."
		}
		return w.refused("Instance not found", what, err,
			"Check roma.instance_id, and the region and the project of the provider block, then apply again.")
	case errors.Is(err, asset.ErrDenied):
		return w.denied(err)
	}
	if project, ok := errors.AsType[*roma.ProjectError](err); ok {
		return projectNotFound(project, w.unreached().again)
	}
	if setting, ok := errors.AsType[*httpapi.ConfigError](err); ok {
		return notConnected(w.model.Platform.ValueString(), setting)
	}
	answer, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	switch {
	case errors.Is(err, asset.ErrNotSent) && (isAnswer || isContent):
		return w.refused("Login failed", fmt.Sprintf("Logging in, or looking up the project, failed: %s. Nothing was sent to the instance.",
			rootCause(err)), err, "Check auth_url, the credentials and the project of the provider block, then apply again.")
	case isAnswer && answer.Status >= 500:
		return w.refused(w.verb.title+" request failed", fmt.Sprintf("The server could not answer a request of the %s.", w.verb.noun), err,
			"Wait until the server is well again, then apply again.")
	case isAnswer && answer.RedirectHost != "":
		where, next := redirected(answer)
		return w.refused(w.verb.title+" request refused", fmt.Sprintf("The server redirects a request of the %s %s.", w.verb.noun, where), err, next+", then apply again.")
	case isAnswer:
		return w.refused(w.verb.title+" request refused", fmt.Sprintf("The server refused a request of the %s.", w.verb.noun), err,
			causeAdvice(err)+", then apply again.")
	}
	return w.refused(w.verb.title+" request failed", fmt.Sprintf("A request of the %s failed: %s.", w.verb.noun, rootCause(err)), err,
		"Check the endpoint and the network, then apply again.")
}

func (w *work) denied(err error) diag.Diagnostic {
	platform := w.model.Platform.ValueString()
	next := "Check the credentials, the region and the project of the provider block, then apply again."
	if w.open {
		next += " " + w.continues()
	}
	return diag.NewErrorDiagnostic("Credentials refused", text{
		what:   fmt.Sprintf("The server refused the credentials for the %s.", w.verb.noun),
		server: serverWords(err), facts: slices.Concat(w.facts(w.job), w.session.loginFacts(platform), serverFacts(err)),
		next: next + w.session.lockAdvice(platform),
	}.String())
}

func (w *work) refused(summary, what string, err error, next string) diag.Diagnostic {
	if w.open {
		next += " " + w.continues()
	}
	return diag.NewErrorDiagnostic(summary, text{
		what: what, server: serverWords(err), facts: append(w.facts(w.job), serverFacts(err)...), next: next,
	}.String())
}

func (w *work) interrupted(e *interruptedError) diag.Diagnostic {
	next := "Apply again."
	what := fmt.Sprintf("The run was interrupted before the %s job was started. Nothing was started on the server.", w.verb.noun)
	if limit, ok := errors.AsType[*timeoutError](e.cause); ok {
		next = "Raise timeouts, or try later, and apply again."
		what = fmt.Sprintf("The timeout of %s passed before the %s job was started. Nothing was started on the server.", limit.limit, w.verb.noun)
	}
	if w.open {
		next = "Apply again. " + w.continues()
	}
	return diag.NewErrorDiagnostic(w.verb.title+" was not started", text{
		what: what, server: serverWords(e.last), facts: append(w.facts(w.job), serverFacts(e.last)...), next: next,
	}.String())
}

// notContinued warns of jobs whose resources were deleted and, because the run
// was interrupted in between, not created anew.
func notContinued(jobs []string) diag.Diagnostics {
	if len(jobs) == 0 {
		return nil
	}
	facts := make([]fact, len(jobs))
	for i, job := range jobs {
		facts[i] = fact{"Job id", job}
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Interrupted jobs are forgotten", text{
		what: "The run was interrupted after Terraform had deleted these tainted resources from the state, and before it created them anew. " +
			"Their jobs may still be running on the server.",
		facts: facts,
		next:  "The next apply waits until they have ended, and starts them again.",
	}.String())}
}

func (w *work) archiveTaken(err error) diag.Diagnostic {
	return w.refused("Archive already downloaded", "The export job has ended, but its archive is no longer on the server: it was downloaded "+
		"already, or has expired. An archive can be downloaded once.", err, "Apply again: the export runs again.")
}

func (w *work) noArchive(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Download is no archive", text{
		what: "The server answered the download with something that is no zip. Nothing was written to path. The answer: " +
			rootCause(err) + ".",
		server: serverWords(err), facts: append(w.facts(w.job), serverFacts(err)...),
		next: "Check that the endpoint is that of the platform and not of a proxy or a login page, then apply again. " + w.fetchesAgain(),
	}.String())
}

func (w *work) sourceFailed(e *sourceError) diag.Diagnostic {
	if ofStore, ok := errors.AsType[*storeError](e.err); ok {
		return notFetched(w.session, ofStore)
	}
	at := path.Root("source")
	if errors.Is(e.err, fs.ErrNotExist) {
		return diag.NewAttributeErrorDiagnostic(at, "Source is not there", text{
			what: fmt.Sprintf("The import has to run, and there is no file at %q. Nothing was sent.", e.path),
			next: howToGetFile + " If only the name has changed, set source_hash to the digest that was imported: then no file is needed.",
		}.String())
	}
	return sourceUnusable(e.path, e.err)
}

func (w *work) bodyTooLarge(err error) diag.Diagnostic {
	what := "The gateway refused the archive because of its length."
	next := "Split the export, then apply again."
	if answer, ok := errors.AsType[*httpapi.Error](err); ok && answer.Status == http401 {
		what = "The gateway refused the archive because of its length (\"body too large\"). The credentials are not at fault: a request " +
			"that is signed with a key pair may have at most " + megabytes(signedBodyLimit) + "."
		next = "Use a token or user name and password instead of the key pair, or split the export, then apply again."
	}
	return w.refused("Archive too large", what, err, next)
}

// http401 is the status with which the gateway refuses what is signed.
const http401 = 401

// facts names the platform, the instance and the job.
func (w *work) facts(job asset.Job) []fact {
	return []fact{
		{"Platform", w.model.Platform.ValueString()}, {"Instance", w.model.Instance.ValueString()}, {"Job id", job.ID},
	}
}

// shortReason says in half a sentence why a job cannot be continued.
func shortReason(err error) string {
	switch {
	case errors.Is(err, asset.ErrUnknownJob):
		return "the server does not know it any more"
	case errors.Is(err, asset.ErrTaken):
		return "its archive is no longer on the server"
	default:
		return "it has failed"
	}
}

func seconds(d time.Duration) string { return d.Round(time.Second).String() }
