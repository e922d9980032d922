package platform

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Option is the attribute of one platform in a resource or data source.
type Option struct {
	Name  string
	Value types.Object
}

// Options are the platforms' attributes of a resource, in the order of their kinds; it carries one of
// them or none.
type Options []Option

// Carried lists the platforms whose attributes a resource has. Whether an unknown one is there is not
// known.
func (o Options) Carried() (names []string, isKnown bool) {
	isKnown = true
	for _, option := range o {
		switch {
		case option.Value.IsUnknown():
			isKnown = false
		case !option.Value.IsNull():
			names = append(names, option.Name)
		}
	}
	return names, isKnown
}

// Of is the attribute of a platform; null where a resource has none of that name.
func (o Options) Of(name string) types.Object {
	if i := slices.IndexFunc(o, func(option Option) bool { return option.Name == name }); i >= 0 {
		return o[i].Value
	}
	return types.Object{}
}

// Equal says whether two resources have the same attributes.
func (o Options) Equal(other Options) bool {
	return slices.EqualFunc(o, other, func(a, b Option) bool { return a.Name == b.Name && a.Value.Equal(b.Value) })
}
