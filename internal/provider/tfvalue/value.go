// Package tfvalue reads the values of Terraform: nested ones, known and unknown ones, and the texts
// that stand for times and for nothing.
package tfvalue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Field returns a value of a nested attribute, or the zero value, which is null, where the object is
// null or unknown. An attribute that the object cannot have is a fault of the provider: it panics.
func Field[T attr.Value](object types.Object, name string) T {
	if object.IsNull() || object.IsUnknown() {
		var none T
		return none
	}
	return Of[T](object.Attributes(), name)
}

// Of returns a value of a whole object by its name. One that is not there, or has another type, is a
// fault of the provider: it panics.
func Of[T attr.Value](values map[string]attr.Value, name string) T {
	value, ok := values[name].(T)
	if !ok {
		panic(fmt.Sprintf("tfvalue: %q is %T, not %T", name, values[name], value))
	}
	return value
}

// Known says whether a value is known down to its last element.
func Known(value attr.Value) bool {
	switch v := value.(type) {
	case types.Object:
		if v.IsUnknown() {
			return false
		}
		for _, element := range v.Attributes() {
			if !Known(element) {
				return false
			}
		}
	case types.Set:
		return !v.IsUnknown() && !slices.ContainsFunc(v.Elements(), attr.Value.IsUnknown)
	case types.Map:
		if v.IsUnknown() {
			return false
		}
		for _, element := range v.Elements() {
			if element.IsUnknown() {
				return false
			}
		}
	}
	return !value.IsUnknown()
}

// SortedTexts are the texts of a set, sorted; no element where the set is null or unknown.
func SortedTexts(set types.Set) []string {
	texts := []string{}
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// Decimal makes a text of a string or number; anything else is null.
func Decimal(value attr.Value) types.String {
	switch v := value.(type) {
	case types.String:
		return v
	case types.Int64:
		switch {
		case v.IsUnknown():
			return types.StringUnknown()
		case !v.IsNull():
			return types.StringValue(strconv.FormatInt(v.ValueInt64(), 10))
		}
	}
	return types.StringNull()
}

// Given makes null of an empty text: a module's variable with an empty default
// means that nothing is given.
func Given(value types.String) types.String {
	if !value.IsUnknown() && strings.TrimSpace(value.ValueString()) == "" {
		return types.StringNull()
	}
	return value
}

// TextOrNull is null for an empty text.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// TimeOrNull is a time in RFC 3339, in UTC and whole seconds; null for the zero time.
func TimeOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// TimeOf is the reverse of TimeOrNull.
func TimeOf(text types.String) time.Time {
	// What is no time is as good as none.
	t, _ := time.Parse(time.RFC3339, text.ValueString())
	return t
}
