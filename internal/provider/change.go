package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// change is what a plan starts from, the same for both resources.
type change[M any] struct {
	// prior is nil if there is no resource yet.
	prior *M
	// planned has its platform and instance. It is nil if the resource is to
	// be destroyed, or the plan cannot be read.
	planned *M
	// left is what an interrupted update left, nil if nothing.
	left *jobrun.Pending
	// made: the resource was created or updated by a version that says so, or
	// takes the place of one that was.
	made bool
}

// mark is what a plan of this change expects to follow, nil for an update.
// path and asks are those of an export that is created.
func (c change[M]) mark(path types.String, asks string) []byte {
	switch {
	case c.planned == nil:
		return mark{Next: followsDestroy}.encode()
	case c.prior == nil:
		return mark{Next: followsCreate, Path: path.ValueString(), Asks: asks}.encode()
	}
	return nil
}

// runner is the model of a resource that runs jobs.
type runner[M any] interface {
	options() platform.Options
	job() jobModel
	withJob(job jobModel) M
}

// readChange reads the change that ModifyPlan is asked about, and aims the
// planned job at its platform.
func readChange[M runner[M]](ctx context.Context, s *providerData, req resource.ModifyPlanRequest, diags *diag.Diagnostics) change[M] {
	c := change[M]{prior: stateOf[M](ctx, req.State, diags), left: pendingJob(ctx, req.Private, diags), made: isMade(ctx, req.Private, diags)}
	if req.Plan.Raw.IsNull() {
		return c
	}
	var planned M
	diags.Append(req.Plan.Get(ctx, &planned)...)
	if diags.HasError() {
		return c
	}
	c.planned = aimed(s, planned, c.prior, diags)
	return c
}

// aimed is a planned model whose job is aimed at its platform.
func aimed[M runner[M]](s *providerData, planned M, prior *M, diags *diag.Diagnostics) *M {
	var priorJob *jobModel
	if prior != nil {
		job := (*prior).job()
		priorJob = &job
	}
	planned = planned.withJob(s.aim(planned.options(), planned.job(), priorJob, diags))
	return &planned
}

// abandoned warns about the job of an interrupted update whose resource is to
// be destroyed.
func abandoned(v message.Verb, prior jobModel, left *jobrun.Pending) diag.Diagnostics {
	if left == nil || left.Job == "" {
		return nil
	}
	prior.JobID = types.StringValue(left.Job)
	return diag.Diagnostics{destroyLeavesJob(v, prior)}
}
