package jobrun

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// The words of a run: a pure function of how it ended.

// Explain says how a run ended of which something is known about its job; nil for everything else. What is
// known about the job comes before what a server said.
func (o *Outcome) Explain() diag.Diagnostic {
	waited, isWait := errors.AsType[*asset.WaitError](o.Err)
	busy, isBusy := errors.AsType[*asset.BusyError](o.Err)
	switch {
	case isWait:
		return o.waitEnded(waited)
	case isBusy:
		return o.busy(busy)
	case errors.Is(o.Err, asset.ErrOutcomeUnknown):
		return o.outcomeUnknown(o.Err)
	}
	return nil
}

// ExplainInterrupted says that a run was ended before its job was started; nil for everything else.
func (o *Outcome) ExplainInterrupted() diag.Diagnostic {
	if e, ok := errors.AsType[*InterruptedError](o.Err); ok {
		return o.interrupted(e)
	}
	return nil
}

// ExplainFetching says that a run was ended while it fetched an archive of which nothing is left here; nil
// for everything else. err is what the fetching ended with.
func (o *Outcome) ExplainFetching(err error) diag.Diagnostic {
	if limit, ok := errors.AsType[*TimeoutError](err); ok {
		return o.downloadTooLong(limit)
	}
	if !errors.Is(err, context.Canceled) {
		return nil
	}
	return diag.NewErrorDiagnostic("Download interrupted", message.Text{
		What:  "The run was interrupted while it downloaded the archive. Nothing was left at path.",
		Facts: o.Run.Facts(o.Job), Next: "Apply again. " + o.FetchesAgain(),
	}.String())
}

// Facts name the platform, the instance and the job.
func (r *Run) Facts(job asset.Job) []message.Fact {
	return []message.Fact{{Name: "Platform", Value: r.Platform}, {Name: "Instance", Value: r.Instance}, {Name: "Job id", Value: job.ID}}
}

func (o *Outcome) waitEnded(e *asset.WaitError) diag.Diagnostic {
	t := message.Text{Facts: append(o.Run.Facts(e.Job), message.Fact{Name: "Status", Value: string(e.Job.Status)}), Next: "Apply again. " + o.Continues()}
	if e.Job.Progress > 0 {
		t.Facts = append(t.Facts, message.Fact{Name: "Progress", Value: fmt.Sprintf("%.0f %%", 100*e.Job.Progress)})
	}
	summary := o.Run.Verb.Title + " job is still running"
	limit, isTimeout := errors.AsType[*TimeoutError](e.Cause)
	switch {
	case isTimeout:
		t.What = fmt.Sprintf("The %s job did not end within the timeout of %s (waited %s). It goes on on the server: the console lists it among its background tasks.",
			o.Run.Verb.Noun, limit.Limit, message.Seconds(e.Waited))
	case errors.Is(e.Cause, context.Canceled):
		t.What = fmt.Sprintf("The run was interrupted while it waited for the %s job (waited %s). The job goes on on the server.",
			o.Run.Verb.Noun, message.Seconds(e.Waited))
	case errors.Is(e.Cause, asset.ErrUnknownJob):
		summary = o.Run.Verb.Title + " job not found"
		t.What = fmt.Sprintf("The server does not know the %s job that it started (waited %s).", o.Run.Verb.Noun, message.Seconds(e.Waited))
		t.Next = "Look at the instance for what the job did. The next apply starts it anew."
	case errors.Is(e.Cause, asset.ErrDenied):
		summary = "Credentials refused"
		t.What = fmt.Sprintf("The server refused the credentials while the %s job was waited for (waited %s). The job goes on on the server.",
			o.Run.Verb.Noun, message.Seconds(e.Waited))
		t.Next = "Give valid credentials, then apply again. " + o.Continues()
	default:
		summary = o.Run.Verb.Title + " job cannot be watched"
		t.What = fmt.Sprintf("The server went on answering badly while the %s job was waited for (waited %s). The job may go on on the server.",
			o.Run.Verb.Noun, message.Seconds(e.Waited))
	}
	if e.Last != nil {
		t.What += message.LastLook(e.Last)
		if message.IsRenewal(e.Last) && !errors.Is(e.Cause, asset.ErrUnknownJob) {
			t.Next = "See to the credentials, then apply again. " + o.Continues()
		}
		t.Server = message.ServerWords(e.Last)
		t.Facts = append(t.Facts, message.ServerFacts(e.Last)...)
	}
	return diag.NewErrorDiagnostic(summary, t.String())
}

// Continues says what the next apply does with a job that is not over.
func (o *Outcome) Continues() string {
	if o.Left != AJob {
		return "The next apply starts it anew."
	}
	says := "The next apply continues this job instead of starting another."
	if o.Run.Remember != nil {
		says += "\n" + UntaintAdvice
	}
	return says
}

