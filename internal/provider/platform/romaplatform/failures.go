package romaplatform

// What goes wrong on ROMA Connect alone, in the words of messages.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// Explain has the words for what only ROMA Connect does.
func (s *settings) Explain(op platform.Op, err error) diag.Diagnostic {
	if missing, ok := errors.AsType[*platform.CredentialsError](err); ok {
		return noCredentials(missing)
	}
	if message.IsUnreached(err) {
		return nil
	}
	if op.IsLookup() {
		return s.explainLookup(op, err)
	}
	return s.explainRun(op, err)
}

func (s *settings) explainRun(op platform.Op, err error) diag.Diagnostic {
	failed, isFailed := errors.AsType[*asset.FailedError](err)
	_, isWait := errors.AsType[*asset.WaitError](err)
	_, isBusy := errors.AsType[*asset.BusyError](err)
	tooLarge, isTooLarge := errors.AsType[*roma.BodyTooLargeError](err)
	switch {
	case isFailed && op.Verb == message.Import && slices.ContainsFunc(failed.Job.Reasons, nameExists):
		return op.JobFailed(failed.Job,
			"If the names exist on the instance because an earlier promotion created them, set roma.type = \"Merge\". Then apply again.")
	case isFailed, isWait, isBusy, errors.Is(err, asset.ErrOutcomeUnknown):
		// What is known about the job comes before what a server said.
		return nil
	}
	if told := s.explainLogin(op, err, s.lockAdvice()); told != nil {
		return told
	}
	switch {
	case isTooLarge:
		return bodyTooLarge(op, tooLarge, err)
	case errors.Is(err, roma.ErrNoInstance):
		what := fmt.Sprintf("The server does not know the instance %q.", op.Instance)
		if !op.JobKnown {
			what += " Nothing was started."
		}
		return op.Said("Instance not found", what, err, checkInstance+op.Again)
	case noSuchAPI(err):
		return op.Said(op.Verb.Title+" request refused", fmt.Sprintf("The server refused a %s.", op.Asked()), err, noAPI+", "+op.Again)
	}
	return explainProject(op, err)
}

func (s *settings) explainLookup(op platform.Op, err error) diag.Diagnostic {
	if told := s.explainLogin(op, err, s.lockAdvice()); told != nil {
		return told
	}
	list, isList := errors.AsType[*roma.ListError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, roma.ErrNoInstance):
		return op.Said("Instance not found", "The server does not know the instance.", err, checkInstance+op.Again)
	case errors.Is(err, asset.ErrUnknownJob):
		return op.Said("Job not found", "The instance has no job with this id, or has forgotten it: how long jobs are kept is not documented.", err,
			"Check roma.job_id and the instance: a job belongs to the instance on which it ran.")
	case isList:
		return listBroken(op, list)
	case noSuchAPI(err):
		return op.Said("Look-up refused", fmt.Sprintf("The server refused the %s.", op.Asked()), err, noAPI+", "+op.Again)
	}
	return explainProject(op, err)
}

const (
	checkInstance = "Check roma.instance_id, and the region and the project of the provider block, "
	noAPI         = "The gateway serves no such API at this address: check roma.endpoint (ROMA_ENDPOINT) and roma.region (HW_REGION_NAME) of the provider block"
)

// noSuchAPI says whether the gateway of an instance refused a request for want of an API. A login that was
// refused so, credentials that were, and a server that is not well need other advice.
func noSuchAPI(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	return ok && roma.IsNoAPI(err) && answer.Status < 500 && answer.RedirectHost == "" &&
		!errors.Is(err, asset.ErrDenied) && !errors.Is(err, asset.ErrNotSent)
}

func explainProject(op platform.Op, err error) diag.Diagnostic {
	if project, ok := errors.AsType[*roma.ProjectError](err); ok {
		return projectNotFound(project, op.Again)
	}
	return nil
}

// ExplainLogin says what kept a request to a store, which is reached with the same login, from being
// authorised; nil for everything else. The advice about keys that refusals lock belongs to the platform's own requests.
func (s *settings) ExplainLogin(op platform.Op, err error) diag.Diagnostic {
	return s.explainLogin(op, err, "")
}

// explainLogin is the same for all requests; refused is added where a key pair was refused.
func (s *settings) explainLogin(op platform.Op, err error, refused string) diag.Diagnostic {
	if skew, ok := errors.AsType[*roma.ClockSkewError](err); ok {
		return op.Said("Clocks differ", fmt.Sprintf("The server refused the signature because the clocks differ by more than 15 minutes: the time of this machine "+
			"was %s, that of the server %s.", message.Instant(skew.SignatureTime), message.Instant(skew.ServerTime)), err, "Set the clock of this machine, "+op.Again)
	}
	if source, ok := errors.AsType[*roma.SourceError](err); ok {
		return s.sourceFailed(op, source, err, refused)
	}
	return nil
}

