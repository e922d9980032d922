package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// lookup is one question of a data source to a server. Terraform asks it in
// the plan, or, where the configuration or depends_on waits for a resource, at
// apply.
type lookup struct {
	// noun is what is looked up, as in "the look-up of the job"; an archive is
	// downloaded.
	noun   string
	target target
	// session is the one that asks.
	session *session
	// facts name what was asked for.
	facts []fact
}

const nounArchive = "archive"

// lookups is what data sources ask of a platform.
type lookups interface {
	// job looks at a job, or at the record of one, once.
	job(ctx context.Context, instance, id string) (foundJob, error)
	// inventory lists what can be exported; all of it if name is "".
	inventory(ctx context.Context, instance, name string) (inventory, error)
}

// foundJob is a job as a platform tells of it.
type foundJob struct {
	asset.Job
	// result is what only CSA records; nil elsewhere.
	result *csa.ImportResult
}

// inventory is what could be exported from an instance.
type inventory struct {
	apps  []roma.App
	tasks []roma.Task
	// noTasks is why the tasks could not be listed, although the applications
	// could: they belong to another service of the instance.
	noTasks   error
	artifacts []asset.Artifact
}

// find binds a look-up to the server that it asks. No request is sent. It is
// nil, with an error in diags, where no request could be sent.
func (s *session) find(o options, l *lookup, diags *diag.Diagnostics) backend {
	found, err := s.target(o, target{})
	if err != nil {
		diags.Append(noTarget(err))
		return nil
	}
	l.target, l.session = found, s
	chosen := s.settings(found.platform.ValueString())
	if found.platform.IsUnknown() || found.instance.IsUnknown() || !chosen.known() {
		diags.Append(notKnownYet(s.unknownSettings(found.platform)))
		return nil
	}
	client, err := s.connect(found.platform.ValueString())
	if err != nil {
		diags.Append(notConnected(found.platform.ValueString(), err))
		return nil
	}
	return client
}

// unknownSettings lists what of the provider block is not known yet, as
// "roma.endpoint": that of a platform, or of all while it is not chosen.
func (s *session) unknownSettings(platform types.String) []string {
	var all []string
	add := func(block string, isUnknown bool, names []string) {
		if !platform.IsUnknown() && platform.ValueString() != block {
			return
		}
		if isUnknown {
			all = append(all, block)
		}
		for _, name := range names {
			all = append(all, block+"."+name)
		}
	}
	add(platformRoma, s.roma.unknownBlock, s.roma.unknown)
	add(platformCSA, s.csa.unknownBlock, s.csa.unknown)
	return all
}

// computed is a computed text of a data source.
func computed(meaning string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: meaning}
}

// sourceInstanceSchema is roma.instance_id of a data source.
func sourceInstanceSchema() schema.StringAttribute {
	return schema.StringAttribute{
		Optional:            true,
		MarkdownDescription: "Id of the ROMA Connect instance. Default: `instance_id` of the provider.",
	}
}

// whereAsked are the attributes that say where a data source asked.
func whereAsked(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	attributes["platform"] = computed("Platform that was asked: `roma` or `csa`.")
	attributes["instance"] = computed("Instance that was asked: the ROMA Connect instance id, or the endpoint of CSA without `/csa/rest`.")
	return attributes
}
