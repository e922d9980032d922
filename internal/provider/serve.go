package provider

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// gcPercent lets the heap grow to a few times what is in use between two
// collections. A plan leaves much garbage and little behind: with Go's default
// a provider spends half of its time on collecting from a heap of 4 MiB.
const gcPercent = 400

// Options are what a program that serves the provider chooses.
type Options struct {
	// Version is told to Terraform and to servers.
	Version string
	// Managed serves until the program is interrupted, and prints how to attach to it, for a debugger.
	Managed bool
	// MetadataURL is where the metadata service of a cloud server is; empty for its own address.
	MetadataURL string
}

// Serve serves the provider to the Terraform that started this process, until
// that has no more use for it.
func Serve(o Options) error {
	var opts []tf6server.ServeOpt
	if o.Managed {
		opts = append(opts, tf6server.WithManagedDebug())
	} else {
		outlive()
		if err := quieten(os.Environ(), os.Setenv); err != nil {
			return err
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return tf6server.Serve("registry.terraform.io/asset-promotion/asset", Server(o), opts...)
}

// Server returns a function that makes the provider's side of the protocol.
func Server(o Options) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := newProvider(o)
		return server{providerserver.NewProtocol6(p)(), p}
	}
}

// parentLook is how often the provider looks whether its Terraform is there.
const parentLook = 500 * time.Millisecond

// outlive keeps the process until its Terraform has had all answers, and not longer. Terraform stores what
// a resource answers only when it returns: a signal to the whole process group must not end the provider
// before that. Terraform asks it to stop, and it does so at once.
func outlive() {
	signal.Ignore(syscall.SIGTERM)
	go endWith(os.Getppid())
}

// endWith ends the provider when the process that started it is gone. A
// Terraform that was killed tells nobody; its provider ends by the broken pipe
// of its log at the latest, but not where logging is off. A parent's id that
// changes tells it on every Unix; on Windows the id stays.
func endWith(parent int) {
	for range time.Tick(parentLook) {
		if os.Getppid() != parent {
			os.Exit(1)
		}
	}
}

// quieten turns the log off at its source where Terraform would drop it line by
// line: as long as no TF_LOG variable is set. Otherwise every step of the
// framework is written, and read again by Terraform, which costs both of them
// a third of the time of a plan.
func quieten(environ []string, setenv func(name, value string) error) error {
	for _, variable := range environ {
		if strings.HasPrefix(variable, "TF_LOG") {
			return nil
		}
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"} {
		if err := setenv(name, "off"); err != nil {
			return err
		}
	}
	return nil
}

// server is the framework's server, which keeps the context of every request
// until Terraform stops it: 20 KiB for each, which makes hundreds of MiB in the
// plan of a thousand resources. Those of the requests that come for each
// resource are emptied when they have been answered.
type server struct {
	tfprotov6.ProviderServer
	provider *assetProvider
}

func (s server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return answer(ctx, req, s.ProviderServer.ValidateResourceConfig)
}

func (s server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return answer(ctx, req, s.ProviderServer.UpgradeResourceState)
}

func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if readsAsIs(req) {
		return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: req.Private}, nil
	}
	return answer(ctx, req, s.ProviderServer.ReadResource)
}

func (s server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	ctx, done := keepLook(ctx)
	defer done()
	if plansAsIs(ctx, s.provider.session.Load(), req) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: req.PriorPrivate}, nil
	}
	return answer(ctx, req, s.ProviderServer.PlanResourceChange)
}

func (s server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return answer(ctx, req, s.ProviderServer.ApplyResourceChange)
}

func answer[Req, Resp any](ctx context.Context, req Req, ask func(context.Context, Req) (Resp, error)) (Resp, error) {
	emptied := &emptiedContext{}
	emptied.inner.Store(&ctx)
	defer emptied.inner.Store(&ended)
	return ask(emptied, req)
}

// emptiedContext is a context that forgets where it comes from.
type emptiedContext struct {
	inner atomic.Pointer[context.Context]
}

// ended is what is left of a context.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *emptiedContext) now() context.Context { return *c.inner.Load() }

// Deadline, Done, Err and Value are those of the request, as long as it lasts.
func (c *emptiedContext) Deadline() (time.Time, bool) { return c.now().Deadline() }

// Done is as above.
func (c *emptiedContext) Done() <-chan struct{} { return c.now().Done() }

// Err is as above.
func (c *emptiedContext) Err() error { return c.now().Err() }

// Value is as above.
func (c *emptiedContext) Value(key any) any { return c.now().Value(key) }
