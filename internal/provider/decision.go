package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// decision says whether a planned change runs the job. It is ordered: the
// strongest reason wins.
type decision int

const (
	// rest: nothing that this resource does changes.
	rest decision = iota
	// undecided: a value that the plan does not know may run it, or the
	// content of a file that may change until apply.
	undecided
	// run: the job runs at apply.
	run
)

// compare decides about one value: changed runs the job, unknown may.
func compare(prior, planned attr.Value) decision {
	switch {
	case !tfvalue.Known(planned):
		return undecided
	case planned.Equal(prior):
		return rest
	default:
		return run
	}
}

// compareText is compare for values in canonical text.
func compareText(prior, planned string, isKnown bool) decision {
	switch {
	case !isKnown:
		return undecided
	case prior == planned:
		return rest
	default:
		return run
	}
}

// common is what both resources look at to decide about a run.
func common(prior, planned jobModel, priorOptions, options string, optionsKnown bool) decision {
	return max(
		compare(prior.Platform, planned.Platform),
		compare(prior.Instance, planned.Instance),
		compareText(priorOptions, options, optionsKnown),
		compareTriggers(prior, planned),
	)
}

// compareTriggers takes no triggers and an empty map for the same.
func compareTriggers(prior, planned jobModel) decision {
	if tfvalue.Known(planned.Triggers) && len(planned.Triggers.Elements())+len(prior.Triggers.Elements()) == 0 {
		return rest
	}
	return compare(prior.Triggers, planned.Triggers)
}
