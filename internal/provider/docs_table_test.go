package provider

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
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
// schema: a row for each attribute, with its variable and its meaning. UPDATE_GOLDEN=1 writes it anew.
func TestTableOfAttributes(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(indexTemplate)
	if err != nil {
		t.Fatal(err)
	}
	table := tableHead
	for _, kind := range platforms() {
		attributes := kind.ProviderSchema().Attributes
		table += rows(t, kind.Name()+".", namesInOrder(string(page), kind.Name(), attributes), attributes, kind.Variables())
	}
	for _, block := range []struct {
		name       string
		attributes map[string]schema.Attribute
	}{{store.OBS, obsProviderSchema().Attributes}, {store.S3, s3ProviderSchema().Attributes}} {
		table += rows(t, block.name+".", namesInOrder(string(page), block.name, block.attributes), block.attributes, storeVariables(block.name))
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

// namesInOrder are the attributes of a block in the order of the page; those that are not there yet come last.
func namesInOrder(page, block string, attributes map[string]schema.Attribute) []string {
	var names []string
	for _, row := range regexp.MustCompile(`(?m)^\| .`+block+`\.([a-z0-9_]+). \|`).FindAllStringSubmatch(page, -1) {
		if _, isThere := attributes[row[1]]; isThere {
			names = append(names, row[1])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
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
