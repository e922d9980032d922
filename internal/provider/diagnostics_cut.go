package provider

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// What a run says about one before it that was cut off.

// runWasCutOff is about what an earlier run noted, and that is continued if this one asks for the same.
func runWasCutOff(n *runNote, continues bool) diag.Diagnostic {
	v, left := n.verb, n.before
	what := "started this " + v.Noun + " job"
	switch {
	case v == message.Import && left.Job == "":
		what = "sent an archive to import"
	case v == message.Export && left.SHA256 != "":
		what = fmt.Sprintf("brought the archive of this job for %q", left.Path)
	}
	next := "This run continues where it ended."
	switch {
	case continues:
	case n.asked() && left.Since != n.since:
		next = "The state was changed since then, and this run does not continue it."
	default:
		next = "This run asks for something else, and does not continue it."
	}
	return diag.NewWarningDiagnostic("Earlier run was cut off", message.Text{
		What:  fmt.Sprintf("An earlier run %s, and was cut off before Terraform could store that: it was killed, or its machine was. %s", what, next),
		Facts: []message.Fact{{Name: "Job id", Value: left.Job}, {Name: "Jobs before that ended without a result", Value: strings.Join(left.Lost, ", ")}},
	}.String())
}

// runWasStored is about a run that was cut off after Terraform had stored what became of it, and before it was said.
func runWasStored(v message.Verb, left *noted) diag.Diagnostic {
	what := "Its result is in the state."
	if left.Unsure {
		what += " The archive may have been imported once more before: an answer of the server was not seen."
	}
	return diag.NewWarningDiagnostic("Earlier run was cut off", message.Text{
		What:  fmt.Sprintf("An earlier run of this %s was cut off before Terraform could print what it had to say. %s", v.Noun, what),
		Facts: []message.Fact{{Name: "Job id", Value: left.Job}, {Name: "Jobs before that ended without a result", Value: strings.Join(left.Lost, ", ")}},
	}.String())
}

// mayBeImported is about an archive that an earlier run sent, and for which nobody saw an answer.
func mayBeImported(source string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Archive may have been imported before", message.Text{
		What: fmt.Sprintf("An earlier run sent the archive at %q, and was cut off before the answer came: it was killed, or its machine was. The server may have "+
			"imported it. It was sent again.", source),
		Next: "Look on the server whether an import before this one left anything that should not be there.",
	}.String())
}

// straysStay is about what runs made for a path and left there.
func straysStay(file string, strays []string) diag.Diagnostic {
	quoted := make([]string, len(strays))
	for i, stray := range strays {
		quoted[i] = strconv.Quote(stray)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Files of an earlier run are there", message.Text{
		What: fmt.Sprintf("A run that was cut off, or one that writes there now, left files for %q: %s.", file, strings.Join(quoted, ", ")),
		Next: "Remove them if no other run is under way and nobody needs them. A temporary file that is no whole archive is removed by a run an hour later.",
	}.String())
}
