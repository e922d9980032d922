package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// objectList is a list that servers or archives fill. Its elements are objects and not nested attributes: mock_data and
// override_data of terraform test cannot give lists of those (hashicorp/terraform#37939 and #38369). An
// element has no description of its own, so that of the list has all of them.
type objectList struct {
	meaning string
	fields  []field
}

// field is an attribute of an element.
type field struct {
	name    string
	kind    attr.Type
	meaning string
}

func text(name, meaning string) field { return field{name, types.StringType, meaning} }

func (l objectList) elements() types.ObjectType {
	kinds := make(map[string]attr.Type, len(l.fields))
	for _, f := range l.fields {
		kinds[f.name] = f.kind
	}
	return types.ObjectType{AttrTypes: kinds}
}

func (l objectList) description() string {
	var all strings.Builder
	all.WriteString(l.meaning + " Each element has:")
	for _, f := range l.fields {
		all.WriteString("\n  - `" + f.name + "`: " + f.meaning)
	}
	all.WriteString("\n\n  Every element has all of these.")
	return all.String()
}

// attribute is the list in a data source.
func (l objectList) attribute() schema.ListAttribute {
	return schema.ListAttribute{ElementType: l.elements(), Computed: true, MarkdownDescription: l.description()}
}
