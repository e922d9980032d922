package provider_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// The files of testdata/state: v0.tfstate is what version 0 of the schemas wrote
// for v0.tf. Every later version has to read it, so it is never made anew once
// a release has written it; a new version of a schema adds a file.
const (
	goldenConfig = "testdata/state/v0.tf"
	goldenState  = "testdata/state/v0.tfstate"
	// goldenHost is that of the CSA endpoints in the state.
	goldenHost = "127.0.0.1:8444"
)

// TestGoldenState plans with the golden state, on a machine that has none of
// the archives: what is finished stays, and interrupted jobs are continued.
func TestGoldenState(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, read(t, goldenConfig))
	w.setenv(exampleEnvironment(t, server)...)
	w.setenv("TF_VAR_dev_endpoint=http://"+goldenHost+"/dev", "TF_VAR_prod_endpoint=http://"+goldenHost+"/prod", "TF_VAR_release=2")
	w.write("terraform.tfstate", read(t, goldenState))

	r := w.plan(true, "-out=saved")
	expectSaid(t, r.out, "Export job is under way", "Plan: 1 to add, 1 to change, 1 to destroy")
	if log := server.Simulator.Requests(); len(log) != 0 {
		t.Errorf("the plan sent %v", log)
	}
	out, err := w.command(t.Context(), "show", "-json", "saved").Output()
	if err != nil {
		t.Fatal(err)
	}
	plan := new(tfjson.Plan)
	if err := json.Unmarshal(out, plan); err != nil {
		t.Fatal(err)
	}
	if len(plan.ResourceDrift) != 0 {
		t.Errorf("reading the state changed %v", plan.ResourceDrift)
	}
	got := map[string]string{}
	for _, change := range plan.ResourceChanges {
		got[change.Address] = joined(change.Change.Actions)
	}
	want := map[string]string{
		"asset_export.roma": "no-op", "asset_export.on_server": "no-op", "asset_export.csa": "no-op",
		"asset_import.roma": "no-op", "asset_import.without_options": "no-op", "asset_import.csa": "no-op",
		"asset_export.interrupted": "delete create", "asset_export.updated": "update",
	}
	if !maps.Equal(got, want) {
		t.Errorf("planned %v, want %v\n%s", got, want, r.out)
	}
}

func joined(actions tfjson.Actions) string {
	var words []string
	for _, action := range actions {
		words = append(words, string(action))
	}
	return strings.Join(words, " ")
}

// TestGoldenStateIsWhole compares the golden state with the schemas: a version
// that has no golden state, and a new attribute that it does not have, need one.
// UPDATE_GOLDEN_STATE=1 makes the state of v0.tf anew.
func TestGoldenStateIsWhole(t *testing.T) {
	t.Parallel()
	if os.Getenv("UPDATE_GOLDEN_STATE") != "" {
		makeGoldenState(t)
	}
	var state struct {
		Resources []struct {
			Type, Name string
			Instances  []struct {
				SchemaVersion int64 `json:"schema_version"`
				Attributes    map[string]any
				Private       []byte
				Status        string
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, goldenState)), &state); err != nil {
		t.Fatal(err)
	}
	schemas := providerSchemas(t).ResourceSchemas
	seen := map[string]bool{}
	for _, r := range state.Resources {
		seen[r.Type] = true
		for _, i := range r.Instances {
			if schema := schemas[r.Type]; i.SchemaVersion != schema.Version {
				t.Errorf("%s.%s has version %d, the schema %d", r.Type, r.Name, i.SchemaVersion, schema.Version)
			}
			var want []string
			for _, attribute := range schemas[r.Type].Block.Attributes {
				want = append(want, attribute.Name)
			}
			slices.Sort(want)
			if got := slices.Sorted(maps.Keys(i.Attributes)); !slices.Equal(got, want) {
				t.Errorf("%s.%s has %q, the schema %q", r.Type, r.Name, got, want)
			}
			if (r.Name == "interrupted") != (i.Status == "tainted" && i.Attributes["status"] == "RUNNING") {
				t.Errorf("%s.%s is %q with status %q", r.Type, r.Name, i.Status, i.Attributes["status"])
			}
			if (r.Name == "updated") != strings.Contains(string(i.Private), "unfinished_job") {
				t.Errorf("%s.%s has the private state %q", r.Type, r.Name, i.Private)
			}
		}
	}
	for name := range schemas {
		if !seen[name] {
			t.Errorf("the golden state has no %s", name)
		}
	}
}

// makeGoldenState applies v0.tf and keeps the state.
func makeGoldenState(t *testing.T) {
	t.Helper()
	server := serve(t, simulator.Options{})
	s := &site{workspace: newWorkspace(t, server, read(t, goldenConfig)), server: server}
	s.setenv(exampleEnvironment(t, server)...)
	finished := []string{"asset_export.roma", "asset_export.on_server", "asset_export.csa", "asset_import.roma", "asset_import.csa", "asset_export.updated"}
	var targets []string
	for _, address := range finished {
		targets = append(targets, "-target="+address)
	}
	s.apply(0, targets...)
	s.apply(0, "-target=asset_import.without_options")
	s.setenv("TF_VAR_release=2")
	s.leave("export", "-target=asset_export.updated")
	server.Simulator.FinishJobs()
	s.leave("export", "-target=asset_export.interrupted")
	text := read(t, s.path("terraform.tfstate"))
	_, port, _ := strings.Cut(strings.TrimPrefix(server.Info.ROMA.Endpoint, "http://"), ":")
	text = strings.ReplaceAll(text, "127.0.0.1:"+port, goldenHost)
	if err := os.MkdirAll(filepath.Dir(goldenState), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenState, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
