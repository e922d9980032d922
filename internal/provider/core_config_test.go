package provider_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// schemas are those of the provider.
var schemas = sync.OnceValue(func() *tfprotov6.GetProviderSchemaResponse {
	schema, err := provider.ServerHere().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		panic(err)
	}
	return schema
})

// configuration is what main.tf says, without functions of providers, count, modules and lifecycles.
type configuration struct {
	variables map[string]cty.Value
	providers map[string]hclsyntax.Attributes
	resources []*resourceBlock
	// inputs are those of each terraform_data, locals what is named once.
	inputs, locals map[string]hcl.Expression
	// outputs are those of each terraform_data, unknown until it is applied.
	outputs map[string]cty.Value
	// known are the values of the resources that were planned or applied.
	known map[string]any
	dir   string
}

type resourceBlock struct {
	kind, name, provider string
	attributes           hclsyntax.Attributes
	// needs are the addresses that it refers to.
	needs []string
}

func (b *resourceBlock) address() string { return b.kind + "." + b.name }

// load reads the files of the directory.
func (c *core) load() *configuration {
	c.w.t.Helper()
	files, err := filepath.Glob(c.w.path("*.tf"))
	if err != nil {
		c.w.t.Fatal(err)
	}
	var blocks hclsyntax.Blocks
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			c.w.t.Fatal(err)
		}
		file, diags := hclsyntax.ParseConfig(data, filepath.Base(name), hcl.InitialPos)
		body, ok := file.Body.(*hclsyntax.Body)
		if diags.HasErrors() || !ok {
			c.w.t.Fatal(diags)
		}
		blocks = append(blocks, body.Blocks...)
	}
	out := &configuration{
		variables: map[string]cty.Value{}, providers: map[string]hclsyntax.Attributes{"": nil}, known: map[string]any{}, dir: c.w.dir,
		inputs: map[string]hcl.Expression{}, locals: map[string]hcl.Expression{},
	}
	for _, block := range blocks {
		switch block.Type {
		case "terraform":
		case "variable":
			out.variables[block.Labels[0]] = c.variable(block)
		case "provider":
			attributes := block.Body.Attributes
			alias := ""
			if a := attributes["alias"]; a != nil {
				value, _ := a.Expr.Value(nil)
				alias = value.AsString()
				delete(attributes, "alias")
			}
			out.providers[alias] = attributes
		case "locals":
			for name, attribute := range block.Body.Attributes {
				out.locals[name] = attribute.Expr
			}
		case "resource":
			if block.Labels[0] == "terraform_data" {
				out.inputs[block.Labels[1]] = block.Body.Attributes["input"].Expr
				continue
			}
			out.resources = append(out.resources, c.resource(block))
		default:
			c.w.t.Fatalf("the core in process knows no block %s", block.Type)
		}
	}
	out.late(c.outputs, false)
	return out
}

func (c *core) variable(block *hclsyntax.Block) cty.Value {
	c.w.t.Helper()
	for _, variable := range slices.Backward(c.w.env) {
		if text, ok := strings.CutPrefix(variable, "TF_VAR_"+block.Labels[0]+"="); ok {
			return cty.StringVal(text)
		}
	}
	value, diags := block.Body.Attributes["default"].Expr.Value(nil)
	if diags.HasErrors() {
		c.w.t.Fatal(diags)
	}
	return value
}

func (c *core) resource(block *hclsyntax.Block) *resourceBlock {
	c.w.t.Helper()
	if len(block.Body.Blocks) > 0 {
		c.w.t.Fatalf("the core in process knows no block %s", block.Body.Blocks[0].Type)
	}
	out := &resourceBlock{kind: block.Labels[0], name: block.Labels[1], attributes: block.Body.Attributes}
	if schemas().ResourceSchemas[out.kind] == nil {
		c.w.t.Fatalf("the core in process knows no %s", out.kind)
	}
	for _, name := range []string{"count", "for_each"} {
		if out.attributes[name] != nil {
			c.w.t.Fatalf("the core in process knows no %s", name)
		}
	}
	refer := func(expression hcl.Expression) {
		for _, traversal := range expression.Variables() {
			if step, ok := traversal[min(1, len(traversal)-1)].(hcl.TraverseAttr); ok && strings.HasPrefix(traversal.RootName(), "asset_") {
				out.needs = append(out.needs, traversal.RootName()+"."+step.Name)
			}
		}
	}
	for name, attribute := range out.attributes {
		switch name {
		case "provider":
			traversal, _ := hcl.AbsTraversalForExpr(attribute.Expr)
			if step, ok := traversal[len(traversal)-1].(hcl.TraverseAttr); ok {
				out.provider = step.Name
			}
			delete(out.attributes, name)
		case "depends_on":
			refer(attribute.Expr)
			delete(out.attributes, name)
		default:
			refer(attribute.Expr)
		}
	}
	return out
}

// ordered are the resources, each behind those that it refers to.
func (c *configuration) ordered() []*resourceBlock {
	var out []*resourceBlock
	placed := map[string]bool{}
	for len(out) < len(c.resources) {
		before := len(out)
		for _, each := range c.resources {
			ready := !slices.ContainsFunc(each.needs, func(address string) bool { return !placed[address] })
			if ready && !placed[each.address()] {
				placed[each.address()] = true
				out = append(out, each)
			}
		}
		if len(out) == before {
			panic("the resources refer to each other in a circle")
		}
	}
	return out
}

