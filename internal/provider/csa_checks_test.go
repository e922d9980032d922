package provider_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestCSAPlanChecks plans archives that the server would refuse, and options
// that it would ignore. Nothing is sent.
func TestCSAPlanChecks(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	catalog, palette, design := csaArchive(t, server, csaCatalog), csaArchive(t, server, csaPalette), csaArchive(t, server, csaDesign)
	var plain bytes.Buffer
	z := zip.NewWriter(&plain)
	if _, err := z.Create("asset.json"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := csaWorkspace(t, server, "").inProcess()
	for _, test := range []struct {
		name, archive, options string
		code                   int
		says                   []string
	}{
		{"catalog", catalog, ``, 1, []string{"Error: Catalog without an organization", "csa.org_for_catalog_import"}},
		{"catalog with an owner", catalog, `org_for_catalog_import = "Vertrieb Süd"`, 2, []string{"1 to add"}},
		{"another kind", design, `validate_type = "SERVICE_OFFERING"`, 1, []string{"Error: Archive of another kind", "SERVICE_DESIGN"}},
		{"a design by its other name", design, `validate_type = "SERVICE_BLUEPRINT"`, 2, []string{"1 to add"}},
		{"palette", palette, `mode = "update_preserve_existing", associate_providers = true`, 2, []string{
			"Warning: Ignored for a component palette", `csa.mode = "update_preserve_existing" and csa.associate_providers are ignored`,
		}},
		{"palette, updated", palette, `mode = "update"`, 2, []string{"1 to add"}},
		{"no archive of CSA", plain.String(), ``, 1, []string{"Error: Source is no archive", "manifest.xml"}},
	} {
		w.write("main.tf", csaHead+csaImport(test.options))
		w.write("it.zip", test.archive)
		r := w.terraform("plan", "-detailed-exitcode")
		if r.code != test.code {
			t.Errorf("%s: the plan ended with %d, want %d:\n%s", test.name, r.code, test.code, r.out)
		}
		expectSaid(t, r.out, test.says...)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("plans sent %d requests", n)
	}
}

// TestCSAMistakes plans configurations that are wrong in themselves.
func TestCSAMistakes(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := csaWorkspace(t, server, "").inProcess()
	export := func(more string) string { return "resource \"asset_export\" \"it\" {\n" + more + "\n}\n" }
	imported := func(more string) string {
		return "resource \"asset_import\" \"it\" {\n  source = \"it.zip\"\n" + more + "\n}\n"
	}
	// All mistakes of one configuration are reported at once.
	for _, test := range []struct {
		main string
		says []string
	}{
		{export(`csa = { artifact_id = "" }`), []string{"Empty value", "csa.artifact_id", "No path", "needs path"}},
		{export("path = \"a.zip\"\ncsa = { artifact_id = \"a/b\" }"), []string{"Not an id", `"a/b"`}},
		{export("path = \"a.zip\"\nroma = { apps = [\"a\"] }\ncsa = { artifact_id = \"a\" }"), []string{
			"More than one platform", "roma, csa", "exactly one",
		}},
		{export(`path = "a.zip"`), []string{"Nothing to export", "csa = { artifact_id"}},
		{imported(`csa = { mode = "merge", org_for_catalog_import = "", validate_type = "SERVICE" }`), []string{
			"Unknown mode", "csa.mode is \"merge\"", "Empty value", "csa.org_for_catalog_import", "Unknown kind of archive", "SERVICE_BLUEPRINT",
		}},
		{imported("roma = {}\ncsa = {}"), []string{"More than one platform"}},
		{"provider \"asset\" {\n  csa = { max_retries = 101 }\n}\n" + imported(""), []string{"Invalid provider setting", "csa.max_retries"}},
		{"provider \"asset\" {\n  csa = { endpoint = \"http://csa.example.com\" }\n}\n" + imported(""), []string{
			"Provider cannot be used", "csa.endpoint must begin with https://",
		}},
		{"provider \"asset\" {\n  csa = { username = \"a:b\" }\n}\n" + imported(""), []string{
			"Provider cannot be used", "csa.username must not contain a colon",
		}},
		// Both platforms are in the environment, or in the block.
		{imported(""), []string{"More than one platform", "roma, csa"}},
		{"provider \"asset\" {\n  csa = {}\n  roma = {}\n}\n" + imported(""), []string{"More than one platform"}},
	} {
		w.write("main.tf", csaHead+test.main)
		r := w.terraform("plan")
		if r.code != 1 {
			t.Errorf("the plan of %s ended with %d:\n%s", test.main, r.code, r.out)
		}
		expectSaid(t, r.out, test.says...)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("plans sent %d requests", n)
	}
}

// TestCSALogin looks up people with names that need care, and accepts an id
// and every spelling of an endpoint, over TLS with a private authority.
func TestCSALogin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := serve(t, simulator.Options{TLSDir: dir})
	info := server.Info.CSA["dev"]
	id := server.Simulator.UserIdentifier("dev", "CSA-Provider", "admin")
	for _, test := range []struct {
		name, block, login string
	}{
		{
			"a slash", fmt.Sprintf(`endpoint = %q, user = "ops/promoter", ca_file = "%s/ca.pem"`, info.Endpoint, dir),
			"/dev/csa/rest/login/CSA-Provider/userLookup",
		},
		{
			"a backslash", fmt.Sprintf(`endpoint = "%s/csa/rest/", user = "EMEA\\release manager", insecure = true`, info.Endpoint),
			"/dev/csa/rest/login/CSA-Provider/userLookup",
		},
		{
			"a dot and an umlaut", fmt.Sprintf(`endpoint = "%s/", user = "jörg.müller", insecure = true`, info.Endpoint),
			"/dev/csa/rest/login/CSA-Provider/j%C3%B6rg.m%C3%BCller/",
		},
		{"an id", fmt.Sprintf(`endpoint = "%s/csa/rest", user_identifier = %q, insecure = true`, info.Endpoint, id), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := csaWorkspace(t, server, fmt.Sprintf(
				"provider \"asset\" {\n  csa = { username = %q, password = %q, %s }\n}\nresource \"asset_export\" \"it\" {\n  csa = { artifact_id = %q }\n"+
					"  path = \"it.zip\"\n}\n", info.Username, info.Password, test.block, csaDesign)).inProcess()
			w.apply(0)
			if state := w.state("asset_export.it"); state["instance"] != info.Endpoint {
				t.Errorf("instance %v, want %s", state["instance"], info.Endpoint)
			}
			for _, r := range requestsOf(server, "csa_login") {
				if r.Path == test.login {
					return
				}
			}
			if test.login != "" {
				t.Errorf("no request to %s", test.login)
			}
		})
	}
	t.Cleanup(func() { expectCounts(t, server, "csa_login 3, csa_export 4") })
}
