// Program testprovider is the provider as tests have Terraform start it: whatever machine it runs on, it
// does not ask that machine's metadata service.
package main

import (
	"log"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

func main() {
	// Nobody answers at port 9.
	if err := provider.Serve(provider.Options{Version: "test", MetadataURL: "http://127.0.0.1:9"}); err != nil {
		log.Fatal(err)
	}
}
