package provider_test

import (
	"context"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// undecided stands for a value that a plan does not know.
type undecided struct{}

// values are the attributes of a block. What is not named is null.
type values map[string]any

// plugin is a configured provider, spoken to as terraform does, but without
// it: a question costs a millisecond.
type plugin struct {
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

// configured makes a provider from its block.
func configured(t *testing.T, block values) *plugin {
	t.Helper()
	return configuredBy(t, "", block)
}

// configuredBy is configured by a Terraform of that version.
func configuredBy(t *testing.T, version string, block values) *plugin {
	t.Helper()
	return configuredFrom(t, provider.ServerHere(), version, block)
}

// configuredFrom is configuredBy of a provider that was made already.
func configuredFrom(t *testing.T, server tfprotov6.ProviderServer, version string, block values) *plugin {
	t.Helper()
	p := &plugin{server: server}
	var err error
	if p.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: version, Config: dynamic(t, p.schema.Provider.ValueType(), block)})
	if err != nil {
		t.Fatal(err)
	}
	if text := spoken(resp.Diagnostics); text != "" {
		t.Fatal(text)
	}
	return p
}

// romaSetup is a provider block for the instance dev.
func romaSetup(server *simulator.Server) values {
	info := server.Info.ROMA
	return values{"roma": values{
		"region": info.Region, "endpoint": info.Endpoint, "auth_url": info.AuthURL, "project_id": info.ProjectID,
		"access_key": info.AccessKey, "secret_key": info.SecretKey, "instance_id": info.Instances["dev"], "max_retries": 2,
	}}
}

// without is a provider block of ROMA Connect that lacks a value.
func without(block values, name string) values {
	inner, _ := block["roma"].(values)
	delete(inner, name)
	return block
}

// csaSetup is a provider block for the CSA dev.
func csaSetup(server *simulator.Server) values {
	info := server.Info.CSA["dev"]
	return values{"csa": values{"endpoint": info.Endpoint, "username": info.Username, "password": info.Password, "max_retries": 2}}
}

// validate returns what the provider says of a data source's configuration.
func (p *plugin) validate(t *testing.T, name string, config values) string {
	t.Helper()
	resp, err := p.server.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: name, Config: dynamic(t, p.schema.DataSourceSchemas[name].ValueType(), config),
	})
	if err != nil {
		t.Fatal(err)
	}
	return spoken(resp.Diagnostics)
}

// read reads a data source and returns its attributes, nil after an error,
// and what the provider said.
func (p *plugin) read(ctx context.Context, t *testing.T, name string, config values) (map[string]any, string) {
	t.Helper()
	kind := p.schema.DataSourceSchemas[name].ValueType()
	resp, err := p.server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: dynamic(t, kind, config)})
	if err != nil {
		t.Fatal(err)
	}
	said := spoken(resp.Diagnostics)
	if strings.Contains(said, "Error: ") {
		return nil, said
	}
	value, err := resp.State.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	attributes, ok := plain(t, value).(map[string]any)
	if !ok {
		t.Fatalf("%s has no state", name)
	}
	return attributes, said
}

// digest calls the function content_digest.
func (p *plugin) digest(t *testing.T, path string) (result, problem string) {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(tftypes.String, tftypes.NewValue(tftypes.String, path))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: "content_digest", Arguments: []*tfprotov6.DynamicValue{&value}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Error != nil {
		if resp.Error.FunctionArgument == nil || *resp.Error.FunctionArgument != 0 {
			t.Errorf("the error names no argument: %q", resp.Error.Text)
		}
		return "", resp.Error.Text
	}
	returned, err := resp.Result.Unmarshal(tftypes.String)
	if err == nil {
		err = returned.As(&result)
	}
	if err != nil {
		t.Fatal(err)
	}
	return result, ""
}

