// Program terraform-provider-asset is a Terraform provider that promotes
// assets between instances of integration platforms as archives.
package main

import (
	"flag"
	"log"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// version is set at link time by the release.
var version = "dev"

//go:generate make generate

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger and print how to attach to it")
	flag.Parse()
	if err := provider.Serve(provider.Options{Version: version, Managed: *debug}); err != nil {
		log.Fatal(err)
	}
}
