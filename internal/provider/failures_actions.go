package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

const nobodyContinues = "An action keeps no state, so nobody continues or repeats what it did. To run it again, invoke it again: an apply by itself does not."

// explainAction turns an action that did not end well into words. What a resource would say of the next
// apply holds for none.
func (s *providerData) explainAction(ctx context.Context, out *jobrun.Outcome) (diags diag.Diagnostics) {
	if waited, ok := errors.AsType[*asset.WaitError](out.Err); ok && !errors.Is(waited.Cause, asset.ErrUnknownJob) {
		return diag.Diagnostics{waitOfActionEnded(out.Run, waited)}
	}
	if out.Left == jobrun.AJob {
		// Nobody continues it.
		out.Left = jobrun.Maybe
	}
	for _, told := range s.explain(ctx, out) {
		if at, ok := told.(diag.DiagnosticWithPath); ok {
			diags.Append(failureAt{at})
		} else {
			diags.Append(failureOf{told})
		}
	}
	return diags
}

// failureOf is what a resource would say, and that nobody continues an action.
type failureOf struct{ diag.Diagnostic }

// Detail is that of the resource, and what holds for actions.
func (f failureOf) Detail() string { return f.Diagnostic.Detail() + "\n\n" + nobodyContinues }

// failureAt is failureOf at an attribute.
type failureAt struct{ diag.DiagnosticWithPath }

// Detail is as above.
func (f failureAt) Detail() string { return f.DiagnosticWithPath.Detail() + "\n\n" + nobodyContinues }

// waitOfActionEnded is about a job that goes on on the server.
func waitOfActionEnded(run *jobrun.Run, e *asset.WaitError) diag.Diagnostic {
	t := message.Text{
		Facts: append(run.Facts(e.Job), message.Fact{Name: "Status", Value: string(e.Job.Status)}),
		Next: "Nobody continues this job: an action keeps no state. The data source asset_job tells what becomes of it. Invoking the action again " +
			"starts another job, which waits until this one has ended.",
	}
	if e.Job.Progress > 0 {
		t.Facts = append(t.Facts, message.Fact{Name: "Progress", Value: fmt.Sprintf("%d %%", percent(e.Job))})
	}
	summary := run.Verb.Title + " job is still running"
	limit, isTimeout := errors.AsType[*jobrun.TimeoutError](e.Cause)
	switch {
	case isTimeout:
		t.What = fmt.Sprintf("The %s job did not end within the timeout of %s (waited %s). It goes on on the server.", run.Verb.Noun, limit.Limit, message.Seconds(e.Waited))
	case errors.Is(e.Cause, context.Canceled):
		t.What = fmt.Sprintf("The run was interrupted while it waited for the %s job (waited %s). The job goes on on the server.", run.Verb.Noun, message.Seconds(e.Waited))
	default:
		summary = run.Verb.Title + " job cannot be watched"
		t.What = fmt.Sprintf("The server answered badly while the %s job was waited for (waited %s). The job may go on on the server.", run.Verb.Noun, message.Seconds(e.Waited))
	}
	if e.Last != nil {
		t.What += message.LastLook(e.Last)
		t.Server = message.ServerWords(e.Last)
		t.Facts = append(t.Facts, message.ServerFacts(e.Last)...)
	}
	return diag.NewErrorDiagnostic(summary, t.String())
}
