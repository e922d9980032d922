package provider

import (
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/fastpath"
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
	// Observe stands between the provider and the network; nil where nothing does.
	Observe httpapi.Observer
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
	p := newProvider(o)
	// One that is attached to serves many applies until it ends.
	p.notes.outlives = !o.Managed
	defer p.notes.close()
	return tf6server.Serve("registry.terraform.io/asset-promotion/asset", p.server, opts...)
}

// Server returns a function that makes the provider's side of the protocol.
func Server(o Options) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		return newProvider(o).server()
	}
}

func (p *assetProvider) server() tfprotov6.ProviderServer {
	return fastpath.Wrap(providerserver.NewProtocol6(p)(), p.fastPath())
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
