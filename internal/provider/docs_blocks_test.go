package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// documentedBlock is a fenced block of HCL in a page.
type documentedBlock struct {
	// page is its file and line, text what is between the fences.
	page, text string
	// module is the directory it is validated in.
	module string
}

// TestDocumentedConfigurations checks every block of HCL in the documentation:
// it is formatted, and terraform validates it. What a fragment refers to
// without declaring it is declared beside it; a block with a terraform block
// is whole and has to stand alone.
func TestDocumentedConfigurations(t *testing.T) {
	t.Parallel()
	blocks := documentedBlocks(t)
	w := newWorkspace(t, serve(t, simulator.Options{}), "")
	var root strings.Builder
	for _, block := range blocks {
		if formatted := string(hclwrite.Format([]byte(block.text))); formatted != block.text {
			t.Errorf("%s is not formatted; it would be\n%s", block.page, formatted)
		}
		file, diags := hclsyntax.ParseConfig([]byte(block.text), block.page, hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s: %v", block.page, diags)
			continue
		}
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok || !isConfiguration(body) {
			continue
		}
		if err := os.MkdirAll(w.path(block.module), 0o700); err != nil {
			t.Fatal(err)
		}
		w.write(block.module+"/main.tf", block.text)
		if strings.Contains(block.text, "content_digest(") {
			// A function reads its file while terraform validates.
			writeFile(t, w.path(block.module+"/orders.zip"), goldenArchive(t))
		}
		stubs := missing(body)
		w.write(block.module+"/missing.tf", stubs)
		fmt.Fprintf(&root, "module %q {\n  source = \"./%s\"\n%s}\n", block.module, block.module, passed(block.text+stubs))
	}
	// Variables of the root module are unknown while terraform validates.
	w.write("main.tf", providerSource+"provider \"asset\" {\n  alias = \"any\"\n}\nvariable \"any\" {}\n"+root.String())
	if r := w.terraform("get"); r.code != 0 {
		t.Fatalf("get ended with %d:\n%s", r.code, r.out)
	}
	var validated struct {
		Diagnostics []struct {
			Severity, Summary, Detail string
			Range                     struct {
				Filename string
				Start    struct{ Line int }
			}
		}
	}
	r := w.terraform("validate", "-json")
	if err := json.Unmarshal([]byte(r.out), &validated); err != nil {
		t.Fatalf("%v:\n%s", err, r.out)
	}
	for _, d := range validated.Diagnostics {
		if d.Severity != "error" {
			continue
		}
		where := d.Range.Filename
		for _, block := range blocks {
			if block.module == filepath.Dir(d.Range.Filename) {
				where = block.page
			}
		}
		t.Errorf("%s, line %d: %s: %s", where, d.Range.Start.Line, d.Summary, d.Detail)
	}
}

const providerSource = "terraform {\n  required_providers {\n    asset = { source = \"asset-promotion/asset\" }\n  }\n}\n"

// passed is what a module wants to be given: variables and providers.
func passed(text string) string {
	var arguments strings.Builder
	for _, variable := range regexp.MustCompile(`(?m)^variable "(\w+)"`).FindAllStringSubmatch(text, -1) {
		fmt.Fprintf(&arguments, "  %s = var.any\n", variable[1])
	}
	if aliases := regexp.MustCompile(`configuration_aliases = \[(.*)\]`).FindStringSubmatch(text); aliases != nil {
		arguments.WriteString("  providers = {\n")
		for alias := range strings.SplitSeq(aliases[1], ", ") {
			fmt.Fprintf(&arguments, "    %s = asset.any\n", alias)
		}
		arguments.WriteString("  }\n")
	}
	return arguments.String()
}

var fence = regexp.MustCompile("(?ms)^```(?:hcl|terraform)\n(.*?)^```$")

func documentedBlocks(t *testing.T) []documentedBlock {
	t.Helper()
	var blocks []documentedBlock
	for _, page := range documentationPages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range fence.FindAllSubmatchIndex(text, -1) {
			name := strings.TrimSuffix(filepath.Base(filepath.Dir(page))+"-"+filepath.Base(page), ".md")
			blocks = append(blocks, documentedBlock{
				page:   fmt.Sprintf("%s:%d", page, 1+strings.Count(string(text[:at[2]]), "\n")),
				text:   string(text[at[2]:at[3]]),
				module: fmt.Sprintf("%s-%d", strings.TrimLeft(name, ".-"), len(blocks)),
			})
		}
	}
	if len(blocks) < 10 {
		t.Fatalf("only %d blocks were found", len(blocks))
	}
	return blocks
}

// isConfiguration tells a piece of a configuration from single attributes,
// CLI settings and tests.
func isConfiguration(body *hclsyntax.Body) bool {
	kinds := []string{"terraform", "provider", "resource", "data", "variable", "output", "locals", "module", "ephemeral", "check"}
	return len(body.Attributes) == 0 && !slices.ContainsFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		return !slices.Contains(kinds, b.Type)
	})
}

// missing declares what a fragment refers to and does not declare.
func missing(body *hclsyntax.Body) string {
	declared := map[string]bool{}
	for _, block := range body.Blocks {
		switch block.Type {
		case "terraform":
			return ""
		case "variable":
			declared["var."+block.Labels[0]] = true
		case "resource":
			declared[strings.Join(block.Labels, ".")] = true
		case "provider":
			if alias, ok := block.Body.Attributes["alias"]; ok {
				name, _ := alias.Expr.Value(nil)
				declared[block.Labels[0]+"."+name.AsString()] = true
			}
		}
	}
	stubs := map[string]bool{}
	stub := func(reference string) {
		kind, name, _ := strings.Cut(reference, ".")
		if !declared[reference] {
			switch kind {
			case "var":
				stubs[fmt.Sprintf("variable %q {}\n", name)] = true
			case "asset":
				stubs[fmt.Sprintf("provider \"asset\" {\n  alias = %q\n}\n", name)] = true
			case "asset_export":
				stubs[fmt.Sprintf("resource \"asset_export\" %q {\n  roma = { apps = [\"a\"] }\n  path = \"a.zip\"\n}\n", name)] = true
			case "asset_import":
				stubs[fmt.Sprintf("resource \"asset_import\" %q {\n  source = \"a.zip\"\n}\n", name)] = true
			}
		}
	}
	references(body, stub)
	return providerSource + strings.Join(slices.Sorted(maps.Keys(stubs)), "")
}

// references tells the first two names of everything that a body refers to.
func references(body *hclsyntax.Body, tell func(string)) {
	for _, attribute := range body.Attributes {
		for _, traversal := range attribute.Expr.Variables() {
			if len(traversal) > 1 {
				if step, ok := traversal[1].(hcl.TraverseAttr); ok {
					tell(traversal.RootName() + "." + step.Name)
				}
			}
		}
	}
	for _, block := range body.Blocks {
		references(block.Body, tell)
	}
}
