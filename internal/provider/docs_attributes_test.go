package provider_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestEveryAttributeIsDescribed reads the schemas as the documentation does:
// every attribute has a meaning, and each one of a resource that can be set
// says whether a change of it sends something.
func TestEveryAttributeIsDescribed(t *testing.T) {
	t.Parallel()
	made, err := inProcess()["asset"]()
	if err != nil {
		t.Fatal(err)
	}
	all, err := made.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	describedAttributes(t, "provider", all.Provider.Block.Attributes, false)
	for name, schema := range all.ResourceSchemas {
		describedAttributes(t, name, schema.Block.Attributes, true)
	}
	for name, schema := range all.DataSourceSchemas {
		describedAttributes(t, name, schema.Block.Attributes, false)
	}
}

var (
	sentence = regexp.MustCompile("[.`*)]$")
	// effects are the words for what a change does.
	effects = regexp.MustCompile(`again|sends nothing|imports nothing`)
)

func describedAttributes(t *testing.T, parent string, attributes []*tfprotov6.SchemaAttribute, effect bool) {
	t.Helper()
	for _, a := range attributes {
		name := parent + "." + a.Name
		if !sentence.MatchString(a.Description) {
			t.Errorf("%s has the description %q", name, a.Description)
		}
		if effect && (a.Optional || a.Required) && !effects.MatchString(a.Description) {
			t.Errorf("%s does not say what a change does: %q", name, a.Description)
		}
		if a.NestedType != nil {
			describedAttributes(t, name, a.NestedType.Attributes, effect)
		}
	}
}
