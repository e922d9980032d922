package tfvalue

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var nested = map[string]attr.Type{"name": types.StringType, "size": types.Int64Type}

// TestField: what is null has null fields, and a name that does not exist is a fault, not a null.
func TestField(t *testing.T) {
	t.Parallel()
	whole := types.ObjectValueMust(nested, map[string]attr.Value{"name": types.StringValue("a"), "size": types.Int64Value(3)})
	if got := Field[types.String](whole, "name").ValueString() + Decimal(Field[types.Int64](whole, "size")).ValueString(); got != "a3" {
		t.Errorf("the fields are %q", got)
	}
	for _, object := range []types.Object{{}, types.ObjectNull(nested), types.ObjectUnknown(nested)} {
		if got := Field[types.String](object, "name"); !got.IsNull() {
			t.Errorf("%s has %s", object, got)
		}
	}
	for name, read := range map[string]func(){
		"another name": func() { Field[types.String](whole, "nam") },
		"another type": func() { Field[types.String](whole, "size") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("it is taken for a null")
				}
			}()
			read()
		})
	}
}

// TestKnown: one unknown element makes the whole unknown.
func TestKnown(t *testing.T) {
	t.Parallel()
	text, no := types.StringValue("a"), types.StringUnknown()
	for _, c := range []struct {
		value attr.Value
		known bool
	}{
		{types.StringNull(), true},
		{no, false},
		{types.SetValueMust(types.StringType, []attr.Value{text}), true},
		{types.SetValueMust(types.StringType, []attr.Value{no}), false},
		{types.MapValueMust(types.StringType, map[string]attr.Value{"k": no}), false},
		{types.MapUnknown(types.StringType), false},
		{types.ObjectValueMust(nested, map[string]attr.Value{"name": no, "size": types.Int64Null()}), false},
		{types.ObjectValueMust(nested, map[string]attr.Value{"name": text, "size": types.Int64Null()}), true},
	} {
		if Known(c.value) != c.known {
			t.Errorf("%s: %t", c.value, !c.known)
		}
	}
}

// TestTexts: times, numbers and nothing, there and back.
func TestTexts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600))
	if text := TimeOrNull(at); text.ValueString() != "2026-03-04T04:06:07Z" || !TimeOf(text).Equal(at) {
		t.Errorf("the time is %s", text)
	}
	if !TimeOrNull(time.Time{}).IsNull() || !TextOrNull("").IsNull() || !TimeOf(types.StringValue("soon")).IsZero() {
		t.Error("nothing is something")
	}
	if !Given(types.StringValue(" ")).IsNull() || !Given(types.StringUnknown()).IsUnknown() || Given(types.StringValue("a")).ValueString() != "a" {
		t.Error("an empty text is a value")
	}
	set := types.SetValueMust(types.StringType, []attr.Value{types.StringValue("b"), types.StringValue("a")})
	if got := SortedTexts(set); len(got) != 2 || got[0] != "a" {
		t.Errorf("the texts are %q", got)
	}
}
