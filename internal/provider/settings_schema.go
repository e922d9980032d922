package provider

import "github.com/hashicorp/terraform-plugin-framework/provider/schema"

// settingVariables are the environment variables of a platform's attributes, by
// which the attributes are described.
type settingVariables map[string]string

func (v settingVariables) describe(name, meaning string) string {
	if v[name] == "" {
		return meaning
	}
	return meaning + " Environment: `" + v[name] + "`."
}

func (v settingVariables) text(name, meaning string, sensitive bool) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: sensitive, MarkdownDescription: v.describe(name, meaning)}
}

// withServer adds what the blocks of all platforms have. sentOnce says what is
// not safe to repeat.
func (v settingVariables) withServer(sentOnce string, attributes map[string]schema.Attribute) map[string]schema.Attribute {
	attributes["ca_file"] = v.text("ca_file", "PEM file with the certificate authorities to trust besides the system's.", false)
	attributes["insecure"] = schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: v.describe("insecure", "Accept any TLS certificate. It does not allow plain http. Default false."),
	}
	attributes["max_retries"] = schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: v.describe("max_retries", "How often a request that is safe to repeat is repeated. Default 5. "+sentOnce),
	}
	return attributes
}
