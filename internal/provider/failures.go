package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
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
	if w.platform != nil {
		if told := w.platform.Explain(w.op(), err); told != nil {
			return told
		}
	}
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	waited, isWait := errors.AsType[*asset.WaitError](err)
	busy, isBusy := errors.AsType[*asset.BusyError](err)
	switch {
	case isFailed:
		return w.op().JobFailed(failed.Job, "Remove the cause and apply again: the job starts anew.")
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

// op is this run for those who explain what only a platform does.
func (w *work) op() platform.Op {
	return platform.Op{
		Verb: w.verb, Instance: w.model.Instance.ValueString(), JobKnown: w.job.ID != "", Facts: w.facts(asset.Job{}), Said: w.refused, Again: "then apply again.",
	}
}

func (w *work) waitEnded(e *asset.WaitError) diag.Diagnostic {
	t := message.Text{Facts: append(w.facts(e.Job), message.Fact{Name: "Status", Value: string(e.Job.Status)}), Next: "Apply again. " + w.continues()}
	if e.Job.Progress > 0 {
		t.Facts = append(t.Facts, message.Fact{Name: "Progress", Value: fmt.Sprintf("%.0f %%", 100*e.Job.Progress)})
	}
	summary := w.verb.Title + " job is still running"
	limit, isTimeout := errors.AsType[*timeoutError](e.Cause)
	switch {
	case isTimeout:
		t.What = fmt.Sprintf("The %s job did not end within the timeout of %s (waited %s). It goes on on the server: the console lists it among its background tasks.",
			w.verb.Noun, limit.limit, message.Seconds(e.Waited))
	case errors.Is(e.Cause, context.Canceled):
		t.What = fmt.Sprintf("The run was interrupted while it waited for the %s job (waited %s). The job goes on on the server.",
			w.verb.Noun, message.Seconds(e.Waited))
	case errors.Is(e.Cause, asset.ErrUnknownJob):
		summary = w.verb.Title + " job not found"
		t.What = fmt.Sprintf("The server does not know the %s job that it started (waited %s).", w.verb.Noun, message.Seconds(e.Waited))
		t.Next = "Look at the instance for what the job did. The next apply starts it anew."
	case errors.Is(e.Cause, asset.ErrDenied):
		summary = "Credentials refused"
		t.What = fmt.Sprintf("The server refused the credentials while the %s job was waited for (waited %s). The job goes on on the server.",
			w.verb.Noun, message.Seconds(e.Waited))
		t.Next = "Give valid credentials, then apply again. " + w.continues()
	default:
		summary = w.verb.Title + " job cannot be watched"
		t.What = fmt.Sprintf("The server went on answering badly while the %s job was waited for (waited %s). The job may go on on the server.",
			w.verb.Noun, message.Seconds(e.Waited))
	}
	if e.Last != nil {
		t.What += message.LastLook(e.Last)
		if message.IsRenewal(e.Last) && !errors.Is(e.Cause, asset.ErrUnknownJob) {
			t.Next = "See to the credentials, then apply again. " + w.continues()
		}
		t.Server = message.ServerWords(e.Last)
		t.Facts = append(t.Facts, message.ServerFacts(e.Last)...)
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
	t := message.Text{
		Server: message.ServerWords(e.Last),
		Facts:  append(w.facts(asset.Job{}), message.ServerFacts(e.Last)...),
		Next:   "Wait for the other job (another Terraform run, another provider alias or the console), or raise timeouts, and apply again.",
	}
	t.What = fmt.Sprintf("Another asset job of the same user was running. The %s waited %s for it, and nothing was started",
		w.verb.Noun, message.Seconds(e.Waited))
	if limit, ok := errors.AsType[*timeoutError](e.Cause); ok {
		t.What += fmt.Sprintf(" within the timeout of %s.", limit.limit)
	} else {
		t.What += " before the run was interrupted."
	}
	return diag.NewErrorDiagnostic("Another asset job is running", t.String())
}

func (w *work) outcomeUnknown(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome unknown", message.Text{
		What: fmt.Sprintf("The request that starts the %s job was sent, but %s. A job may have been started. There is no job id to keep, "+
			"and nothing was repeated.", w.verb.Noun, message.LostAnswer(err)),
		Server: message.ServerWords(err),
		Facts:  append(w.facts(asset.Job{}), message.ServerFacts(err)...),
		Next:   fmt.Sprintf("Check on the instance whether the %s took place before you apply again: the next apply starts it again.", w.verb.Noun),
	}.String())
}

