package provider

// The files diagnostics*.go and failures*.go are the only places with words for
// users.

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

const (
	timeoutsMeaning = "How long a job may take. On ROMA Connect a job whose time is up goes on, and the next apply continues it; an import into " +
		"CSA ends as \"Outcome unknown\". A change sends nothing."
	timeoutMeaning = "How long the job, and the download or upload that belongs to it, may take: a number with a unit, `s`, `m` or `h`, for " +
		"example `45m` or `1h30m`. Default `30m`. Waiting in the provider's own queue does not count; waiting for jobs of others does. A change " +
		"sends nothing."
)

func jobFacts(j jobModel) []message.Fact {
	return []message.Fact{
		{Name: "Platform", Value: j.Platform.ValueString()}, {Name: "Instance", Value: j.Instance.ValueString()}, {Name: "Job id", Value: j.JobID.ValueString()},
	}
}

// Mistakes in the configuration, found before anything is sent.

func unknownIfMissing(value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("if_missing"), "Unknown value of if_missing", fmt.Sprintf(
		"if_missing is %q. It must be \"keep\" (do nothing when the file is gone) or \"export\" (export again).", value))
}

func noPlatformOptions() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to export", "The export names no assets. Write "+
		"`roma = { apps = [...], tasks = [...] }` or `csa = { artifact_id = \"...\" }`.")
}

func pathIsDirectory(file string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path is a directory", fmt.Sprintf(
		"path is %q, which is a directory. Write the name of a file in it, for example %q.", file, strings.TrimRight(file, "/")+"/assets.zip"))
}

// isTakenBySomething is about a path.
const isTakenBySomething = "There is something at %q that is not this export's, as far as its state knows. It was left alone."

// pathTaken is found before the job starts.
func pathTaken(file string) diag.Diagnostic {
	if isObject(file) {
		return objectTaken(file)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path is taken", message.Text{
		What: fmt.Sprintf(isTakenBySomething, file) + " Nothing was sent.",
		Next: "Give the export a path of its own, or move what is there away: it may be the only copy of an archive, also of an earlier one of this export. " +
			"A resource that got another name needs a moved block, else what it exported is nobody's. An export that is replaced with create_before_destroy " +
			"(also where a dependent has it) finds the archive before it there: put the release into the file's name. Where this stops a destroy, " +
			"`terraform destroy -refresh=false` plans nothing else.",
	}.String())
}

func twoExports(file string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Two exports write one path", message.Text{
		What: fmt.Sprintf("Another export of this configuration writes %q, too. Nothing was sent.", file),
		Next: "Give each export a path of its own.",
	}.String())
}

// sourceUnusable is about what is at a source that has to be imported.
func sourceUnusable(source string, err error) diag.Diagnostic {
	if !isNoArchive(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source cannot be read", message.Text{
			What: fmt.Sprintf("source is %q, and it cannot be read: %s. Nothing was sent.", source, message.Reason(err)),
			Next: "Correct source, or let the user that runs Terraform read the file.",
		}.String())
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("source"), "Source is no archive", message.Text{
		What: fmt.Sprintf("source is %q, but what is there cannot be imported: %s.", source, message.Reason(err)),
		Next: "Point source at a zip archive that was exported from the same platform. If an export wrote it, and it was damaged since: delete it, and run that export again with -replace.",
	}.String())
}

// sourceNotCompared is a warning where nothing else runs.
func sourceNotCompared(source string, err error) diag.Diagnostic {
	what, next := "it cannot be read", "Let the user that runs Terraform read the file."
	if ofStore, ok := errors.AsType[*object.Error](err); ok {
		reason, advice := storeReason(ofStore)
		err, what, next = errors.New(reason), "it cannot be fetched", then("apply", advice)
	}
	if isNoArchive(err) {
		what, next = "it is no archive", "Put the archive there. If an export wrote it, and it was damaged since: delete it, or run that export again with -replace."
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Source cannot be compared", message.Text{
		What: fmt.Sprintf("source is %q, and %s: %s. Whether the content has changed cannot be told, so it runs nothing.", source, what, message.Reason(err)),
		Next: next,
	}.String())
}

