package platform

import "github.com/hashicorp/terraform-plugin-framework/provider/schema"

// Variables are the environment variables of a platform's attributes, by
// which the attributes are described.
type Variables map[string]string

// Describe adds the variable of an attribute to its meaning.
func (v Variables) Describe(name, meaning string) string {
	if v[name] == "" {
		return meaning
	}
	return meaning + " Environment: `" + v[name] + "`."
}

// Text is the schema of a text.
func (v Variables) Text(name, meaning string, sensitive bool) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: sensitive, MarkdownDescription: v.Describe(name, meaning)}
}

// WithServer adds what the blocks of all platforms have. sentOnce says what is
// not safe to repeat.
func (v Variables) WithServer(sentOnce string, attributes map[string]schema.Attribute) map[string]schema.Attribute {
	attributes["ca_file"] = v.Text("ca_file", "PEM file with the certificate authorities to trust besides the system's.", false)
	attributes["insecure"] = schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: v.Describe("insecure", "Accept any TLS certificate. It does not allow plain http. Default false."),
	}
	attributes["max_retries"] = schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: v.Describe("max_retries", "How often a request that is safe to repeat is repeated. Default 5. "+sentOnce),
	}
	return attributes
}
