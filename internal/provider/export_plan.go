package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// exportFacts is what a plan of an export looks at besides the configuration.
type exportFacts struct {
	kinds platform.Kinds
	// prior is nil when the export is created.
	prior *exportModel
	// fileGone: the archive that the state describes is not where it was.
	fileGone bool
	// pending: an earlier update left a job whose end nobody saw, or one
	// that has to be run again.
	pending bool
	// settled: this is not a plan any more; the file will not go unseen.
	settled bool
}

// planExport sets every computed value of a planned export. planned has the
// configuration and, in platform and instance, where the job would run. What
// may change until apply is unknown; everything else is as in the state.
func planExport(facts exportFacts, planned exportModel) (exportModel, decision) {
	what := decideExport(facts, planned)
	switch {
	case what != rest:
		planned.jobModel = planned.unknown()
		planned.ArchiveID = types.StringUnknown()
		planned.Archive = types.ObjectUnknown(exportArchiveTypes)
		if planned.Path.IsNull() {
			planned.Archive = types.ObjectNull(exportArchiveTypes)
		}
	default:
		planned.jobModel = planned.keep(facts.prior.jobModel)
		planned.ArchiveID = facts.prior.ArchiveID
		planned.Archive = facts.prior.archiveFor(planned)
	}
	return planned, what
}

func decideExport(facts exportFacts, planned exportModel) decision {
	prior := facts.prior
	if prior == nil || facts.pending || !prior.ended() {
		return run
	}
	if prior.isAdopted() {
		return decideAdopted(prior.jobModel, planned.jobModel)
	}
	before, _ := prior.asked(facts.kinds)
	now, optionsKnown := planned.asked(facts.kinds)
	what := common(prior.jobModel, planned.jobModel, before, now, optionsKnown)

	if prior.Path.IsNull() && !planned.Path.IsNull() {
		// Adding a path fetches the archive, and exports again if it is gone.
		what = max(what, undecided)
	}
	if planned.IfMissing.ValueString() == ifMissingKeep || planned.Path.IsNull() || prior.Path.IsNull() {
		return what
	}
	if facts.fileGone && (facts.settled || planned.Path.Equal(prior.Path)) {
		return run
	}
	// The file may go until an update is applied, and then the archive is
	// fetched again; or it is at the new path already, which nobody looks at
	// before. Without an update there is nothing that could look.
	if !facts.settled && !planned.sameSettings(*prior) {
		what = max(what, undecided)
	}
	return what
}

// movedArchive is the archive of a state at the path of a plan. In a store it gets an
// address that only an apply can tell.
func movedArchive(prior exportModel, path types.String) types.Object {
	archive := prior.Archive
	switch {
	case path.IsNull():
		return types.ObjectNull(exportArchiveTypes)
	case path.IsUnknown() || archive.IsUnknown():
		return types.ObjectUnknown(exportArchiveTypes)
	case archive.IsNull() || path.Equal(prior.Path) && isObject(path.ValueString()):
		return archive
	}
	values := archive.Attributes()
	values["path"] = path
	if isObject(path.ValueString()) {
		values["path"] = types.StringUnknown()
	}
	return types.ObjectValueMust(exportArchiveTypes, values)
}
