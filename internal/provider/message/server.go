package message

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ServerWords quotes what a server said, one line for each thing.
func ServerWords(err error) []string {
	if failed, ok := errors.AsType[*asset.FailedError](err); ok {
		return ReasonLines(failed.Job.Reasons)
	}
	var lines []string
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		lines = append(lines, answer.Message, answer.Details, answer.Suggestion, answer.Text)
		if answer.RedirectHost != "" {
			lines = append(lines, "(redirect to "+answer.RedirectHost+answer.RedirectPath+", not followed)")
		}
	} else if answer, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		lines = append(lines, answer.Text)
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	// Servers like to give a message twice.
	return slices.Compact(lines)
}

// ReasonLines are the reasons of a failed job, one line for each.
func ReasonLines(reasons []asset.Reason) []string {
	lines := make([]string, 0, len(reasons))
	for _, r := range reasons {
		what := strings.TrimSpace(r.ResourceType + " " + quoteIf(r.ResourceName))
		lines = append(lines, strings.Trim(what+": "+strings.TrimSpace(r.Code+" "+r.Message), ": "))
	}
	return lines
}

// ServerFacts name the request that was answered badly or not at all.
func ServerFacts(err error) []Fact {
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		// The documented one is in the body; the header may be that of a gateway.
		gateway := ""
		if answer.BodyRequestID != "" {
			gateway = answer.RequestID
		}
		return []Fact{
			{"Request", answer.Method + " " + answer.Host + answer.Path},
			{"HTTP status", strconv.Itoa(answer.Status)},
			{"Error code", answer.Code},
			{"Request id", cmp.Or(answer.BodyRequestID, answer.RequestID)},
			{"Request id of the gateway", gateway},
		}
	}
	if answer, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return []Fact{
			{"Request", answer.Method + " " + answer.Host + answer.Path},
			{"HTTP status", strconv.Itoa(answer.Status)},
			{"Content type", answer.ContentType},
			{"Request id", answer.RequestID},
		}
	}
	if lost, ok := errors.AsType[*httpapi.TransportError](err); ok {
		return []Fact{{"Request", lost.Method + " " + lost.Host + lost.Path}}
	}
	return nil
}

// RootCause is the text of the error that says most: the ones around it say
// what the sentence says already. Only texts that the client has cleaned of
// secrets are used.
func RootCause(err error) string { return withoutStop(rootCause(err)) }

func rootCause(err error) string {
	if e, ok := errors.AsType[*httpapi.TransportError](err); ok {
		return e.Reason()
	}
	if e, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return e.Reason()
	}
	if e, ok := errors.AsType[*httpapi.Error](err); ok {
		return fmt.Sprintf("HTTP status %d", e.Status)
	}
	if e, ok := errors.AsType[*zipdir.FormatError](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[reasoned](err); ok {
		return e.Reason()
	}
	return err.Error()
}

// reasoned is an error that knows the part of its text that a sentence does not say already.
type reasoned interface {
	error
	Reason() string
}

// renewal is credentials that a platform could not renew: where they come from, and why.
type renewal interface {
	error
	Renewal() (source string, cause error)
}

// IsRenewal says whether credentials could not be renewed.
func IsRenewal(err error) bool {
	_, ok := errors.AsType[renewal](err)
	return ok
}

// LastLook says what became of the last look at a job, beyond what the server
// said: nothing if that is all.
func LastLook(err error) string {
	if login, ok := errors.AsType[renewal](err); ok {
		source, cause := login.Renewal()
		return fmt.Sprintf(" The credentials could not be renewed by %s: %s.", source, RootCause(cause))
	}
	if _, ok := errors.AsType[*httpapi.Error](err); ok || len(ServerWords(err)) > 0 {
		return ""
	}
	return " The last look failed: " + RootCause(err) + "."
}

// Redirected says where an answer sends a request that is not followed, and what
// that means.
func Redirected(answer *httpapi.Error) (where, next string) {
	next = "Check the endpoint in the provider block"
	if !answer.RedirectsHome {
		return "to another host. No credential is sent there", next
	}
	if strings.HasPrefix(answer.RedirectPath, "/csa/login") || strings.HasSuffix(answer.RedirectPath, "/csa/login") {
		next += ": this is the login page of the console, and the API is below /csa/rest"
	}
	return fmt.Sprintf("to %q on the same host", answer.RedirectPath), next
}

// LostAnswer says what became of the answer to a starting request.
func LostAnswer(err error) string {
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		return fmt.Sprintf("its answer (HTTP status %d) does not say whether it was performed", answer.Status)
	}
	if _, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return "its answer cannot be understood (" + RootCause(err) + ")"
	}
	if errors.Is(err, context.Canceled) {
		return "the run was ended, by a timeout or an interrupt, before the answer arrived"
	}
	return "its answer did not arrive (" + RootCause(err) + ")"
}