// spoken are diagnostics as a person reads them.
func spoken(diagnostics []*tfprotov6.Diagnostic) string {
	var all []string
	for _, d := range diagnostics {
		title := map[tfprotov6.DiagnosticSeverity]string{
			tfprotov6.DiagnosticSeverityError: "Error", tfprotov6.DiagnosticSeverityWarning: "Warning",
		}[d.Severity]
		all = append(all, title+": "+d.Summary+"\n\n"+d.Detail)
	}
	return strings.Join(all, between)
}

func dynamic(t *testing.T, kind tftypes.Type, config values) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(kind, encoded(t, kind, config))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// encoded gives a plain value a type of Terraform.
func encoded(t *testing.T, kind tftypes.Type, value any) tftypes.Value {
	t.Helper()
	switch v := value.(type) {
	case undecided:
		return tftypes.NewValue(kind, tftypes.UnknownValue)
	case values:
		object, ok := kind.(tftypes.Object)
		if !ok {
			t.Fatalf("%v is for no object", v)
		}
		attributes := map[string]tftypes.Value{}
		for name, inner := range object.AttributeTypes {
			attributes[name] = encoded(t, inner, v[name])
		}
		for name := range v {
			if _, ok := object.AttributeTypes[name]; !ok {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		return tftypes.NewValue(kind, attributes)
	case []any:
		set, ok := kind.(tftypes.Set)
		if !ok {
			t.Fatalf("%v is for no set", v)
		}
		var elements []tftypes.Value
		for _, inner := range v {
			elements = append(elements, encoded(t, set.ElementType, inner))
		}
		return tftypes.NewValue(kind, elements)
	case map[string]any:
		elements := map[string]tftypes.Value{}
		for name, inner := range v {
			elements[name] = encoded(t, tftypes.String, inner)
		}
		return tftypes.NewValue(kind, elements)
	case map[string]string:
		elements := map[string]tftypes.Value{}
		for name, inner := range v {
			elements[name] = tftypes.NewValue(tftypes.String, inner)
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, value)
	}
}

// plain is the opposite of encoded: numbers become float64.
func plain(t *testing.T, value tftypes.Value) any {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case value.IsNull():
		return nil
	case !value.IsKnown():
		return undecided{}
	case value.Type().Is(tftypes.String):
		var text string
		check(value.As(&text))
		return text
	case value.Type().Is(tftypes.Bool):
		var flag bool
		check(value.As(&flag))
		return flag
	case value.Type().Is(tftypes.Number):
		number := new(big.Float)
		check(value.As(&number))
		n, _ := number.Float64()
		return n
	case value.Type().Is(tftypes.Object{}), value.Type().Is(tftypes.Map{}):
		var attributes map[string]tftypes.Value
		check(value.As(&attributes))
		all := map[string]any{}
		for name, inner := range attributes {
			all[name] = plain(t, inner)
		}
		return all
	default:
		var elements []tftypes.Value
		check(value.As(&elements))
		all := []any{}
		for _, inner := range elements {
			all = append(all, plain(t, inner))
		}
		return all
	}
}

// column is one attribute of each element of a list.
func column(list any, name string) []string {
	all := []string{}
	elements, _ := list.([]any)
	for _, element := range elements {
		object, _ := element.(map[string]any)
		all = append(all, fmt.Sprint(object[name]))
	}
	return all
}

// expectColumn fails the test unless the elements of a list have these values.
func expectColumn(t *testing.T, list any, name string, want ...string) {
	t.Helper()
	if got := column(list, name); !slices.Equal(got, want) {
		t.Errorf("%s of the list are %q, want %q", name, got, want)
	}
}

// goldenArchive is an archive of ROMA Connect.
func goldenArchive(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "orders.zip"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// placed is a message without what differs between two runs: the directory,
// and ids.
func placed(said, dir string, ids ...string) string {
	said = placedIn(said, dir, "DIR")
	for _, id := range ids {
		said = strings.ReplaceAll(said, id, "ID")
	}
	return said
}
