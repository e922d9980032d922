package provider

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// providerData is what the resources of one configured provider share. Usually a
// process serves one plan or one apply. One of terraform test serves many: what
// is remembered of one of them ends with it.
type providerData struct {
	// kinds and platforms are what is known, and what is configured.
	kinds     platform.Kinds
	platforms platform.List
	// obs and s3 are the stores for archives.
	obs, s3 *storeSettings

	// fetching makes downloads of data sources wait for each other: two of
	// them may name one path.
	fetching sync.Mutex

	// jobs, paths and notes have locks of their own.
	jobs  jobrun.Handover
	paths *pathMemory
	notes *runNotes
	// oneWalk: this process serves one plan or one apply and no more.
	oneWalk bool
}

func newProviderData(kinds platform.Kinds, platforms platform.List) *providerData {
	return &providerData{kinds: kinds, platforms: platforms, paths: newPathMemory(), notes: new(runNotes)}
}

// providerDataOf is what Configure of the provider made; nil before that, as in terraform validate.
func providerDataOf(data any, diags *diag.Diagnostics) *providerData {
	if data == nil {
		return nil
	}
	s, ok := data.(*providerData)
	if !ok {
		diags.Append(foreignProviderData(data))
	}
	return s
}

// handOver hands the job of a deleted resource over, or ends it where nothing follows.
func (s *providerData) handOver(ctx context.Context, v message.Verb, p jobrun.Pending, next mark) diag.Diagnostics {
	if next.destroys() {
		tflog.Info(ctx, "interrupted "+v.Noun+" is destroyed, its job goes on", map[string]any{"job_id": p.Job})
	} else {
		tflog.Info(ctx, "interrupted "+v.Noun+" is deleted, its job waits for a create", map[string]any{"job_id": p.Job})
	}
	if s.jobs.Release(p, next.destroys()) {
		return diag.Diagnostics{jobrun.ReplacedBeforeDelete(v, p.Job)}
	}
	return nil
}

// handOverAll hands over the job of a state that is unfinished, and that of an update of it.
func (s *providerData) handOverAll(ctx context.Context, v message.Verb, job jobModel, ofState, ofUpdate *jobrun.Pending, next mark) (diags diag.Diagnostics) {
	if job.running() {
		diags.Append(s.handOver(ctx, v, *ofState, next)...)
	} else {
		s.jobs.Ended(job.JobID.ValueString())
	}
	if ofUpdate != nil && ofUpdate.Job != "" {
		diags.Append(s.handOver(ctx, v, *ofUpdate, next)...)
	}
	return diags
}

// run prepares a run of a resource's job; its platform is bound later.
func (s *providerData) run(v message.Verb, job jobModel, timeout time.Duration, diags *diag.Diagnostics) *jobrun.Run {
	return &jobrun.Run{
		Verb: v, Platform: job.Platform.ValueString(), Instance: job.Instance.ValueString(), Timeout: timeout,
		Warn: func(d diag.Diagnostic) { diags.Append(d) },
	}
}

// logLine passes a line of the HTTP client to Terraform's log, where
// TF_LOG=DEBUG shows it. The client writes no header, no body and no query.
func logLine(ctx context.Context, msg string, fields map[string]any) {
	tflog.Debug(ctx, msg, fields)
}

// aim sets the platform and the instance of a plan.
func (s *providerData) aim(o platform.Options, planned jobModel, prior *jobModel, diags *diag.Diagnostics) jobModel {
	var remembered platform.Target
	if prior != nil {
		remembered = platform.Target{Platform: prior.Platform, Instance: prior.Instance}
	}
	t, err := s.platforms.Target(o, remembered)
	if err != nil {
		diags.Append(s.kinds.NoTarget(err))
	}
	planned.Platform, planned.Instance = t.Platform, t.Instance
	return planned
}