// isNoArchive: the file can be read, or is none at all.
func isNoArchive(err error) bool {
	_, isFormat := errors.AsType[*zipdir.FormatError](err)
	return isFormat || errors.Is(err, asset.ErrNotRegular)
}

func notApproved(e *unapprovedError) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("source_hash"), "Archive is not the approved one", message.Text{
		What: fmt.Sprintf("source_hash is a digest, and what is at %q has another one. Nothing was sent.", e.source),
		Facts: []message.Fact{
			{Name: "source_hash", Value: e.hash}, {Name: "SHA-256", Value: e.found.SHA256}, {Name: "Content digest", Value: e.found.ContentDigest},
		},
		Next: "Put the archive that was approved at source, or approve this one: set source_hash to one of its digests.",
	}.String())
}

// checkTimeouts reports timeouts that are not positive; that they are
// durations was checked by their own validator.
func checkTimeouts(value timeouts.Value, diags *diag.Diagnostics) {
	for name, attribute := range value.Attributes() {
		text, ok := attribute.(types.String)
		if !ok || text.IsNull() || text.IsUnknown() {
			continue
		}
		if d, err := time.ParseDuration(text.ValueString()); err == nil && d <= 0 {
			diags.AddAttributeError(path.Root("timeouts"), "Timeout is not positive", fmt.Sprintf(
				"timeouts.%s is %q. Write a positive duration, for example \"30m\".", name, text.ValueString()))
		}
	}
}

// Warnings of a plan.

func destroyLeavesImport(j jobModel) diag.Diagnostic {
	if j.running() {
		return destroyLeavesJob(message.Import, j)
	}
	return diag.NewWarningDiagnostic("Imported assets stay", message.Text{
		What:  "Destroying the import sends nothing: the assets that it brought stay on the instance. Only Terraform forgets about them.",
		Facts: jobFacts(j)[:2],
	}.String())
}

func destroyLeavesFile(file string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Archive file stays", fmt.Sprintf(
		"Destroying the export leaves the archive at %q. To have it removed, set remove_on_destroy = true and apply before destroying.", file))
}

// oldFileStays is about an export that runs again for another path.
func oldFileStays(from, to string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive file stays", fmt.Sprintf(
		"The export runs again, and its new archive goes to %q. The one before stays at %q, and Terraform forgets about it.", to, from))
}

// keptFileStays is about an archive that could not be put at its path, and that is not what is wanted any more.
func keptFileStays(file string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive file stays", fmt.Sprintf(
		"The archive of an earlier run, which could not be put at path, stays where it was kept, at %q. It may be the only copy, and Terraform forgets about it.", file))
}

// fileWithoutPath is about a path that is removed from the configuration.
func fileWithoutPath(file string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive file stays", fmt.Sprintf(
		"The export has no path any more. Its archive stays at %q, and Terraform forgets about it: the same path later on is taken.", file))
}

// destroyLeavesKept is about an archive that never got to its path.
func destroyLeavesKept(file string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Archive file stays", fmt.Sprintf(
		"Destroying the export leaves its archive, which could not be put at path, where it was kept, at %q. It may be the only copy.", file))
}

// archiveWaits is about a job that has ended, and whose archive is not at its path.
func archiveWaits(j jobModel, file string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Export job is under way", message.Text{
		What:  fmt.Sprintf("An earlier run brought the archive of this job and could not put it at path. It was kept at %q, and may be the only copy.", file),
		Facts: jobFacts(j),
		Next: "Apply puts it in place and asks the server for nothing, as long as the request stays the same." +
			"\n" + jobrun.UntaintAdvice,
	}.String())
}

