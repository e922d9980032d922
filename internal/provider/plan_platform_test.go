package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

func TestNoTargetSaysWhichToWrite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err             error
		summary, detail string
	}{
		{
			&platform.ChoiceError{Possible: []string{"roma", "csa"}}, "More than one platform",
			"Several platforms are possible: roma, csa. Write the attribute of exactly one of them in the resource or data source.",
		},
		{
			&platform.ChoiceError{}, "No platform", "No platform is named, and none is configured. Write `roma = { ... }` or `csa = { ... }` " +
				"in the provider block, or set HW_REGION_NAME, ROMA_ENDPOINT or CSA_ENDPOINT.",
		},
	} {
		if d := platforms().NoTarget(test.err); d.Summary() != test.summary || d.Detail() != test.detail {
			t.Errorf("%v: %s\n%s", test.err, d.Summary(), d.Detail())
		}
	}
}

// to is a target.
func to(name, instance types.String) platform.Target {
	return platform.Target{Platform: name, Instance: instance}
}

// blocksOf configures one platform by its block, and another by nothing but the environment.
func blocksOf(name string, block map[string]attr.Value, unknown bool, env map[string]string) func(*testing.T) *providerData {
	return func(t *testing.T) *providerData {
		t.Helper()
		var blocks map[string]map[string]attr.Value
		var isUnknown []string
		if block != nil {
			blocks = map[string]map[string]attr.Value{name: block}
		}
		if unknown {
			isUnknown = []string{name}
		}
		return configured(t, blocks, isUnknown, env)
	}
}

