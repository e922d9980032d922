package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestMoveKeepsOtherFiles swaps the paths of two exports: neither archive is
// lost, and both states still say where it is.
func TestMoveKeepsOtherFiles(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	config := func(one, two string) string {
		return strings.ReplaceAll(exportOnly, `path = "orders.zip"`, `path = "`+one+`"`) + `
resource "asset_export" "billing" {
  roma = { apps = ["` + billingApp + `"] }
  path = "` + two + `"
}
`
	}
	w := newWorkspace(t, server, config("one.zip", "two.zip")).inProcess()
	w.apply(0)
	before := map[string]string{}
	for _, name := range []string{"one.zip", "two.zip"} {
		data, err := os.ReadFile(w.path(name))
		if err != nil {
			t.Fatal(err)
		}
		before[name] = string(data)
	}
	w.write("main.tf", config("two.zip", "one.zip"))
	out := w.apply(1).out
	if n := strings.Count(strings.Join(strings.Fields(out), " "), "that is not this export's"); n != 2 {
		t.Errorf("%d of 2 moves were refused:\n%s", n, out)
	}
	for name, want := range before {
		if data, err := os.ReadFile(w.path(name)); err != nil || string(data) != want {
			t.Errorf("%s was changed, %v", name, err)
		}
	}
	w.write("main.tf", config("one.zip", "two.zip"))
	w.plan(false)
	expectCounts(t, server, "export 2")
}

// TestTwoExportsOfOnePath are refused in the plan, however the path is
// written, also when one of them is there already.
func TestTwoExportsOfOnePath(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, exportOnly).inProcess()
	w.apply(0)
	w.write("second.tf", `
resource "asset_export" "billing" {
  roma = { apps = ["`+billingApp+`"] }
  path = "./orders.zip"
}
`)
	if r := w.terraform("plan"); r.code != 1 || !strings.Contains(r.out, "Two exports write one path") {
		t.Errorf("plan ended with %d:\n%s", r.code, r.out)
	}
	expectCounts(t, server, "export 1")
}
