package provider_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCSAModes imports what is there already in each mode.
func TestCSAModes(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	data := csaArchive(t, server, csaOffering)
	names := []string{
		"SERVICE_OFFERING Linux Server mit Überwachung", "SERVICE_BLUEPRINT Simple Compute Linux",
		"RESOURCE_OFFERING vCenter Offering", "RESOURCE_OFFERING Sicherung & Wiederherstellung",
	}
	w := csaWorkspace(t, server, csaImport(``)).inProcess()
	w.write("it.zip", data)
	for _, step := range []struct {
		options, update, preserve string
		// sent: the mode runs the import; count is how many artifacts prod has.
		sent, count int
	}{
		{``, "", "", 1, 4},
		{`mode = "create"`, "", "", 0, 4},
		{`mode = "update"`, "true", "", 1, 4},
		{`mode = "update_preserve_existing"`, "", "true", 1, 8},
		{`mode = "update_preserve_existing", associate_providers = false, preview = false`, "", "", 0, 8},
		{`mode = "create", preview = true`, "", "", 1, 8},
		{`preview = false`, "", "", 0, 8},
	} {
		server.Simulator.ResetRequests()
		w.write("main.tf", csaHead+csaImport(step.options))
		w.apply(0)
		imports := requestsOf(server, "csa_import")
		if len(imports) != step.sent {
			t.Errorf("%s: %d imports, want %d", step.options, len(imports), step.sent)
			continue
		}
		if step.sent == 0 {
			if n := len(server.Simulator.Requests()); n != 0 {
				t.Errorf("%s: %d requests", step.options, n)
			}
		} else if o := imports[0].Upload.Options; o["update"] != step.update || o["updatePreserveExisting"] != step.preserve {
			t.Errorf("%s: sent %v", step.options, o)
		}
		have := onCSA(server)
		if len(have) != step.count || !slices.Contains(have, names[0]) {
			t.Errorf("%s: prod has %q", step.options, have)
		}
	}
}

// TestCSAResults covers answers with less than the documented one has, and a
// catalog.
func TestCSAResults(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	catalog := `mode = "update", org_for_catalog_import = "Vertrieb Süd", associate_providers = true`
	w := csaWorkspace(t, server, csaImport(catalog)).inProcess()
	w.write("it.zip", csaArchive(t, server, csaCatalog))
	order(t, server, simulator.Fault{On: "csa_import", Do: "no_record"}, simulator.Fault{On: "csa_import", Do: "ids_missing"})
	w.apply(0)
	expectCounts(t, server, "csa_import 1, csa_import_result 0")
	state := w.state("asset_import.it")
	if artifacts, _ := state["artifacts"].([]any); state["job_id"] != nil || state["status"] != "SUCCEEDED" || len(artifacts) != 0 {
		t.Errorf("state %v", state)
	}
	if o := requestsOf(server, "csa_import")[0].Upload.Options; o["orgForCatalogImport"] != "Vertrieb Süd" || o["associateProviders"] != "true" {
		t.Errorf("sent %v", o)
	}
	w.plan(false)
	// The record says "Error" of each artifact: it is never the judge.
	w.write("main.tf", csaHead+csaImport(catalog+`, validate_type = "CATALOG"`))
	w.apply(0)
	expectCounts(t, server, "csa_import 2, csa_import_result 1")
	if state := w.state("asset_import.it"); state["job_id"] == nil || state["end_time"] == nil {
		t.Errorf("state %v", state)
	}
}

// TestCSAImportsQueue has imports into one server and exports at once.
func TestCSAImportsQueue(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{JobTime: 300 * time.Millisecond})
	w := csaWorkspace(t, server, `
provider "asset" {
  csa = {}
}
resource "asset_import" "it" {
  count  = 3
  source = "it.zip"
  csa    = { mode = "update" }
}
`)
	w.write("it.zip", csaArchive(t, server, csaDesign))
	w.apply(0)
	expectCounts(t, server, "csa_login 1, csa_import 3")
	if most := server.Simulator.State().CSA["prod"].MostAtOnce; most != 1 {
		t.Errorf("%d imports at once", most)
	}
}