// otherFailure is a run that ended before its job started or after it ended.
func (w *work) otherFailure(err error) diag.Diagnostic {
	if w.platform != nil {
		if told := unreached(w.platform, w.op()).Diagnostic(err); told != nil {
			return told
		}
	}
	interrupted, isInterrupted := errors.AsType[*interruptedError](err)
	file, isFile := errors.AsType[*pathError](err)
	source, isSource := errors.AsType[*sourceError](err)
	unapproved, isUnapproved := errors.AsType[*unapprovedError](err)
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
	case isTimeout && w.fetching:
		return w.downloadTooLong(limit)
	case errors.Is(err, context.Canceled) && w.fetching:
		return diag.NewErrorDiagnostic("Download interrupted", message.Text{
			What:  "The run was interrupted while it downloaded the archive. Nothing was left at path.",
			Facts: w.facts(w.job), Next: "Apply again. " + w.fetchesAgain(),
		}.String())
	case errors.Is(err, asset.ErrDenied):
		return w.denied(err)
	}
	_, isSetting := errors.AsType[*httpapi.ConfigError](err)
	_, isUnknown := errors.AsType[*platform.UnknownError](err)
	if isSetting || isUnknown {
		return platform.NotConnected(w.platform, err)
	}
	answer, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	switch {
	case errors.Is(err, asset.ErrNotSent) && (isAnswer || isContent):
		return w.refused("Login failed", fmt.Sprintf("Logging in, or looking up the project, failed: %s. Nothing was sent to the instance.",
			message.RootCause(err)), err, "Check auth_url, the credentials and the project of the provider block, then apply again.")
	case isAnswer && answer.Status >= 500:
		return w.refused(w.verb.Title+" request failed", fmt.Sprintf("The server could not answer a request of the %s.", w.verb.Noun), err,
			"Wait until the server is well again, then apply again.")
	case isAnswer && answer.RedirectHost != "":
		where, next := message.Redirected(answer)
		return w.refused(w.verb.Title+" request refused", fmt.Sprintf("The server redirects a request of the %s %s.", w.verb.Noun, where), err, next+", then apply again.")
	case isAnswer:
		return w.refused(w.verb.Title+" request refused", fmt.Sprintf("The server refused a request of the %s.", w.verb.Noun), err,
			"Remove the cause that the server names, then apply again.")
	}
	return w.refused(w.verb.Title+" request failed", fmt.Sprintf("A request of the %s failed: %s.", w.verb.Noun, message.RootCause(err)), err,
		"Check the endpoint and the network, then apply again.")
}

func (w *work) denied(err error) diag.Diagnostic {
	var login platform.Login
	if w.platform != nil {
		login = w.platform.Login()
	}
	next := "Check the credentials, the region and the project of the provider block, then apply again."
	if w.open {
		next += " " + w.continues()
	}
	return diag.NewErrorDiagnostic("Credentials refused", message.Text{
		What:   fmt.Sprintf("The server refused the credentials for the %s.", w.verb.Noun),
		Server: message.ServerWords(err), Facts: slices.Concat(w.facts(w.job), login.Facts(), message.ServerFacts(err)),
		Next: next + login.Refused,
	}.String())
}

func (w *work) refused(summary, what string, err error, next string) diag.Diagnostic {
	if w.open {
		next += " " + w.continues()
	}
	return diag.NewErrorDiagnostic(summary, message.Text{
		What: what, Server: message.ServerWords(err), Facts: append(w.facts(w.job), message.ServerFacts(err)...), Next: next,
	}.String())
}

func (w *work) interrupted(e *interruptedError) diag.Diagnostic {
	next := "Apply again."
	what := fmt.Sprintf("The run was interrupted before the %s job was started. Nothing was started on the server.", w.verb.Noun)
	if limit, ok := errors.AsType[*timeoutError](e.cause); ok {
		next = "Raise timeouts, or try later, and apply again."
		what = fmt.Sprintf("The timeout of %s passed before the %s job was started. Nothing was started on the server.", limit.limit, w.verb.Noun)
	}
	if w.open {
		next = "Apply again. " + w.continues()
	}
	return diag.NewErrorDiagnostic(w.verb.Title+" was not started", message.Text{
		What: what, Server: message.ServerWords(e.last), Facts: append(w.facts(w.job), message.ServerFacts(e.last)...), Next: next,
	}.String())
}

// notContinued warns of jobs whose resources were deleted and, because the run
// was interrupted in between, not created anew.
func notContinued(jobs []string) diag.Diagnostics {
	if len(jobs) == 0 {
		return nil
	}
	facts := make([]message.Fact, len(jobs))
	for i, job := range jobs {
		facts[i] = message.Fact{Name: "Job id", Value: job}
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Interrupted jobs are forgotten", message.Text{
		What: "The run was interrupted after Terraform had deleted these tainted resources from the state, and before it created them anew. " +
			"Their jobs may still be running on the server.",
		Facts: facts,
		Next:  "The next apply waits until they have ended, and starts them again.",
	}.String())}
}

func (w *work) archiveTaken(err error) diag.Diagnostic {
	return w.refused("Archive already downloaded", "The export job has ended, but its archive is no longer on the server: it was downloaded "+
		"already, or has expired. An archive can be downloaded once.", err, "Apply again: the export runs again.")
}

func (w *work) noArchive(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Download is no archive", message.Text{
		What: "The server answered the download with something that is no zip. Nothing was written to path. The answer: " +
			message.RootCause(err) + ".",
		Server: message.ServerWords(err), Facts: append(w.facts(w.job), message.ServerFacts(err)...),
		Next: "Check that the endpoint is that of the platform and not of a proxy or a login page, then apply again. " + w.fetchesAgain(),
	}.String())
}

func (w *work) sourceFailed(e *sourceError) diag.Diagnostic {
	if ofStore, ok := errors.AsType[*storeError](e.err); ok {
		return notFetched(w.session, ofStore)
	}
	at := path.Root("source")
	if errors.Is(e.err, fs.ErrNotExist) {
		return diag.NewAttributeErrorDiagnostic(at, "Source is not there", message.Text{
			What: fmt.Sprintf("The import has to run, and there is no file at %q. Nothing was sent.", e.path),
			Next: howToGetFile + " If only the name has changed, set source_hash to the digest that was imported: then no file is needed.",
		}.String())
	}
	return sourceUnusable(e.path, e.err)
}

// facts names the platform, the instance and the job.
func (w *work) facts(job asset.Job) []message.Fact {
	return []message.Fact{
		{Name: "Platform", Value: w.model.Platform.ValueString()}, {Name: "Instance", Value: w.model.Instance.ValueString()}, {Name: "Job id", Value: job.ID},
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

// unreached makes messages about what kept a request from a platform.
func unreached(p platform.Platform, op platform.Op) message.Unreached {
	return message.Unreached{Block: p.Name(), Variables: p.Variables(), AddressOf: p.AddressOf, Said: op.Said, Again: op.Again}
}
