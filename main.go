// Program terraform-provider-asset is a Terraform provider that promotes
// assets between instances of integration platforms as archives.
package main

import (
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// version is set at link time by the release.
var version = "dev"

//go:generate make generate

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger and print how to attach to it")
	flag.Parse()

	// Terraform stores what a resource answers only when it returns. A signal
	// to the whole process group must not end the provider before that:
	// Terraform asks it to stop, and it does so at once.
	if !*debug {
		signal.Ignore(syscall.SIGTERM)
		go endWith(os.Getppid())
	}

	if err := provider.Serve(version, *debug); err != nil {
		log.Fatal(err)
	}
}

// parentLook is how often the provider looks whether its Terraform is there.
const parentLook = 500 * time.Millisecond

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