func TestTarget(t *testing.T) {
	t.Parallel()
	block := func(instance types.String) map[string]attr.Value {
		return map[string]attr.Value{"instance_id": instance}
	}
	here := importOf(map[string]attr.Value{"instance_id": str("here")})
	none, unset := types.ObjectNull(romaImportTypes), importOf(nil)
	before := platform.Target{Platform: str("roma"), Instance: str("before")}

	for _, test := range []struct {
		name       string
		block      map[string]attr.Value
		unknown    bool
		env        map[string]string
		options    types.Object
		remembered platform.Target
		want       platform.Target
		fails      bool
	}{
		{name: "the resource's own", block: block(str("block")), options: here, want: to(str("roma"), str("here"))},
		{name: "the block's", block: block(str("block")), options: unset, want: to(str("roma"), str("block"))},
		{name: "the block's, not the state's", block: block(str("block")), options: none, remembered: before, want: to(str("roma"), str("block"))},
		{name: "the variable's", block: block(noText), env: map[string]string{"ROMA_INSTANCE_ID": "env"}, options: none, want: to(str("roma"), str("env"))},
		{name: "configured by a variable", env: map[string]string{"HW_REGION_NAME": "r", "ROMA_INSTANCE_ID": "env"}, options: none, want: to(str("roma"), str("env"))},
		{name: "no instance", block: block(noText), options: unset, fails: true},
		{name: "an instance that was taken out of the block", block: block(noText), options: unset, remembered: before, fails: true},
		{name: "nothing configured, nothing remembered", options: none, fails: true},
		{name: "nothing configured, remembered", options: none, remembered: before, want: before},
		{name: "nothing configured, carried and remembered", options: unset, remembered: before, want: before},
		{name: "nothing configured, remembered, another instance", options: here, remembered: before, want: to(str("roma"), str("here"))},
		{name: "unknown options", block: block(str("block")), options: types.ObjectUnknown(romaImportTypes), want: to(unknownText, unknownText)},
		{name: "unknown instance of the resource", block: block(str("block")), options: importOf(map[string]attr.Value{"instance_id": unknownText}), want: to(str("roma"), unknownText)},
		{name: "unknown instance of the block", block: block(unknownText), options: unset, want: to(str("roma"), unknownText)},
		{name: "unknown instance of the block, unused", block: block(unknownText), options: here, want: to(str("roma"), str("here"))},
		{name: "unknown block", unknown: true, options: none, want: to(unknownText, unknownText)},
		{name: "unknown block, carried", unknown: true, options: unset, want: to(str("roma"), unknownText)},
		{name: "unknown block, the resource's own", unknown: true, options: here, want: to(str("roma"), str("here"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := blocksOf("roma", test.block, test.unknown, test.env)(t).platforms.Target(platform.Options{{Name: "roma", Value: test.options}}, test.remembered)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if !test.fails && (got != test.want) {
				t.Errorf("target %v, want %v", got, test.want)
			}
		})
	}
}

func TestCSATarget(t *testing.T) {
	t.Parallel()
	block := func(endpoint types.String) map[string]attr.Value { return map[string]attr.Value{"endpoint": endpoint} }
	csaImportTypes := map[string]attr.Type{"mode": types.StringType}
	here := types.ObjectValueMust(csaImportTypes, map[string]attr.Value{"mode": noText})
	none, unset := types.ObjectNull(csaImportTypes), types.ObjectNull(romaImportTypes)
	before := platform.Target{Platform: str("csa"), Instance: str("https://before")}
	for _, test := range []struct {
		name       string
		block      map[string]attr.Value
		unknown    bool
		env        map[string]string
		options    platform.Options
		remembered platform.Target
		want       platform.Target
		fails      bool
	}{
		{name: "one spelling", block: block(str("https://E:8444/csa/rest/")), options: platform.Options{{Name: "csa", Value: here}}, want: to(str("csa"), str("https://e:8444"))},
		{name: "the only one", block: block(str("https://e")), options: platform.Options{{Name: "csa", Value: none}}, want: to(str("csa"), str("https://e"))},
		{name: "a variable", env: map[string]string{"CSA_ENDPOINT": "https://e"}, options: platform.Options{{Name: "csa", Value: none}}, want: to(str("csa"), str("https://e"))},
		{name: "no endpoint", block: block(noText), options: platform.Options{{Name: "csa", Value: here}}, fails: true},
		{name: "no endpoint, remembered", block: block(noText), options: platform.Options{{Name: "csa", Value: here}}, remembered: before, fails: true},
		{name: "nothing configured, remembered", options: platform.Options{{Name: "csa", Value: here}}, remembered: before, want: before},
		{name: "nothing configured", options: platform.Options{{Name: "csa", Value: here}}, fails: true},
		{name: "no URL", block: block(str("e")), options: platform.Options{{Name: "csa", Value: here}}, fails: true},
		{name: "unknown endpoint", block: block(unknownText), options: platform.Options{{Name: "csa", Value: here}}, want: to(str("csa"), unknownText)},
		{name: "unknown block", unknown: true, options: platform.Options{{Name: "csa", Value: none}}, want: to(unknownText, unknownText)},
		{name: "unknown block, carried", unknown: true, options: platform.Options{{Name: "csa", Value: here}}, want: to(str("csa"), unknownText)},
		{name: "unknown attribute", block: block(str("https://e")), options: platform.Options{{Name: "csa", Value: types.ObjectUnknown(csaImportTypes)}}, want: to(unknownText, unknownText)},
		{name: "the other one unknown", block: block(str("https://e")), options: platform.Options{{Name: "roma", Value: types.ObjectUnknown(romaImportTypes)}, {Name: "csa", Value: here}}, want: to(str("csa"), str("https://e"))},
		{name: "both configured", env: map[string]string{"HW_REGION_NAME": "r", "CSA_ENDPOINT": "https://e"}, options: platform.Options{{Name: "roma", Value: unset}, {Name: "csa", Value: none}}, fails: true},
		{name: "both configured, remembered", env: map[string]string{"HW_REGION_NAME": "r", "CSA_ENDPOINT": "https://e"}, options: platform.Options{}, remembered: before, want: to(str("csa"), str("https://e"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := blocksOf("csa", test.block, test.unknown, test.env)(t).platforms.Target(test.options, test.remembered)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if !test.fails && (got != test.want) {
				t.Errorf("target %v, want %v", got, test.want)
			}
		})
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	if rest >= undecided || undecided >= run {
		t.Fatal("the strongest reason must win")
	}
	for _, test := range []struct {
		prior, planned attr.Value
		want           decision
	}{
		{str("a"), str("a"), rest},
		{str("a"), str("b"), run},
		{str("a"), noText, run},
		{noText, noText, rest},
		{noText, unknownText, undecided},
		{ids("a", "b"), ids("b", "a"), rest},
		{ids("a"), types.SetValueMust(types.StringType, []attr.Value{unknownText}), undecided},
		{texts(nil), texts(map[string]attr.Value{"a": unknownText}), undecided},
		{importOf(nil), importOf(map[string]attr.Value{"prefix": unknownText}), undecided},
	} {
		if got := compare(test.prior, test.planned); got != test.want {
			t.Errorf("from %s to %s decided %d, want %d", test.prior, test.planned, got, test.want)
		}
	}
}
