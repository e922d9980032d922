package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// nobody is where no metadata service answers: no test asks that of the machine that it runs on.
const nobody = "http://127.0.0.1:9"

// ServerHere is Server on this machine.
func ServerHere() tfprotov6.ProviderServer {
	return Server(Options{Version: "test", MetadataURL: nobody})()
}

// NewOn is a provider on a machine with this environment and this metadata service.
func NewOn(env map[string]string, metadata string) func() provider.Provider {
	return func() provider.Provider { return newOn(env, metadata) }
}

func newOn(env map[string]string, metadata string) *assetProvider {
	p := newProvider(Options{Version: "test", MetadataURL: metadata})
	p.getenv = func(name string) string { return env[name] }
	return p
}

// ServerOn is Server on a machine with this environment and this metadata service.
func ServerOn(env map[string]string, metadata string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := newOn(env, metadata)
		return server{providerserver.NewProtocol6(p)(), p}
	}
}

// ServerWith is ServerOn with one more kind of server behind those of the product.
func ServerWith(more platform.Kind, env map[string]string) tfprotov6.ProviderServer {
	p := newOn(env, nobody)
	p.kinds = append(p.kinds, more)
	return server{providerserver.NewProtocol6(p)(), p}
}

// Quieten is quieten.
var Quieten = quieten

// Answer lets a function answer a request.
func Answer(ctx context.Context, ask func(context.Context) error) error {
	_, err := answer(ctx, struct{}{}, func(ctx context.Context, _ struct{}) (struct{}, error) { return struct{}{}, ask(ctx) })
	return err
}

// PlansAsIs is plansAsIs for what Server returned.
func PlansAsIs(ctx context.Context, s tfprotov6.ProviderServer, req *tfprotov6.PlanResourceChangeRequest) bool {
	ours, ok := s.(server)
	return ok && plansAsIs(ctx, ours.provider.session.Load(), req)
}

// LooksOnce says whether two looks at a source in one request open it once.
func LooksOnce(ctx context.Context, source string) bool {
	ctx, done := keepLook(ctx)
	defer done()
	planned := importModel{Source: types.StringValue(source)}
	first, doneFirst := lookOnce(ctx, planned)
	doneFirst()
	second, doneSecond := lookOnce(ctx, planned)
	defer doneSecond()
	if first.archive == nil || first.archive != second.archive {
		return false
	}
	_, err := second.archive.ReadAt(make([]byte, 1), 0)
	return err == nil
}
