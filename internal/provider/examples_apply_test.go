package provider_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const examplesDir = "../../examples"

// TestExamples applies every directory under examples as a user would, and
// plans again, which must find nothing to do. A directory with tests of its own
// is tested instead, and each file of examples/provider is an example by
// itself: they are different ways to write the same block. A binary that is older than an
// example needs has to refuse it, and to say why.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, e := range findExamples(t) {
		if !e.fits(t) {
			// In process: TestExampleActions.
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{Assets: e.assets(t)})
			w := newWorkspace(t, server, "")
			if err := os.Remove(w.path("main.tf")); err != nil {
				t.Fatal(err)
			}
			w.setenv(exampleEnvironment(t, server)...)
			w.setenv("TF_VAR_token=" + tokenFrom(t, server))
			if e.file != "" {
				w.write(e.file, e.text(t))
			} else if err := os.CopyFS(w.dir, os.DirFS(e.dir)); err != nil {
				t.Fatal(err)
			}
			if command, refusal := e.lacks(t, terraformBinary(t)); refusal != "" {
				t.Logf("%s is older than what this example needs", terraformBinary(t))
				w.write("completed.tf", e.completion(t, server))
				server.Simulator.ResetRequests()
				r := w.terraform(command)
				if r.code == 0 || !regexp.MustCompile(refusal).MatchString(r.out) || len(server.Simulator.Requests()) > 0 {
					t.Errorf("%s ended with %d, and should say %q:\n%s", command, r.code, refusal, r.out)
				}
				return
			}
			if e.tested(t) {
				line, err := json.Marshal(server.Info)
				if err != nil {
					t.Fatal(err)
				}
				// What the simulator prints when it listens.
				w.write("simulator.json", string(line))
				if r := w.terraform("test"); r.code != 0 || !strings.Contains(r.out, " 0 failed") {
					t.Fatalf("terraform test ended with %d:\n%s", r.code, r.out)
				}
				return
			}
			w.write("completed.tf", e.completion(t, server))
			w.apply(0)
			server.Simulator.ResetRequests()
			w.plan(false)
			// Data sources ask in every plan; nothing starts a job or takes
			// an archive there.
			expectCounts(t, server, "export 0, import 0, delete 0, download 0, csa_export 0, csa_import 0, csa_preview 0")
		})
	}
}

// TestExampleOfEach finds what is registered and has no example, and examples
// of what is not registered.
func TestExampleOfEach(t *testing.T) {
	t.Parallel()
	registered := providerSchemas(t)
	for kind, names := range map[string][]string{
		"resources":           slices.Sorted(maps.Keys(registered.ResourceSchemas)),
		"data-sources":        slices.Sorted(maps.Keys(registered.DataSourceSchemas)),
		"functions":           slices.Sorted(maps.Keys(registered.Functions)),
		"ephemeral-resources": slices.Sorted(maps.Keys(registered.EphemeralResourceSchemas)),
		"list-resources":      slices.Sorted(maps.Keys(registered.ListResourceSchemas)),
		"actions":             slices.Sorted(maps.Keys(registered.ActionSchemas)),
	} {
		var examples []string
		for _, e := range findExamples(t) {
			if parent, name := filepath.Split(e.name); parent == kind+string(filepath.Separator) {
				examples = append(examples, name)
			}
		}
		if !slices.Equal(examples, names) {
			t.Errorf("examples/%s has %q, registered are %q", kind, examples, names)
		}
	}
	if len(registered.ResourceSchemas) == 0 {
		t.Error("nothing is registered")
	}
}

