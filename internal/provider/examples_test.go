package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestPromotionExample applies the example of the README, with its two
// provider aliases, as a user would.
func TestPromotionExample(t *testing.T) {
	t.Parallel()
	main, err := os.ReadFile("../../examples/promotion/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, string(main))
	w.apply(0)
	server.Simulator.ResetRequests()
	w.plan(false)
	// The inventory is looked up by name in each plan, and nothing else is.
	expectCounts(t, server, "apps 1, tasks 1, export 0, import 0, job 0, download 0, login 0")
	if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 || apps[0].Name != "orders" {
		t.Errorf("prod has %v", apps)
	}
	r := w.terraform("destroy", "-auto-approve")
	if r.code != 0 || !strings.Contains(r.out, "Imported assets stay") || !strings.Contains(r.out, "Archive file stays") {
		t.Errorf("destroy ended with %d:\n%s", r.code, r.out)
	}
	expectCounts(t, server, "export 0, import 0, job 0, download 0, delete 0")
	if _, err := os.Stat(w.path("orders.zip")); err != nil {
		t.Error(err)
	}
}
