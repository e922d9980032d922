package platform

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Op is a run of a job, or a look-up, that failed: what a platform needs to know of it to explain an
// error in the words of the provider.
type Op struct {
	// Verb is that of the job; zero for a look-up.
	Verb message.Verb
	// Noun is what is looked up; empty for a job.
	Noun string
	// Instance is where.
	Instance string
	// JobKnown: the id of the job is known.
	JobKnown bool
	// Facts name the platform and the instance, and what was looked up.
	Facts []message.Fact
	// Said frames a message with the facts and with what the server said; what follows for the next
	// apply is added.
	Said func(summary, what string, err error, next string) diag.Diagnostic
	// Again ends the advice: "then apply again."
	Again string
}

// IsLookup tells a look-up from a job.
func (o Op) IsLookup() bool { return o.Noun != "" }

// Asked is the request in words.
func (o Op) Asked() string {
	switch {
	case !o.IsLookup():
		return "request of the " + o.Verb.Noun
	case o.Noun == NounArchive:
		// An archive is not only looked at.
		return "download of the archive"
	}
	return "look-up of the " + o.Noun
}

// NounArchive is what a data source downloads.
const NounArchive = "archive"

// JobFailed is about a job that the server called failed; next is what to do.
func (o Op) JobFailed(job asset.Job, next string) diag.Diagnostic {
	lines := message.ReasonLines(job.Reasons)
	if len(lines) == 0 {
		lines = []string{"(no reason)"}
	}
	return diag.NewErrorDiagnostic(o.Verb.Title+" job failed", message.Text{
		What:   fmt.Sprintf("The server ended the %s job as failed.", o.Verb.Noun),
		Server: lines,
		Facts: append(append([]message.Fact{}, o.Facts...), message.Fact{Name: "Job id", Value: job.ID},
			message.Fact{Name: "Status", Value: string(job.Status)}, message.Fact{Name: "Request id", Value: job.RequestID}),
		Next: next,
	}.String())
}
