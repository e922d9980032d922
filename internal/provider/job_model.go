package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// jobModel is what the state of both resources says about their job.
type jobModel struct {
	Triggers  types.Map    `tfsdk:"triggers"`
	Platform  types.String `tfsdk:"platform"`
	Instance  types.String `tfsdk:"instance"`
	JobID     types.String `tfsdk:"job_id"`
	Status    types.String `tfsdk:"status"`
	BeginTime types.String `tfsdk:"begin_time"`
	EndTime   types.String `tfsdk:"end_time"`
}

// job is for those who know a resource only by what both kinds have.
func (m jobModel) job() jobModel { return m }

// unknown is a job that a plan expects but cannot tell about.
func (m jobModel) unknown() jobModel {
	m.JobID, m.Status = types.StringUnknown(), types.StringUnknown()
	m.BeginTime, m.EndTime = types.StringUnknown(), types.StringUnknown()
	return m
}

// keep takes over what a prior state says about the job.
func (m jobModel) keep(prior jobModel) jobModel {
	m.JobID, m.Status = prior.JobID, prior.Status
	m.BeginTime, m.EndTime = prior.BeginTime, prior.EndTime
	return m
}

// record writes down what the server said.
func (m jobModel) record(job asset.Job, status asset.Status) jobModel {
	m.JobID = tfvalue.TextOrNull(job.ID)
	m.Status = types.StringValue(string(status))
	m.BeginTime, m.EndTime = tfvalue.TimeOrNull(job.Begin), tfvalue.TimeOrNull(job.End)
	return m
}

func (m jobModel) running() bool { return m.Status.ValueString() == string(asset.Running) }

// ended says whether there is no more to do for the job, as far as the state knows.
func (m jobModel) ended() bool {
	return !m.running() && m.Status.ValueString() != string(asset.Failed)
}

func (m jobModel) triggers() map[string]string {
	out := map[string]string{}
	for name, value := range m.Triggers.Elements() {
		if text, ok := value.(types.String); ok {
			out[name] = text.ValueString()
		}
	}
	return out
}

const statusMeaning = "`SUCCEEDED`. `RUNNING` only in the state of an interrupted run, which the next apply continues."

// jobAttributes are the computed attributes that both resources have.
func jobAttributes(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	computed := func(meaning string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: meaning}
	}
	attributes["platform"] = computed("Platform on which the job ran: `roma` or `csa`. A change runs it again, in place.")
	attributes["instance"] = computed("Instance on which the job ran: the ROMA Connect instance id, or the endpoint of CSA without `/csa/rest`. " +
		"A change runs it again, in place.")
	attributes["job_id"] = computed("Id of the job on the server, to look it up there; for an import into CSA that of the import result record. Null where " +
		"there is none: an export from CSA is no job.")
	if _, given := attributes["status"]; !given {
		attributes["status"] = computed(statusMeaning)
	}
	attributes["begin_time"] = computed("When the job began, RFC 3339; null where the server does not say.")
	attributes["end_time"] = computed("When the job ended, RFC 3339; null where the server does not say.")
	return attributes
}

// jobTimeouts is the attribute timeouts of both resources.
func jobTimeouts(ctx context.Context) schema.Attribute {
	made := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true,
		CreateDescription: timeoutMeaning, UpdateDescription: timeoutMeaning,
	})
	// The options have no place for its own description.
	if nested, ok := made.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = timeoutsMeaning
		tellTooLong(nested.Attributes)
		return nested
	}
	return made
}