// providerSchemas is what the provider tells Terraform of all that it has.
func providerSchemas(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	made, err := inProcess()["asset"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := made.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

// example is a configuration that stands alone.
type example struct {
	name, dir string
	// file is its only file; empty for all of the directory.
	file string
}

// findExamples returns them in the order of their names.
func findExamples(t *testing.T) []example {
	t.Helper()
	var found []example
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(examplesDir, path)
		if err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(path, "*.tf"))
		switch {
		case err != nil || len(files) == 0:
		case name == "provider":
			for _, file := range files {
				base := filepath.Base(file)
				found = append(found, example{name: filepath.Join(name, base), dir: path, file: base})
			}
		default:
			found = append(found, example{name: name, dir: path})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("there are no examples")
	}
	return found
}

// text is everything that the example's configuration says.
func (e example) text(t *testing.T) string {
	t.Helper()
	pattern := e.file
	if pattern == "" {
		pattern = "*.tf"
	}
	files, err := filepath.Glob(filepath.Join(e.dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// assets are those that the example brings, else the simulator's own. For an
// example of provider blocks they are on every instance, because each block is
// used for an export.
func (e example) assets(t *testing.T) *simulator.Assets {
	t.Helper()
	if e.file != "" {
		same := simulator.DefaultAssets()
		same.Instances["prod"] = same.Instances["dev"]
		same.CSA["prod"] = same.CSA["dev"]
		return same
	}
	path := filepath.Join(e.dir, "assets.json")
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	assets, err := simulator.LoadAssets(path)
	if err != nil {
		t.Fatal(err)
	}
	return assets
}

// tested tells whether the example has tests of its own.
func (e example) tested(t *testing.T) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(e.dir, "tests", "*.tftest.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	return len(tests) > 0
}

// completion is what a page of the documentation need not repeat in each
// example: where the provider comes from, the provider blocks asset,
// asset.dev and asset.prod; and, for an example of provider blocks, a use of
// each, because terraform leaves alone what nothing uses.
func (e example) completion(t *testing.T, server *simulator.Server) string {
	t.Helper()
	var completed strings.Builder
	blocks := e.blocks(t)
	if !slices.ContainsFunc(blocks, func(b *hclsyntax.Block) bool { return b.Type == "terraform" }) {
		completed.WriteString(csaHead)
	}
	var providers []*hclsyntax.Block
	for _, b := range blocks {
		if b.Type == "provider" && b.Labels[0] == "asset" {
			providers = append(providers, b)
		}
	}
	if len(providers) == 0 {
		fmt.Fprintf(&completed, "provider \"asset\" {\n  roma = {}\n  csa = {}\n}\n")
		for alias, csa := range server.Info.CSA {
			fmt.Fprintf(&completed, "provider \"asset\" {\n  alias = %q\n  roma = { instance_id = %q }\n"+
				"  csa = { endpoint = %q, password = %q, username = %q }\n}\n",
				alias, server.Info.ROMA.Instances[alias], csa.Endpoint, csa.Password, csa.Username)
		}
	}
	if e.file != "" {
		for i, p := range providers {
			completed.WriteString(useOf(t, i, p))
		}
	}
	return completed.String()
}

// useOf is an export for each platform of a provider block.
func useOf(t *testing.T, i int, block *hclsyntax.Block) string {
	t.Helper()
	name := "asset"
	if alias, ok := block.Body.Attributes["alias"]; ok {
		value, diags := alias.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		name += "." + value.AsString()
	}
	use := ""
	if _, ok := block.Body.Attributes["roma"]; ok {
		use += fmt.Sprintf("resource \"asset_export\" \"roma_%d\" {\n  provider = %s\n  roma = { apps = [%q] }\n}\n", i, name, ordersApp)
	}
	if _, ok := block.Body.Attributes["csa"]; ok {
		use += fmt.Sprintf("resource \"asset_export\" \"csa_%d\" {\n  provider = %s\n  csa = { artifact_id = %q }\n  path = \"csa_%d.zip\"\n}\n",
			i, name, csaOffering, i)
	}
	if use == "" {
		t.Fatalf("the block of %s has neither roma nor csa", name)
	}
	return use
}

// blocks are the example's blocks, which its language allows in any order.
func (e example) blocks(t *testing.T) []*hclsyntax.Block {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(e.text(t)), e.name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%s is no configuration", e.name)
	}
	return body.Blocks
}