// evaluated are the values of a resource; false where one that it refers to could not be planned.
func (c *configuration) evaluated(t *testing.T, p *plugin, block *resourceBlock, dir string) (values, bool) {
	t.Helper()
	for _, address := range block.needs {
		if _, ok := c.known[address]; !ok {
			return nil, false
		}
	}
	out := c.object(t, p.schema.ResourceSchemas[block.kind].ValueType(), block.attributes)
	for _, name := range pathAttributes {
		if text, ok := out[name].(string); ok && text != "" && !filepath.IsAbs(text) && !strings.Contains(text, "://") {
			out[name] = dir + string(filepath.Separator) + text
		}
	}
	return out, true
}

// object evaluates attributes to the values of an object type.
func (c *configuration) object(t *testing.T, kind tftypes.Type, attributes hclsyntax.Attributes) values {
	t.Helper()
	object, _ := kind.(tftypes.Object)
	out := values{}
	for name, attribute := range attributes {
		value, diags := attribute.Expr.Value(c.context())
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		inner, ok := object.AttributeTypes[name]
		if !ok {
			t.Fatalf("there is no attribute %s", name)
		}
		out[name] = fromCty(t, inner, value)
	}
	return out
}

// late gives each terraform_data its output: what it was applied as, else unknown, or its input once it is applied.
func (c *configuration) late(before map[string]cty.Value, applied bool) map[string]cty.Value {
	c.outputs = map[string]cty.Value{}
	for name, expression := range c.inputs {
		input, _ := expression.Value(nil)
		output, there := before[name]
		switch {
		case applied:
			output = input
		case !there || !output.RawEquals(input):
			output = cty.UnknownVal(cty.String)
		}
		c.outputs[name] = output
	}
	return c.outputs
}

// needed are the resources that a target needs, and itself.
func (c *configuration) needed(target string) map[string]bool {
	out := map[string]bool{target: true}
	for range c.resources {
		for _, each := range c.resources {
			for _, address := range each.needs {
				out[address] = out[address] || out[each.address()]
			}
		}
	}
	return out
}

// sha256OfFile is filesha256, of a file in the directory of main.tf.
func (c *configuration) sha256OfFile() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}}, Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			data, err := os.ReadFile(filepath.Join(c.dir, args[0].AsString()))
			return cty.StringVal(fmt.Sprintf("%x", sha256.Sum256(data))), err
		},
	})
}

func (c *configuration) context() *hcl.EvalContext {
	context := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"var":  cty.ObjectVal(c.variables),
			"path": cty.ObjectVal(map[string]cty.Value{"cwd": cty.StringVal(c.dir), "root": cty.StringVal("."), "module": cty.StringVal(".")}),
		},
		Functions: map[string]function.Function{"filesha256": c.sha256OfFile()},
	}
	if len(c.variables) == 0 {
		context.Variables["var"] = cty.EmptyObjectVal
	}
	data := map[string]cty.Value{}
	for name, output := range c.outputs {
		data[name] = cty.ObjectVal(map[string]cty.Value{"output": output})
	}
	context.Variables["terraform_data"] = cty.ObjectVal(data)
	locals := map[string]cty.Value{}
	for name, expression := range c.locals {
		locals[name], _ = expression.Value(context)
	}
	context.Variables["local"] = cty.ObjectVal(locals)
	byKind := map[string]map[string]cty.Value{}
	for address, value := range c.known {
		kind, name, _ := strings.Cut(address, ".")
		if byKind[kind] == nil {
			byKind[kind] = map[string]cty.Value{}
		}
		byKind[kind][name] = toCty(value)
	}
	for kind, all := range byKind {
		context.Variables[kind] = cty.ObjectVal(all)
	}
	return context
}

// toCty is for what plain returns.
func toCty(value any) cty.Value {
	switch v := value.(type) {
	case undecided:
		return cty.DynamicVal
	case string:
		return cty.StringVal(v)
	case bool:
		return cty.BoolVal(v)
	case float64:
		return cty.NumberFloatVal(v)
	case map[string]any:
		out := map[string]cty.Value{}
		for name, inner := range v {
			out[name] = toCty(inner)
		}
		return cty.ObjectVal(out)
	case []any:
		var out []cty.Value
		for _, inner := range v {
			out = append(out, toCty(inner))
		}
		return cty.TupleVal(out)
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// fromCty is for what encoded takes.
func fromCty(t *testing.T, kind tftypes.Type, value cty.Value) any {
	t.Helper()
	switch {
	case !value.IsKnown():
		return undecided{}
	case value.IsNull():
		return nil
	case kind.Is(tftypes.Object{}):
		object, _ := kind.(tftypes.Object)
		out := values{}
		for name, inner := range value.AsValueMap() {
			of, ok := object.AttributeTypes[name]
			if !ok {
				t.Fatalf("there is no attribute %s", name)
			}
			out[name] = fromCty(t, of, inner)
		}
		return out
	case kind.Is(tftypes.Set{}):
		set, _ := kind.(tftypes.Set)
		out := []any{}
		for _, inner := range value.AsValueSlice() {
			out = append(out, fromCty(t, set.ElementType, inner))
		}
		return out
	case kind.Is(tftypes.Map{}):
		out := map[string]any{}
		for name, inner := range value.AsValueMap() {
			out[name] = fromCty(t, tftypes.String, inner)
		}
		return out
	case kind.Is(tftypes.Bool):
		return value.True()
	case value.Type() == cty.String:
		return value.AsString()
	case value.Type() == cty.Number && kind.Is(tftypes.String):
		return value.AsBigFloat().Text('f', -1)
	case value.Type() == cty.Number:
		number, _ := value.AsBigFloat().Int64()
		return number
	}
	t.Fatalf("the core in process takes no %s for %s", value.Type().FriendlyName(), kind)
	return nil
}