// sourceFailed says where credentials could not be had from; nil for a password, whose refusal needs no
// other words.
func (s *settings) sourceFailed(op platform.Op, e *roma.SourceError, err error, refused string) diag.Diagnostic {
	summary := "Login failed"
	if errors.Is(err, asset.ErrDenied) {
		summary = "Credentials refused"
	}
	reason := message.RootCause(e.Cause)
	switch e.Source {
	case "assume_role":
		if errors.Is(err, asset.ErrDenied) {
			return op.Said(summary, "IAM refused the credentials with which an agency was to be assumed ("+s.way()+"). Nothing was sent to the instance.", err,
				"Check these, "+op.Again+refused)
		}
		agency := ""
		if assumed, ok := s.config.Credentials.(roma.Agency); ok {
			agency = fmt.Sprintf(" %q", assumed.AgencyName)
		}
		return op.Said(summary, fmt.Sprintf("IAM gave no key pair of the agency%s: %s. Nothing was sent to the instance.", agency, reason), err,
			"Check the name and the account of the agency in "+s.agency+", that it delegates to the account of the credentials, and that these "+
				"may assume it, "+op.Again)
	case "assume_role_with_oidc":
		return op.Said(summary, fmt.Sprintf("The identity token could not be exchanged for a key pair: %s. Nothing was sent to the instance.", reason), err,
			"Check roma.assume_role_with_oidc: the identity provider, and that the identity token is there and has not ended, "+op.Again)
	case "metadata":
		if len(s.lookedFor) > 0 {
			// Nobody said that this is a cloud server.
			return noCredentials(&platform.CredentialsError{Missing: append(slices.Clone(s.lookedFor), "metadata service of a cloud server: "+reason)})
		}
		return op.Said(summary, "The metadata service of this cloud server gave no key pair: "+reason+". Nothing was sent to the instance.", err,
			"Give the server an agency, or write credentials in the provider block or its variables, "+op.Again)
	}
	return nil
}

// lockAdvice is added where a key pair was refused. Each provider block is a process of its own, and
// asks once.
func (s *settings) lockAdvice() string {
	_, isPair := roma.Base(s.config.Credentials).(roma.KeyPair)
	switch {
	case !isPair:
		return ""
	case s.sso:
		return "\nThe key pair is that of a single sign-on, which ends after some hours: run `hcloud configure sso`."
	}
	return "\nEach provider block with this key pair is refused once. More than five refusals in a row lock a key for five minutes, as the vendor's documents say."
}

func bodyTooLarge(op platform.Op, e *roma.BodyTooLargeError, err error) diag.Diagnostic {
	what := "The gateway refused the archive because of its length."
	next := "Split the export, " + op.Again
	if e.Signed {
		what = "The gateway refused the archive because of its length (\"body too large\"). The credentials are not at fault: a request " +
			"that is signed with a key pair may have at most " + megabytes(roma.SignedBodyLimit) + "."
		next = "Use a token or user name and password instead of the key pair, or split the export, " + op.Again
	}
	return op.Said("Archive too large", what, err, next)
}

// nameExists guesses from the server's words that a name is taken.
func nameExists(r asset.Reason) bool {
	said := strings.ToLower(r.Message)
	return strings.Contains(said, "exist") && !strings.Contains(said, "not exist")
}

func listBroken(op platform.Op, e *roma.ListError) diag.Diagnostic {
	what := map[error]string{
		roma.ErrListRepeats:  "The server repeats the same page of its list of %s.",
		roma.ErrListUnsteady: "The server's list of %s changed each time that it was read, or has fewer of them than the server says.",
		roma.ErrListTooLong:  "The server's list of %s does not end.",
		roma.ErrListTime:     "The server took too long for its list of %s.",
	}[e.Cause]
	facts := append(slices.Clone(op.Facts), message.Fact{Name: "Read", Value: strconv.Itoa(e.Read)})
	if e.Total >= 0 {
		facts = append(facts, message.Fact{Name: "Total by the server's word", Value: strconv.Itoa(e.Total)})
	}
	return diag.NewErrorDiagnostic("List is not complete", message.Text{
		What:  fmt.Sprintf(what, e.What) + " A part of it would pass for the whole, so there is no result.",
		Facts: facts, Next: "Try again when nobody changes the instance. With roma.name the list is shorter.",
	}.String())
}