// FetchesAgain says what the next apply does when a download was asked for
// and did not end: ROMA Connect deletes an archive when it is asked for.
func (o *Outcome) FetchesAgain() string {
	if o.Left != AJob {
		return "The next apply exports again."
	}
	return "The next apply asks for the archive again, and exports again if the server has deleted it."
}

func (o *Outcome) busy(e *asset.BusyError) diag.Diagnostic {
	t := message.Text{
		Server: message.ServerWords(e.Last),
		Facts:  append(o.Run.Facts(asset.Job{}), message.ServerFacts(e.Last)...),
		Next:   "Wait for the other job (another Terraform run, another provider alias or the console), or raise timeouts, and apply again.",
	}
	t.What = fmt.Sprintf("Another asset job of the same user was running. The %s waited %s for it, and nothing was started",
		o.Run.Verb.Noun, message.Seconds(e.Waited))
	if limit, ok := errors.AsType[*TimeoutError](e.Cause); ok {
		t.What += fmt.Sprintf(" within the timeout of %s.", limit.Limit)
	} else {
		t.What += " before the run was interrupted."
	}
	return diag.NewErrorDiagnostic("Another asset job is running", t.String())
}

func (o *Outcome) outcomeUnknown(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Outcome unknown", message.Text{
		What: fmt.Sprintf("The request that starts the %s job was sent, but %s. A job may have been started. There is no job id to keep, "+
			"and nothing was repeated.", o.Run.Verb.Noun, message.LostAnswer(err)),
		Server: message.ServerWords(err),
		Facts:  append(o.Run.Facts(asset.Job{}), message.ServerFacts(err)...),
		Next:   fmt.Sprintf("Check on the instance whether the %s took place before you apply again: the next apply starts it again.", o.Run.Verb.Noun),
	}.String())
}

func (o *Outcome) interrupted(e *InterruptedError) diag.Diagnostic {
	next := "Apply again."
	what := fmt.Sprintf("The run was interrupted before the %s job was started. Nothing was started on the server.", o.Run.Verb.Noun)
	if limit, ok := errors.AsType[*TimeoutError](e.Cause); ok {
		next = "Raise timeouts, or try later, and apply again."
		what = fmt.Sprintf("The timeout of %s passed before the %s job was started. Nothing was started on the server.", limit.Limit, o.Run.Verb.Noun)
	}
	if o.Left == AJob {
		next = "Apply again. " + o.Continues()
	}
	return diag.NewErrorDiagnostic(o.Run.Verb.Title+" was not started", message.Text{
		What: what, Server: message.ServerWords(e.Last), Facts: append(o.Run.Facts(o.Job), message.ServerFacts(e.Last)...), Next: next,
	}.String())
}

// NotContinued warns of jobs whose resources were deleted and, because the run
// was interrupted in between, not created anew.
func NotContinued(jobs []string) diag.Diagnostics {
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

func startsAgain(v message.Verb, job asset.Job, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic(v.Title+" starts again", message.Text{
		What:   fmt.Sprintf("The %s job that was to be continued cannot be: %s. It has to be started anew.", v.Noun, shortReason(err)),
		Server: message.ServerWords(err),
		Facts:  []message.Fact{{Name: "Job id", Value: job.ID}},
	}.String())
}

func downloadBroke(job asset.Job, err error, repeat, most int) diag.Diagnostic {
	what := "The one download of the archive did not arrive whole (%v). The export job runs again."
	if job.ID == "" {
		what = "The download broke (%v). The artifact is exported again."
	}
	// Terraform folds warnings of one summary into one: each has its own.
	return diag.NewWarningDiagnostic(fmt.Sprintf("Download broke, exporting again (%d of at most %d)", repeat, most), message.Text{
		What:  fmt.Sprintf(what, message.RootCause(err)),
		Facts: []message.Fact{{Name: "Job id", Value: job.ID}, {Name: "Archive id", Value: job.ArchiveID}},
	}.String())
}

// ReplacedBeforeDelete warns of a job that was handed over too late.
func ReplacedBeforeDelete(v message.Verb, job string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(v.Title+" job was not continued", message.Text{
		What: fmt.Sprintf("The interrupted %s was created anew before it was deleted (create_before_destroy), so its job could not be "+
			"continued: another one was started.", v.Noun),
		Facts: []message.Fact{{Name: "Job id", Value: job}},
		Next:  "Next time run `terraform untaint` on the resource before apply.",
	}.String())
}

// UntaintAdvice is for a job whose resource is tainted.
const UntaintAdvice = "With create_before_destroy (also where a dependent has it) or prevent_destroy run `terraform untaint` on the resource first."

func (o *Outcome) downloadTooLong(e *TimeoutError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Download took too long", message.Text{
		What:  fmt.Sprintf("The download did not end within the timeout of %s. Nothing was left at path.", e.Limit),
		Facts: o.Run.Facts(o.Job), Next: "Raise timeouts, then apply again. " + o.FetchesAgain(),
	}.String())
}
