package provider

// What servers said, in the words of messages.

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// serverWords quotes what a server said, one line for each thing.
func serverWords(err error) []string {
	if failed, ok := errors.AsType[*asset.FailedError](err); ok {
		return reasonLines(failed.Job.Reasons)
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

// redirected says where an answer sends a request that is not followed, and what
// that means.
func redirected(answer *httpapi.Error) (where, next string) {
	next = "Check the endpoint in the provider block"
	if !answer.RedirectsHome {
		return "to another host. No credential is sent there", next
	}
	if strings.HasPrefix(answer.RedirectPath, "/csa/login") || strings.HasSuffix(answer.RedirectPath, "/csa/login") {
		next += ": this is the login page of the console, and the API is below /csa/rest"
	}
	return fmt.Sprintf("to %q on the same host", answer.RedirectPath), next
}

// mostQuoted is how many bytes of a server's answer a message quotes.
const mostQuoted = 2 << 10

// causeAdvice is what to do about a refusal.
func causeAdvice(err error) string {
	if roma.IsNoAPI(err) {
		return "The gateway serves no such API at this address: check roma.endpoint (ROMA_ENDPOINT) and roma.region (HW_REGION_NAME) of the provider block"
	}
	return "Remove the cause that the server names"
}

// quoted cuts what a server said to mostQuoted bytes and says what is left out.
func quoted(lines []string) []string {
	room := mostQuoted
	for i, line := range lines {
		if len(line) <= room {
			room -= len(line) + 1
			continue
		}
		kept := append(slices.Clone(lines[:i]), strings.ToValidUTF8(line[:max(room, 0)], "")+"…")
		if left := len(lines) - i - 1; left > 0 {
			kept = append(kept, fmt.Sprintf("(and %d more)", left))
		}
		return kept
	}
	return lines
}

func reasonLines(reasons []asset.Reason) []string {
	lines := make([]string, 0, len(reasons))
	for _, r := range reasons {
		what := strings.TrimSpace(r.ResourceType + " " + quoteIf(r.ResourceName))
		lines = append(lines, strings.Trim(what+": "+strings.TrimSpace(r.Code+" "+r.Message), ": "))
	}
	return lines
}

func serverFacts(err error) []fact {
	if answer, ok := errors.AsType[*httpapi.Error](err); ok {
		// The documented one is in the body; the header may be that of a gateway.
		gateway := ""
		if answer.BodyRequestID != "" {
			gateway = answer.RequestID
		}
		return []fact{
			{"Request", answer.Method + " " + answer.Host + answer.Path},
			{"HTTP status", strconv.Itoa(answer.Status)},
			{"Error code", answer.Code},
			{"Request id", cmp.Or(answer.BodyRequestID, answer.RequestID)},
			{"Request id of the gateway", gateway},
		}
	}
	if answer, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return []fact{
			{"Request", answer.Method + " " + answer.Host + answer.Path},
			{"HTTP status", strconv.Itoa(answer.Status)},
			{"Content type", answer.ContentType},
			{"Request id", answer.RequestID},
		}
	}
	if lost, ok := errors.AsType[*httpapi.TransportError](err); ok {
		return []fact{{"Request", lost.Method + " " + lost.Host + lost.Path}}
	}
	return nil
}

// lastLook says what became of the last look at a job, beyond what the server
// said: nothing if that is all.
func lastLook(err error) string {
	if source, ok := errors.AsType[*roma.SourceError](err); ok {
		return fmt.Sprintf(" The credentials could not be renewed by %s: %s.", source.Source, rootCause(source.Cause))
	}
	if _, ok := errors.AsType[*httpapi.Error](err); ok || len(serverWords(err)) > 0 {
		return ""
	}
	return " The last look failed: " + rootCause(err) + "."
}

// rootCause is the text of the error that says most: the ones around it say
// what the sentence says already. Only texts that the client has cleaned of
// secrets are used.
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
	if file, ok := errors.AsType[*pathError](err); ok {
		return file.err.Error()
	}
	return err.Error()
}
