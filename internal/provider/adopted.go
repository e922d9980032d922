package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// An export or an import that something else made is adopted: by terraform import, an
// import block, or a moved block. What was asked for then is not known, so the first
// update records what is configured, and nothing runs. Its state has a placeholder where
// a configuration needs a value. It is what tells an adopted state from others, also
// where Terraform keeps no private state, and what -generate-config-out writes, so that
// the written configuration is a valid one that has nothing to do.

const (
	// sourceToSet is the source of an adopted import.
	sourceToSet = "path-of-the-archive-that-was-imported.zip"
	// appToSet is the only application of an adopted export; an id has at most longestID
	// characters.
	appToSet = "id-of-an-application-that-was-exported"
)

// isAdopted says whether it is not known yet what was imported.
func (m importModel) isAdopted() bool { return m.Source.ValueString() == sourceToSet }

// isAdopted says whether it is not known yet what was exported.
func (m exportModel) isAdopted() bool {
	ids := tfvalue.SortedTexts(tfvalue.Field[types.Set](m.Roma, "apps"))
	return len(ids) == 1 && ids[0] == appToSet
}

// decideAdopted says whether an adopted job runs: only where another platform or instance
// is configured than the one that was adopted. What was moved has neither.
func decideAdopted(prior, planned jobModel) decision {
	what := rest
	if !prior.Platform.IsNull() {
		what = compare(prior.Platform, planned.Platform)
	}
	if !prior.Instance.IsNull() {
		what = max(what, compare(prior.Instance, planned.Instance))
	}
	return what
}

// archiveFor is the archive of a plan that runs nothing. That of an adopted import is read
// when the plan is applied: the file may change until then.
func (m importModel) archiveFor(planned importModel) types.Object {
	if !m.isAdopted() || planned.sameSettings(m) {
		return m.Archive
	}
	return types.ObjectUnknown(importArchiveTypes)
}

// archiveFor is the archive of a plan that runs nothing.
func (m exportModel) archiveFor(planned exportModel) types.Object {
	switch {
	case !m.isAdopted():
		return movedArchive(m, planned.Path)
	case planned.Path.IsNull():
		return types.ObjectNull(exportArchiveTypes)
	case planned.sameSettings(m):
		return m.Archive
	}
	return types.ObjectUnknown(exportArchiveTypes)
}

// adopts says whether an update only records what is configured.
func adopts(isAdopted bool, left *jobrun.Pending, prior, planned jobModel) bool {
	return isAdopted && left == nil && decideAdopted(prior, planned) == rest
}

// adopting is the state of an adopted import that is configured now.
func (m importModel) adopting(ctx context.Context, prior importModel) importModel {
	seen := m.Archive.IsUnknown()
	m = m.kept(prior)
	if seen {
		m.Archive = adoptedArchive(m.wasImported(ctx))
	}
	return m
}

// wasImported is what was imported, as far as it can be told without a request: what lies
// at source, unless source_hash is the digest of something else.
func (m importModel) wasImported(ctx context.Context) asset.Stored {
	there := storedAt(ctx, m.Source.ValueString())
	if m.approves(there) {
		return there
	}
	// Which of the two digests it is, nothing tells.
	return asset.Stored{ContentDigest: digestOf(m.SourceHash)}
}

// adopting is the state of an adopted export that is configured now.
func (m exportModel) adopting(ctx context.Context, prior exportModel) exportModel {
	m.jobModel = m.keep(prior.jobModel)
	m.ArchiveID = prior.ArchiveID
	switch {
	case m.Path.IsNull():
		m.Archive = types.ObjectNull(exportArchiveTypes)
	case m.Archive.IsUnknown():
		there := storedAt(ctx, m.Path.ValueString())
		there.Path = m.Path.ValueString()
		m.Archive = exportArchive(there)
	}
	return m
}

// storedAt is the archive in a file; nothing where there is none, and for an object of a
// store, which nobody asks.
func storedAt(ctx context.Context, file string) asset.Stored {
	if isObject(file) {
		return asset.Stored{}
	}
	archive, err := asset.OpenArchive(file)
	if err != nil {
		return asset.Stored{}
	}
	// Nothing was written.
	defer func() { _ = archive.Close() }()
	if archive.Check() != nil {
		return asset.Stored{}
	}
	sum, err := archive.Sum(ctx)
	if err != nil {
		return asset.Stored{}
	}
	return asset.Stored{SHA256: sum, ContentDigest: archive.ContentDigest, Size: archive.Size}
}

// adoptedArchive is importArchive of an archive that may not be known.
func adoptedArchive(archive asset.Stored) types.Object {
	values := importArchive(archive).Attributes()
	if archive.SHA256 == "" {
		values["size"] = types.Int64Null()
	}
	return types.ObjectValueMust(importArchiveTypes, values)
}

// warnAdopted says, in a plan that records an adopted import, what it cannot know.
func warnAdopted(facts importFacts, planned importModel, what decision, look sourceLook) diag.Diagnostics {
	switch {
	case facts.prior == nil || !facts.prior.isAdopted() || planned.isAdopted() || what != rest:
		return nil
	case planned.Source.IsUnknown() || planned.SourceHash.IsUnknown():
		return diag.Diagnostics{adoptsUnseen()}
	case planned.SourceHash.IsNull() && (look.absent || isObject(planned.Source.ValueString())):
		return diag.Diagnostics{adoptsNoSource(planned.Source.ValueString())}
	}
	return nil
}

// checkAdopted says what of an export cannot be adopted, and what a plan that records one
// cannot know. prior is nil where it is created, file is the path.
func checkAdopted(prior *exportModel, planned exportModel, what decision, diags *diag.Diagnostics) {
	file := planned.Path.ValueString()
	switch {
	case what != rest && planned.isAdopted():
		diags.Append(idsToSet())
	case prior == nil || !prior.isAdopted() || what != rest:
	case prior.Platform.IsNull() && planned.Platform.ValueString() == csaplatform.Name:
		diags.Append(csaExportNotAdopted())
	case file == "" || isObject(file) || planned.isAdopted():
	default:
		if _, err := contentOf(file); err != nil {
			diags.Append(adoptsNoFile(file))
		}
	}
}
