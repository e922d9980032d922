package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/fastpath"
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
		return newOn(env, metadata).server()
	}
}

// ServerWith is ServerOn with one more kind of server behind those of the product.
func ServerWith(more platform.Kind, env map[string]string) tfprotov6.ProviderServer {
	p := newOn(env, nobody)
	p.kinds = append(p.kinds, more)
	return p.server()
}

// Quieten is quieten.
var Quieten = quieten

// Quick is a server, and what tells whether a plan needs no framework.
func Quick() (server tfprotov6.ProviderServer, plansAsIs func(context.Context, *tfprotov6.PlanResourceChangeRequest) bool) {
	p := newProvider(Options{Version: "test", MetadataURL: nobody})
	return p.server(), func(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) bool {
		whole, _ := providerserver.NewProtocol6(p)().(offered)
		counts := &counting{offered: whole}
		_, err := fastpath.Wrap(counts, p.fastPath()).PlanResourceChange(ctx, req)
		return err == nil && counts.plans == 0
	}
}

// offered is all that the framework's server offers.
type offered interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// counting counts the plans that come to the framework.
type counting struct {
	offered

	plans int
}

func (c *counting) PlanResourceChange(context.Context, *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	c.plans++
	return &tfprotov6.PlanResourceChangeResponse{}, nil
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
