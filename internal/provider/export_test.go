package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
)

// No test asks the metadata service of the machine that it runs on: nobody
// answers at port 9.
func init() { metadataURL = "http://127.0.0.1:9" }

// NewOn is New on a machine with this environment and this metadata service.
func NewOn(env map[string]string, metadata string) func() provider.Provider {
	return func() provider.Provider {
		return &assetProvider{version: "test", getenv: func(name string) string { return env[name] }, metadataURL: metadata}
	}
}

// Quieten is quieten.
var Quieten = quieten

// Answer lets a function answer a request.
func Answer(ctx context.Context, ask func(context.Context) error) error {
	_, err := answer(ctx, struct{}{}, func(ctx context.Context, _ struct{}) (struct{}, error) { return struct{}{}, ask(ctx) })
	return err
}