func destroyLeavesJob(v message.Verb, j jobModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic(v.Title+" job goes on", message.Text{
		What:  fmt.Sprintf("Destroying an %s that was interrupted does not stop its job: it goes on on the server. Only Terraform forgets about it.", v.Noun),
		Facts: jobFacts(j),
	}.String())
}

func jobUnderWay(v message.Verb, j jobModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic(v.Title+" job is under way", message.Text{
		What:  fmt.Sprintf("An earlier run started this %s job and did not see its end.", v.Noun),
		Facts: jobFacts(j),
		Next: "Apply continues it instead of starting another, as long as the request stays the same. To abandon it, change triggers." +
			"\n" + jobrun.UntaintAdvice,
	}.String())
}

func updateUnderWay(v message.Verb, job string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(v.Title+" job is under way", message.Text{
		What:  fmt.Sprintf("An earlier update started this %s job and did not see its end.", v.Noun),
		Facts: []message.Fact{{Name: "Job id", Value: job}},
		Next:  "Apply continues it instead of starting another, as long as the request stays the same. To abandon it, change triggers.",
	}.String())
}

func movedElsewhere(v message.Verb, prior, planned jobModel) diag.Diagnostics {
	if planned.Platform.IsUnknown() || planned.Instance.IsUnknown() ||
		(prior.Platform.Equal(planned.Platform) && prior.Instance.Equal(planned.Instance)) {
		return nil
	}
	// Terraform folds warnings of one summary into one.
	return diag.Diagnostics{diag.NewWarningDiagnostic(v.Title+" runs on another instance", message.Text{
		What: fmt.Sprintf("The %s ran on another instance before. It runs on the new one, and the old one keeps what it has.", v.Noun),
		Facts: []message.Fact{
			{Name: "Before", Value: prior.Platform.ValueString() + " " + prior.Instance.ValueString()},
			{Name: "Now", Value: planned.Platform.ValueString() + " " + planned.Instance.ValueString()},
		},
	}.String())}
}

func pathAdded(file string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "Archive may have to be exported again", fmt.Sprintf(
		"The archive is still on the server as far as the state knows, and is downloaded to %q. If it was taken or has expired meanwhile, "+
			"the export job runs again.", file))
}

const howToGetFile = "Pass the file on to this machine, set if_missing = \"export\" on the export that makes it, or run the export again with -replace."

func sourceMissingInPlan(source string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("source"), "Source is not there", message.Text{
		What: fmt.Sprintf("The import has to run, and there is no file at %q now. If there is none at apply either, apply fails.", source),
		Next: howToGetFile,
	}.String())
}

// Warnings of an apply.

func nothingToMove(from, to string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("path"), "No file to move", fmt.Sprintf(
		"path changed from %q to %q, and the archive is not at the old path on this machine. Only the state was changed.", from, to))
}

// changedMeanwhile is about a file that was written to while it was sent.
func changedMeanwhile(plan importModel, sent asset.Stored) diag.Diagnostics {
	if plan.approves(sent) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("source_hash"), "Another archive than source_hash says", message.Text{
		What:  "The archive at source was the approved one, and was written to while it was sent. The state says what was imported, so the next plan imports again.",
		Facts: []message.Fact{{Name: "source_hash", Value: plan.SourceHash.ValueString()}, {Name: "SHA-256", Value: sent.SHA256}, {Name: "Content digest", Value: sent.ContentDigest}},
		Next:  "Look at the instance for what was imported. Put the archive that was approved at source, then apply again.",
	}.String())}
}

// notRemoved and moveFailed are faults of the local file system.

func notRemoved(file string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive not removed", message.Text{
		What: fmt.Sprintf("The archive at %q could not be removed: %s.", file, message.Reason(err)),
		Next: "Remove it by hand or correct its permissions, then apply again.",
	}.String())
}

func moveFailed(from, to string, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive not moved", message.Text{
		What: fmt.Sprintf("The archive could not be moved from %q to %q: %s. It is still at the old path.", from, to, message.Reason(err)),
		Next: "Correct the path or its permissions, then apply again.",
	}.String())
}
