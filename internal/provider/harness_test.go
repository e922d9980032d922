package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// Ids of the simulator's default landscape.
const (
	ordersApp  = "b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"
	billingApp = "3f0c9d2e-7b41-4c5a-9d1f-6a8e2b4c7d90"
	ordersTask = "b2e6a456-1234-4a80-aa45-f4b8029f95a4"
)

// inProcess serves the provider to terraform from this process. A provider
// block without alias is all that it can serve, because terraform configures
// one server for each alias.
func inProcess() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"asset": func() (tfprotov6.ProviderServer, error) {
			return provider.ServerHere(), nil
		},
	}
}

// serve starts a simulator for one test.
func serve(t *testing.T, options simulator.Options) *simulator.Server {
	t.Helper()
	server, err := simulator.Serve(t.Context(), "127.0.0.1:0", options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// order orders faults.
func order(t *testing.T, server *simulator.Server, faults ...simulator.Fault) {
	t.Helper()
	if err := server.Simulator.Order(faults...); err != nil {
		t.Fatal(err)
	}
}

// withKeys is a provider block that logs in with the key pair.
func withKeys(server *simulator.Server) string {
	info := server.Info.ROMA
	return fmt.Sprintf(`
provider "asset" {
  roma = {
    region      = %q
    endpoint    = %q
    auth_url    = %q
    access_key  = %q
    secret_key  = %q
    instance_id = %q
  }
}
`, info.Region, info.Endpoint, info.AuthURL, info.AccessKey, info.SecretKey, info.Instances["dev"])
}

// counts is how many requests of each kind the log has, as "export 1, job 2".
func counts(server *simulator.Server, kinds ...string) string {
	seen := map[string]int{}
	for _, r := range server.Simulator.Requests() {
		seen[r.Kind]++
	}
	if len(kinds) == 0 {
		kinds = slices.Sorted(maps.Keys(seen))
	}
	var parts []string
	for _, kind := range kinds {
		parts = append(parts, fmt.Sprintf("%s %d", kind, seen[kind]))
	}
	return strings.Join(parts, ", ")
}

// expectCounts fails the test unless the log has these counts.
func expectCounts(t *testing.T, server *simulator.Server, want string) {
	t.Helper()
	var kinds []string
	for part := range strings.SplitSeq(want, ", ") {
		kind, _, _ := strings.Cut(part, " ")
		kinds = append(kinds, kind)
	}
	if got := counts(server, kinds...); got != want {
		t.Errorf("requests: %s, want %s", got, want)
	}
}
