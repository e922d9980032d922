package provider_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// newerBlocks are blocks that not every terraform knows, with the first version that does. OpenTofu
// knows import blocks from its first version on, and no actions.
var newerBlocks = map[string]*version.Version{
	"import": version.Must(version.NewVersion("1.5.0")),
	"action": version.Must(version.NewVersion("1.14.0")),
}

// tool is which terraform tests run.
type tool struct {
	version *version.Version
	isTofu  bool
	err     error
}

var (
	toolOnce sync.Once
	toolIs   tool
)

func toolOf(t *testing.T) tool {
	t.Helper()
	toolOnce.Do(func() {
		var out bytes.Buffer
		cmd := (&workspace{t: t, dir: t.TempDir()}).command(t.Context(), "version")
		cmd.Stdout = &out
		if toolIs.err = cmd.Run(); toolIs.err != nil {
			return
		}
		line, _, _ := strings.Cut(out.String(), "\n")
		toolIs.isTofu = strings.HasPrefix(line, "OpenTofu")
		_, number, _ := strings.Cut(line, " v")
		toolIs.version, toolIs.err = version.NewVersion(strings.TrimSpace(number))
	})
	if toolIs.err != nil {
		t.Fatal(toolIs.err)
	}
	return toolIs
}

// fits says whether the terraform of the tests knows every block of an example.
func (e example) fits(t *testing.T) bool {
	t.Helper()
	is := toolOf(t)
	for _, block := range e.blocks(t) {
		first := newerBlocks[block.Type]
		if first != nil && (is.version.Core().LessThan(first) || is.isTofu && block.Type == "action") {
			return false
		}
	}
	return true
}

// TestExampleActions plans and invokes each action of the examples, whatever terraform there is.
func TestExampleActions(t *testing.T) {
	t.Parallel()
	played := 0
	for _, e := range findExamples(t) {
		for _, block := range e.blocks(t) {
			if block.Type != "action" {
				continue
			}
			played++
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				// What is exported from production has to be there.
				assets := simulator.DefaultAssets()
				assets.Instances["prod"] = assets.Instances["dev"]
				server := serve(t, simulator.Options{Assets: assets})
				p := actor(t, romaSetup(server))
				dir := t.TempDir()
				writeFile(t, filepath.Join(dir, "orders-1.3.0.zip"), goldenArchive(t))
				config := configOfAction(t, p, block, dir)
				if said := p.plansAction(t, block.Labels[0], config); said != "" {
					t.Fatal(said)
				}
				if _, said := p.invokes(t.Context(), t, block.Labels[0], config, nil); said != "" {
					t.Fatal(said)
				}
				if len(requestsOf(server, "export"))+len(requestsOf(server, "import")) != 1 {
					t.Errorf("the log has %s", counts(server))
				}
			})
		}
	}
	if played < 3 {
		t.Errorf("only %d actions were found", played)
	}
}

// configOfAction evaluates the block config of an action. Its files lie in dir.
func configOfAction(t *testing.T, p *plugin, block *hclsyntax.Block, dir string) values {
	t.Helper()
	if len(block.Body.Blocks) != 1 || block.Body.Blocks[0].Type != "config" {
		t.Fatalf("the action %s has no block config", block.Labels[1])
	}
	context := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"path": cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(dir)}),
			"var":  cty.ObjectVal(map[string]cty.Value{"release": cty.StringVal("1.4.0")}),
		},
		Functions: map[string]function.Function{
			"formatdate": stdlib.FormatDateFunc,
			"plantimestamp": function.New(&function.Spec{Type: function.StaticReturnType(cty.String), Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
				return cty.StringVal("2026-01-02T03:04:05Z"), nil
			}}),
		},
	}
	kind, ok := p.schema.ActionSchemas[block.Labels[0]]
	if !ok {
		t.Fatalf("there is no action %s", block.Labels[0])
	}
	return evaluatedAction(t, kind, block.Body.Blocks[0].Body.Attributes, context, dir)
}

func evaluatedAction(t *testing.T, kind *tfprotov6.ActionSchema, attributes hclsyntax.Attributes, context *hcl.EvalContext, dir string) values {
	t.Helper()
	of := map[string]*tfprotov6.SchemaAttribute{}
	for _, a := range kind.Schema.Block.Attributes {
		of[a.Name] = a
	}
	out := values{}
	for name, attribute := range attributes {
		value, diags := attribute.Expr.Value(context)
		if diags.HasErrors() || of[name] == nil {
			t.Fatalf("%s: %v", name, diags)
		}
		out[name] = fromCty(t, of[name].ValueType(), value)
	}
	for _, name := range pathAttributes {
		if text, ok := out[name].(string); ok && !filepath.IsAbs(text) {
			out[name] = filepath.Join(dir, text)
		}
	}
	return out
}
