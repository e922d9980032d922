package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

const (
	actionTimeoutsMeaning = "How long the job may take. A job whose time is up goes on on the server of ROMA Connect, and nobody continues it."
	actionTimeoutMeaning  = "How long the job, and the download or upload that belongs to it, may take: a number with a unit, `s`, `m` or `h`, for " +
		"example `45m` or `1h30m`. Default `30m`. Waiting in the provider's own queue does not count; waiting for jobs of others does."
)

func pathNeedsTheEnd() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path needs the end of the job", "An archive can be downloaded to path when its job is done, and "+
		"wait_for_completion = false does not wait for that. Leave one of them out.")
}

// The lines that Terraform prints while an action runs.

func lineWaits(v message.Verb) string {
	return fmt.Sprintf("Another asset job of the same user is running. The %s waits for it.", v.Noun)
}

func lineStarted(v message.Verb, job asset.Job) string {
	return fmt.Sprintf("%s job %s has started.", v.Title, job.ID)
}

func lineProgress(v message.Verb, job asset.Job) string {
	return fmt.Sprintf("%s job %s: %s, %d %%.", v.Title, job.ID, job.Status, percent(job))
}

// jobName names a job; an export from CSA has none.
func jobName(v message.Verb, id string) string {
	if id == "" {
		return v.Title
	}
	return v.Title + " job " + id
}

// lineDetached is about a job that nobody waits for.
func lineDetached(v message.Verb, job asset.Job) string {
	return jobName(v, job.ID) + " goes on on the server. Nobody waits for it."
}

func lineExported(out *jobrun.Outcome, state exportModel) string {
	job := out.Job
	line := jobName(message.Export, job.ID) + " has ended: " + string(asset.Succeeded) + "."
	archive := archiveOf(state.Archive)
	switch {
	case out.Run.Detached && job.Status == asset.Running:
		return lineDetached(message.Export, job)
	case state.Path.IsNull():
		return line + fmt.Sprintf(" The archive %s is on the server, where it can be downloaded once.", job.ArchiveID)
	}
	return line + fmt.Sprintf(" The archive is at %q, %d bytes, SHA-256 %s.", state.lies(), archive.Size, archive.SHA256)
}

func linesImported(out *jobrun.Outcome) []string {
	job, sent := out.Job, out.Sent
	if out.Run.Detached && job.Status == asset.Running {
		return []string{lineDetached(message.Import, job)}
	}
	lines := []string{jobName(message.Import, job.ID) + " has ended: " + string(asset.Succeeded) + "." + fmt.Sprintf(" The archive had %d bytes, SHA-256 %s.", sent.Size, sent.SHA256)}
	return append(lines, job.Messages...)
}
