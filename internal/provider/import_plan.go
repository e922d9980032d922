package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// importFacts is what a plan of an import looks at besides the configuration.
type importFacts struct {
	kinds platform.Kinds
	// prior is nil when the import is created.
	prior *importModel
	// content is the content digest of the archive that lies at the planned
	// source now; empty when there is none, or nobody looked.
	content string
	// pending: an earlier update left a job whose end nobody saw, or one
	// that has to be run again.
	pending bool
	// settled: this is not a plan any more; the file that was looked at is
	// the one that would be sent.
	settled bool
}

// planImport sets every computed value of a planned import. planned has the
// configuration and, in platform and instance, where the job would run.
func planImport(facts importFacts, planned importModel) (importModel, decision) {
	what := decideImport(facts, planned)
	if what != rest {
		planned.jobModel = planned.unknown()
		planned.Archive = types.ObjectUnknown(importArchiveTypes)
		planned.Messages = types.ListUnknown(types.StringType)
		planned.Artifacts = types.ListUnknown(artifactType)
		return planned, what
	}
	planned.jobModel = planned.keep(facts.prior.jobModel)
	planned.Archive = facts.prior.archiveFor(planned)
	planned.Messages = facts.prior.Messages
	planned.Artifacts = facts.prior.Artifacts
	return planned, what
}

func decideImport(facts importFacts, planned importModel) decision {
	prior := facts.prior
	if prior == nil || facts.pending || prior.running() {
		return run
	}
	if prior.isAdopted() {
		return decideAdopted(prior.jobModel, planned.jobModel)
	}
	before, _ := prior.asked(facts.kinds)
	now, optionsKnown := planned.asked(facts.kinds)
	what := common(prior.jobModel, planned.jobModel, before, now, optionsKnown)
	return max(what, decideContent(facts, planned))
}

// decideContent says whether other content would be imported. A source_hash
// alone decides. Otherwise the file does, and a file that is not there is no
// information.
func decideContent(facts importFacts, planned importModel) decision {
	prior := facts.prior
	hash := planned.SourceHash
	switch {
	case hash.IsUnknown():
		return undecided
	case !hash.IsNull():
		// A digest says what has to be there. Any other word is only compared with what it was.
		digest := digestOf(hash)
		if digest != "" && prior.imported(digest) || digest == "" && hash.Equal(prior.SourceHash) {
			return rest
		}
		return run
	case facts.content != "" && !prior.imported(facts.content):
		return run
	case planned.Source.IsUnknown():
		return undecided
	case !planned.Source.Equal(prior.Source) && facts.content == "":
		// Another file that is not there yet: apply will see.
		return undecided
	case facts.settled:
		return rest
	case !planned.sameSettings(*prior):
		return undecided
	}
	return rest
}
