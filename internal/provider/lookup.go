package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// lookup is one question of a data source to a server. Terraform asks it in
// the plan, or, where the configuration or depends_on waits for a resource, at
// apply.
type lookup struct {
	// noun is what is looked up, as in "the look-up of the job"; an archive is
	// downloaded.
	noun   string
	target platform.Target
	// platform is the one that is asked.
	platform platform.Platform
	// data is the one that asks.
	data *providerData
	// facts name what was asked for.
	facts []message.Fact
}

// find binds a look-up to the server that it asks. No request is sent. It is
// nil, with an error in diags, where no request could be sent.
func (s *providerData) find(o platform.Options, l *lookup, diags *diag.Diagnostics) platform.Client {
	found, err := s.platforms.Target(o, platform.Target{})
	if err != nil {
		diags.Append(s.kinds.NoTarget(err))
		return nil
	}
	l.target, l.data = found, s
	unknown := s.platforms.Unknown(found.Platform)
	if found.Platform.IsUnknown() || found.Instance.IsUnknown() || len(unknown) > 0 {
		diags.Append(notKnownYet(unknown))
		return nil
	}
	chosen, err := s.platforms.Find(found.Platform.ValueString())
	if err != nil {
		diags.Append(platform.NotConnected(nil, err))
		return nil
	}
	l.platform = chosen
	client, err := chosen.Connect()
	if err != nil {
		diags.Append(platform.NotConnected(chosen, err))
		return nil
	}
	return client
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
