// Program schemajson prints the schemas of the provider as terraform providers schema -json
// does, for the program that writes docs/. A terraform tells only what it knows itself: those
// before 1.14 know no actions.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
)

// object is a JSON object.
type object map[string]any

func main() {
	all, err := provider.Server(provider.Options{Version: "docs"})().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		log.Fatal(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schemasOf(all)); err != nil {
		log.Fatal(err)
	}
}

func schemasOf(all *tfprotov6.GetProviderSchemaResponse) object {
	resources, sources, actions, functions := object{}, object{}, object{}, object{}
	for name, schema := range all.ResourceSchemas {
		resources[name] = schemaOf(schema)
	}
	for name, schema := range all.DataSourceSchemas {
		sources[name] = schemaOf(schema)
	}
	for name, action := range all.ActionSchemas {
		actions[name] = schemaOf(action.Schema)
	}
	for name, function := range all.Functions {
		functions[name] = functionOf(function)
	}
	return object{"format_version": "1.0", "provider_schemas": object{"asset": object{
		"provider": schemaOf(all.Provider), "resource_schemas": resources, "data_source_schemas": sources, "action_schemas": actions, "functions": functions,
	}}}
}

func schemaOf(schema *tfprotov6.Schema) object {
	return object{"version": schema.Version, "block": object{
		"attributes": attributesOf(schema.Block.Attributes), "description": schema.Block.Description, "description_kind": kindOf(schema.Block.DescriptionKind),
	}}
}

func attributesOf(attributes []*tfprotov6.SchemaAttribute) object {
	out := object{}
	for _, a := range attributes {
		one := object{
			"description": a.Description, "description_kind": kindOf(a.DescriptionKind), "required": a.Required, "optional": a.Optional, "computed": a.Computed,
			"sensitive": a.Sensitive, "deprecated": a.Deprecated, "write_only": a.WriteOnly,
		}
		if a.NestedType != nil {
			one["nested_type"] = object{"attributes": attributesOf(a.NestedType.Attributes), "nesting_mode": nestingOf(a.NestedType.Nesting)}
		} else {
			one["type"] = a.Type
		}
		out[a.Name] = one
	}
	return out
}

func functionOf(function *tfprotov6.Function) object {
	var parameters []object
	for _, p := range function.Parameters {
		parameters = append(parameters, parameterOf(p))
	}
	out := object{"description": function.Description, "summary": function.Summary, "return_type": function.Return.Type, "parameters": parameters}
	if function.VariadicParameter != nil {
		out["variadic_parameter"] = parameterOf(function.VariadicParameter)
	}
	return out
}

func parameterOf(p *tfprotov6.FunctionParameter) object {
	return object{"name": p.Name, "description": p.Description, "is_nullable": p.AllowNullValue, "type": p.Type}
}

func kindOf(kind tfprotov6.StringKind) string {
	if kind == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}

func nestingOf(mode tfprotov6.SchemaObjectNestingMode) string {
	switch mode {
	case tfprotov6.SchemaObjectNestingModeList:
		return "list"
	case tfprotov6.SchemaObjectNestingModeSet:
		return "set"
	case tfprotov6.SchemaObjectNestingModeMap:
		return "map"
	default:
		return "single"
	}
}
