package provider

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

const (
	indexTemplate = "../../templates/index.md.tmpl"
	tableHead     = "| attribute | environment | meaning |\n|---|---|---|\n"
)

// TestTableOfAttributes compares the table of the provider's page with the
// schema: a row for each attribute, with its variable and its meaning, in the
// order of the models. UPDATE_GOLDEN=1 writes it anew.
func TestTableOfAttributes(t *testing.T) {
	t.Parallel()
	table := tableHead +
		rows(t, platformRoma+".", attributeNames[romaModel](), romaProviderSchema().Attributes, romaVariables) +
		rows(t, platformCSA+".", attributeNames[csaModel](), csaProviderSchema().Attributes, csaVariables) +
		rows(t, store.OBS+".", attributeNames[obsModel](), obsProviderSchema().Attributes, obsVariables) +
		rows(t, store.S3+".", attributeNames[s3Model](), s3ProviderSchema().Attributes, s3Variables)
	page, err := os.ReadFile(indexTemplate)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), tableHead)
	if !found {
		t.Fatalf("%s has no table of attributes", indexTemplate)
	}
	body, after, _ := strings.Cut(rest, "\n\n")
	if tableHead+body+"\n" == table {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatalf("the table of %s is not that of the schema:\n%s", indexTemplate, table)
	}
	if err := os.WriteFile(indexTemplate, []byte(before+table+"\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attributeNames are the names of a model's fields in their order.
func attributeNames[T any]() []string {
	var names []string
	for field := range reflect.TypeFor[T]().Fields() {
		names = append(names, field.Tag.Get("tfsdk"))
	}
	return names
}

func rows(t *testing.T, block string, names []string, attributes map[string]schema.Attribute, variables map[string]string) string {
	t.Helper()
	if len(names) != len(attributes) {
		t.Errorf("%s has %d attributes, its model %d", block, len(attributes), len(names))
	}
	var table strings.Builder
	for _, name := range names {
		attribute := attributes[name]
		_, inBlock, _ := strings.Cut(block+name, ".")
		variable := variables[inBlock]
		meaning := strings.TrimSuffix(attribute.GetMarkdownDescription(), " Environment: `"+variable+"`.")
		if attribute.IsSensitive() {
			meaning += " Sensitive."
		}
		if variable != "" {
			variable = "`" + variable + "`"
		}
		fmt.Fprintf(&table, "| `%s%s` | %s | %s |\n", block, name, cmp.Or(variable, "–"), meaning)
		if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
			table.WriteString(rows(t, block+name+".", nestedNames[name], nested.Attributes, variables))
		}
	}
	return table.String()
}

// nestedNames are the attributes of those that have some, in their order.
var nestedNames = map[string][]string{
	"assume_role":           {"agency_name", "domain_name", "domain_id", "duration"},
	"assume_role_with_oidc": {"idp_id", "id_token", "id_token_file", "agency_name", "domain_id", "duration"},
}
