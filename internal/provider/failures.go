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
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

// failed is a run that did not end well, as messages tell of it.
type failed struct {
	*jobrun.Outcome

	data *providerData
	// platform is the one that the job runs on; nil for one that this version does not know.
	platform platform.Platform
}

// explain turns a run that did not end well into words.
func (s *providerData) explain(ctx context.Context, out *jobrun.Outcome) (diags diag.Diagnostics) {
	if out.Phase != jobrun.Preparing && errors.Is(ctx.Err(), context.Canceled) {
		diags.Append(jobrun.NotContinued(s.jobs.Waiting())...)
	}
	f := &failed{Outcome: out, data: s}
	// One that is not known is an error of its own.
	f.platform, _ = s.platforms.Find(out.Run.Platform)
	diags.Append(f.diagnostic(out.Err))
	return diags
}

// diagnostic is the table of all that can go wrong, read from top to bottom: what a store said is not about
// the platform; what only the platform does it explains itself; what is known about the job comes before
// what a server said.
func (f *failed) diagnostic(err error) diag.Diagnostic {
	if _, ok := errors.AsType[*object.Error](err); ok {
		return f.failureOfStore(err)
	}
	if errors.Is(err, httpapi.ErrChanged) && errors.Is(err, asset.ErrNotSent) {
		return f.sourceChanged(err)
	}
	if f.platform != nil {
		if told := f.platform.Explain(f.op(), err); told != nil {
			return told
		}
	}
	if job, ok := errors.AsType[*asset.FailedError](err); ok {
		return f.op().JobFailed(job.Job, "Remove the cause and apply again: the job starts anew.")
	}
	if told := f.Explain(); told != nil {
		return told
	}
	if f.platform != nil {
		if told := unreached(f.platform, f.op()).Diagnostic(err); told != nil {
			return told
		}
	}
	if told := f.ExplainInterrupted(); told != nil {
		return told
	}
	return f.otherFailure(err)
}

// op is this run for those who explain what only a platform does.
func (f *failed) op() platform.Op {
	return platform.Op{
		Verb: f.Run.Verb, Instance: f.Run.Instance, JobKnown: f.Job.ID != "", Facts: f.Run.Facts(asset.Job{}), Said: f.refused, Again: "then apply again.",
	}
}

// otherFailure is a run that ended before its job started or after it ended.
func (f *failed) otherFailure(err error) diag.Diagnostic {
	file, isFile := errors.AsType[*pathError](err)
	source, isSource := errors.AsType[*sourceError](err)
	unapproved, isUnapproved := errors.AsType[*unapprovedError](err)
	switch {
	case errors.Is(err, asset.ErrTaken):
		return f.archiveTaken(err)
	case errors.Is(err, asset.ErrNoArchive):
		return f.noArchive(err)
	case isFile:
		return f.fileFailed(file)
	case isSource:
		return f.sourceFailed(source)
	case isUnapproved:
		return notApproved(unapproved)
	case f.Phase == jobrun.Fetching && f.ExplainFetching(err) != nil:
		return f.ExplainFetching(err)
	case errors.Is(err, asset.ErrDenied):
		return f.denied(err)
	}
	_, isSetting := errors.AsType[*httpapi.ConfigError](err)
	_, isUnknown := errors.AsType[*platform.UnknownError](err)
	if isSetting || isUnknown {
		return platform.NotConnected(f.platform, err)
	}
	answer, isAnswer := errors.AsType[*httpapi.Error](err)
	_, isContent := errors.AsType[*httpapi.AnswerError](err)
	switch {
	case errors.Is(err, asset.ErrNotSent) && (isAnswer || isContent):
		return f.refused("Login failed", fmt.Sprintf("Logging in, or looking up the project, failed: %s. Nothing was sent to the instance.",
			message.RootCause(err)), err, "Check auth_url, the credentials and the project of the provider block, then apply again.")
	case isAnswer && answer.Status >= 500:
		return f.refused(f.Run.Verb.Title+" request failed", fmt.Sprintf("The server could not answer a request of the %s.", f.Run.Verb.Noun), err,
			"Wait until the server is well again, then apply again.")
	case isAnswer && answer.RedirectHost != "":
		where, next := message.Redirected(answer)
		return f.refused(f.Run.Verb.Title+" request refused", fmt.Sprintf("The server redirects a request of the %s %s.", f.Run.Verb.Noun, where), err, next+", then apply again.")
	case isAnswer:
		return f.refused(f.Run.Verb.Title+" request refused", fmt.Sprintf("The server refused a request of the %s.", f.Run.Verb.Noun), err,
			"Remove the cause that the server names, then apply again.")
	}
	return f.refused(f.Run.Verb.Title+" request failed", fmt.Sprintf("A request of the %s failed: %s.", f.Run.Verb.Noun, message.RootCause(err)), err,
		"Check the endpoint and the network, then apply again.")
}

func (f *failed) denied(err error) diag.Diagnostic {
	var login platform.Login
	if f.platform != nil {
		login = f.platform.Login()
	}
	next := "Check the credentials, the region and the project of the provider block, then apply again."
	if f.Left == jobrun.AJob {
		next += " " + f.Continues()
	}
	return diag.NewErrorDiagnostic("Credentials refused", message.Text{
		What:   fmt.Sprintf("The server refused the credentials for the %s.", f.Run.Verb.Noun),
		Server: message.ServerWords(err), Facts: slices.Concat(f.Run.Facts(f.Job), login.Facts(), message.ServerFacts(err)),
		Next: next + login.Refused,
	}.String())
}

func (f *failed) refused(summary, what string, err error, next string) diag.Diagnostic {
	if f.Left == jobrun.AJob {
		next += " " + f.Continues()
	}
	return diag.NewErrorDiagnostic(summary, message.Text{
		What: what, Server: message.ServerWords(err), Facts: append(f.Run.Facts(f.Job), message.ServerFacts(err)...), Next: next,
	}.String())
}

func (f *failed) archiveTaken(err error) diag.Diagnostic {
	return f.refused("Archive already downloaded", "The export job has ended, but its archive is no longer on the server: it was downloaded "+
		"already, or has expired. An archive can be downloaded once.", err, "Apply again: the export runs again.")
}

func (f *failed) noArchive(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Download is no archive", message.Text{
		What: "The server answered the download with something that is no zip. Nothing was written to path. The answer: " +
			message.RootCause(err) + ".",
		Server: message.ServerWords(err), Facts: append(f.Run.Facts(f.Job), message.ServerFacts(err)...),
		Next: "Check that the endpoint is that of the platform and not of a proxy or a login page, then apply again. " + f.FetchesAgain(),
	}.String())
}

func (f *failed) sourceFailed(e *sourceError) diag.Diagnostic {
	if ofStore, ok := errors.AsType[*object.Error](e.err); ok {
		return notFetched(f.data, ofStore)
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

// unreached makes messages about what kept a request from a platform.
func unreached(p platform.Platform, op platform.Op) message.Unreached {
	return message.Unreached{Block: p.Name(), Variables: p.Variables(), AddressOf: p.AddressOf, Said: op.Said, Again: op.Again}
}