// TestCSATimeout ends the wait for an answer that does not come by timeouts
// alone. Nothing is repeated, and the next apply imports again.
func TestCSATimeout(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, strings.Replace(csaImport(``), `source =`, "timeouts = { create = \"1s\" }\n  source =", 1)).inProcess()
	w.write("it.zip", csaArchive(t, server, csaDesign))
	order(t, server, simulator.Fault{On: "csa_import", Do: "never_end"})
	out := w.apply(1).out
	expectSaid(t, out, "Outcome unknown", "the run was ended, by its timeout or an interrupt", "the next apply imports again")
	expectCounts(t, server, "csa_import 1")
	if state := w.state("asset_import.it"); state != nil {
		t.Errorf("the state has %v", state)
	}
	w.apply(0)
	expectCounts(t, server, "csa_import 2")
}

// TestCSAPreview covers what a preview says, what it prevents, and a server
// that does not know it.
func TestCSAPreview(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, csaImport(`preview = true`)).inProcess()
	w.write("it.zip", csaArchive(t, server, csaDesign))

	// A plan previews nothing.
	w.plan(true)
	expectCounts(t, server, "csa_login 0, csa_preview 0")
	order(t, server, simulator.Fault{On: "csa_preview", Do: "import_status", Summary: "It would fail", Messages: []string{"Flow /x is missing"}})
	expectSaid(t, w.apply(1).out, "Import could not succeed", "It would fail", "Flow /x is missing", "The import was not sent.")
	expectCounts(t, server, "csa_preview 1, csa_import 0")

	order(t, server, simulator.Fault{On: "csa_preview", Do: "ignores_preview"})
	expectSaid(t, w.apply(1).out, "Preview imported the archive", "No second one was sent.", "SERVICE_DESIGN")
	expectCounts(t, server, "csa_preview 2, csa_import 0")

	order(t, server, simulator.Fault{On: "csa_preview", Do: "drop_after"})
	expectSaid(t, w.apply(1).out, "Outcome unknown", "may have performed the import instead")
	expectCounts(t, server, "csa_preview 3, csa_import 0")

	w.apply(0)
	expectCounts(t, server, "csa_preview 4, csa_import 1")
	server.Simulator.ResetRequests()
	// Turning it off runs nothing; and it is no reason in an update either.
	w.write("main.tf", csaHead+csaImport(``))
	w.apply(0)
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestCSAUpdateAfterPreviewImported plans again what a server did that does
// not know previews, even if the configuration goes back.
func TestCSAUpdateAfterPreviewImported(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, csaImport(``)).inProcess()
	w.write("it.zip", csaArchive(t, server, csaDesign))
	w.apply(0)
	before := fmt.Sprint(w.state("asset_import.it"))
	w.write("main.tf", csaHead+csaImport(`mode = "update", preview = true`))
	order(t, server, simulator.Fault{On: "csa_preview", Do: "ignores_preview"})
	w.apply(1)
	if after := fmt.Sprint(w.state("asset_import.it")); after != before {
		t.Errorf("the state changed from\n%s to\n%s", before, after)
	}
	w.write("main.tf", csaHead+csaImport(``))
	w.plan(true)
}

// TestCSASourceHash: with it the file is not read in a plan, so what the
// server would refuse is refused by apply, before anything is sent.
func TestCSASourceHash(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, strings.Replace(csaImport(``), `source =`, "source_hash = \"1\"\n  source =", 1)).inProcess()
	w.write("it.zip", csaArchive(t, server, csaCatalog))
	w.plan(true)
	expectSaid(t, w.apply(1).out, "Catalog without an organization", "Nothing was sent.")
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	if err := os.Remove(w.path("it.zip")); err != nil {
		t.Fatal(err)
	}
}
