package provider

import "github.com/hashicorp/terraform-plugin-framework/provider"

// No test asks the metadata service of the machine that it runs on: nobody
// answers at port 9.
func init() { metadataURL = "http://127.0.0.1:9" }

// NewOn is New on a machine with this environment and this metadata service.
func NewOn(env map[string]string, metadata string) func() provider.Provider {
	return func() provider.Provider {
		return &assetProvider{version: "test", getenv: func(name string) string { return env[name] }, metadataURL: metadata}
	}
}
