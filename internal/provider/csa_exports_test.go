package provider_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// csaTopology is the topology design of the simulator's CSA "dev", with passwords
// among the values of its components.
const csaTopology = "8a8187814db77a97014db92d6ed90282"

// csaPair are providers of the CSA dev and of the CSA prod.
func csaPair(t *testing.T, server *simulator.Server) (dev, prod *plugin) {
	t.Helper()
	info := server.Info.CSA["prod"]
	return configured(t, csaSetup(server)),
		configured(t, values{"csa": values{"endpoint": info.Endpoint, "username": info.Username, "password": info.Password}})
}

// Each release exports again, gets other bytes, and imports nothing: also with
// update_preserve_existing, which would leave one more copy of everything. What
// changed is imported; of a password only the time of the change tells.
func TestCSAEveryReleaseHasOtherBytes(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	dev, prod := csaPair(t, server)
	file := filepath.Join(t.TempDir(), "it.zip")
	exported, imported := &managed{kind: "asset_export"}, &managed{kind: "asset_import"}
	change := func(edit func(*simulator.Artifact)) {
		for _, a := range server.Simulator.State().CSA["dev"].Artifacts {
			if a.ID != csaTopology {
				continue
			}
			edit(&a)
			if err := server.Simulator.PutArtifacts("dev", a); err != nil {
				t.Fatal(err)
			}
		}
	}
	password := func() string {
		all := server.Simulator.State().CSA["prod"].Artifacts
		return all[len(all)-1].Components[0].Properties[2].Value
	}
	before := ""
	for i, step := range []struct {
		name     string
		edit     func(*simulator.Artifact)
		imports  int
		password string
	}{
		{"the first", nil, 1, "Sim-Datenbank-1"},
		{"the second", nil, 0, "Sim-Datenbank-1"},
		{"the third", nil, 0, "Sim-Datenbank-1"},
		{"another password", func(a *simulator.Artifact) { a.Components[0].Properties[2].Value = "Sim-Datenbank-2" }, 1, "Sim-Datenbank-2"},
		{"the same again", nil, 0, "Sim-Datenbank-2"},
		{"another port", func(a *simulator.Artifact) { a.Components[0].Properties[0].Value = "3307" }, 1, "Sim-Datenbank-2"},
		{"and again", nil, 0, "Sim-Datenbank-2"},
	} {
		if step.edit != nil {
			change(step.edit)
		}
		server.Simulator.ResetRequests()
		says(t, dev.reaches(t.Context(), t, exported, values{
			"csa": values{"artifact_id": csaTopology}, "path": file, "triggers": map[string]string{"release": strconv.Itoa(i)},
		}, false))
		says(t, prod.reaches(t.Context(), t, imported, values{"source": file, "csa": values{"mode": "update_preserve_existing"}}, false))
		exports, imports := len(requestsOf(server, "csa_export")), len(requestsOf(server, "csa_import"))
		if exports != 1 || imports != step.imports || password() != step.password {
			t.Errorf("%s: %d exports, %d imports, password %q", step.name, exports, imports, password())
		}
		data, err := os.ReadFile(file)
		if err != nil || string(data) == before {
			t.Errorf("%s: the same bytes, or %v", step.name, err)
		}
		before = string(data)
	}
	// One for each import, and no more.
	if all := server.Simulator.State().CSA["prod"].Artifacts; len(all) != 3 {
		t.Errorf("prod has %v", all)
	}
}

// Archives of all other kinds rest, too, and so does a signed one.
func TestCSAExportsOfEachKindRest(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	_, prod := csaPair(t, server)
	file := filepath.Join(t.TempDir(), "it.zip")
	for _, id := range []string{csaOffering, csaDesign, csaTopology, csaPalette} {
		it := &managed{kind: "asset_import"}
		for _, signature := range [][][2]string{nil, {{"META-INF/MANIFEST.MF", "m"}, {"META-INF/CSA.SF", "s"}, {"META-INF/CSA.RSA", "r"}}, nil} {
			writeFile(t, file, rewritten(t, csaArchive(t, server, id), "", signature...))
			says(t, prod.reaches(t.Context(), t, it, values{"source": file, "csa": values{"mode": "update"}}, false))
			if n := len(requestsOf(server, "csa_import")); n > 0 && signature != nil {
				t.Errorf("%s, signed: %d imports", id, n)
			}
			plan := prod.plan(t, it, values{"source": file, "csa": values{"mode": "update"}}, false)
			if plan.said != "" || string(plan.state.MsgPack) != string(it.state.MsgPack) {
				t.Errorf("%s: the plan is not clean: %s", id, plan.said)
			}
		}
	}
}

// A good preview is no guarantee: what the server said of the import is told.
func TestCSAPreviewMissesWhatFails(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	_, prod := csaPair(t, server)
	for _, a := range server.Simulator.State().CSA["dev"].Artifacts {
		if a.Flows = append(a.Flows, "/Library/Not deployed"); a.ID != csaDesign {
			continue
		}
		if err := server.Simulator.PutArtifacts("dev", a); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "it.zip")
	writeFile(t, file, csaArchive(t, server, csaDesign))
	it := &managed{kind: "asset_import"}
	config := values{"source": file, "csa": values{"preview": true}}
	order(t, server, simulator.Fault{On: "csa_preview", Do: "preview_blind"})
	says(t, prod.reaches(t.Context(), t, it, config, false), "Error: Import failed", "process definition /Library/Not deployed does not exist")
	expectCounts(t, server, "csa_preview 1, csa_import 1")
	says(t, prod.reaches(t.Context(), t, it, config, false), "Error: Import could not succeed", "process definition /Library/Not deployed does not exist")
	expectCounts(t, server, "csa_preview 2, csa_import 1")
	if it.state != nil {
		t.Error("a failed import left a state")
	}
}

// An update that leaves a published offering as it is succeeds, and says so in messages.
func TestCSAPublishedIsNotUpdated(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	_, prod := csaPair(t, server)
	file := filepath.Join(t.TempDir(), "it.zip")
	writeFile(t, file, csaArchive(t, server, csaCatalog))
	owned := values{"source": file, "csa": values{"mode": "update", "org_for_catalog_import": "Vertrieb Süd"}}
	says(t, prod.reaches(t.Context(), t, &managed{kind: "asset_import"}, owned, false))
	writeFile(t, file, csaArchive(t, server, csaOffering))
	it := &managed{kind: "asset_import"}
	says(t, prod.reaches(t.Context(), t, it, values{"source": file, "csa": values{"mode": "update"}}, false))
	got := prod.attributes(t, it, it.state)
	if text := got["messages"].String(); !strings.Contains(text, "Service offering Linux Server mit Überwachung is published and is not updated.") ||
		!strings.Contains(text, "Service design Simple Compute Linux imported successfully.") {
		t.Errorf("messages %s", text)
	}
	if text := got["artifacts"].String(); strings.Contains(text, "SERVICE_OFFERING") || !strings.Contains(text, "SERVICE_DESIGN") {
		t.Errorf("artifacts %s", text)
	}
}
