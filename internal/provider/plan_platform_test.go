package provider

import (
	"errors"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestChoosePlatform(t *testing.T) {
	t.Parallel()
	both := []string{"roma", "csa"}
	for _, test := range []struct {
		name                string
		carried, configured []string
		remembered          string
		want                string
		possible            []string
	}{
		{"carried", []string{"csa"}, nil, "", "csa", nil},
		{"carried, another is configured", []string{"csa"}, []string{"roma"}, "", "csa", nil},
		{"carried, both are configured", []string{"csa"}, both, "", "csa", nil},
		{"carried, another is remembered", []string{"csa"}, both, "roma", "csa", nil},
		{"two carried", both, []string{"roma"}, "roma", "", both},
		{"one configured", nil, []string{"roma"}, "", "roma", nil},
		{"one configured, another remembered", nil, []string{"roma"}, "csa", "roma", nil},
		{"two configured, one remembered", nil, both, "csa", "csa", nil},
		{"none configured, one remembered", nil, nil, "roma", "roma", nil},
		{"two configured", nil, both, "", "", both},
		{"none", nil, nil, "", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := choosePlatform(test.carried, test.configured, test.remembered)
			if got != test.want {
				t.Errorf("chose %q, want %q", got, test.want)
			}
			choice, isChoice := errors.AsType[*platformError](err)
			switch {
			case (test.want == "") != isChoice:
				t.Errorf("error %v", err)
			case isChoice && !slices.Equal(choice.possible, test.possible):
				t.Errorf("possible are %v, want %v", choice.possible, test.possible)
			}
		})
	}
}

func TestNoTargetSaysWhichToWrite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err             error
		summary, detail string
	}{
		{
			&platformError{possible: []string{"roma", "csa"}}, "More than one platform",
			"Several platforms are possible: roma, csa. Write the attribute of exactly one of them in the resource or data source.",
		},
		{
			&platformError{}, "No platform", "No platform is named, and none is configured. Write `roma = { ... }` or `csa = { ... }` " +
				"in the provider block, or set HW_REGION_NAME, ROMA_ENDPOINT or CSA_ENDPOINT.",
		},
	} {
		if d := noTarget(test.err); d.Summary() != test.summary || d.Detail() != test.detail {
			t.Errorf("%v: %s\n%s", test.err, d.Summary(), d.Detail())
		}
	}
}

func TestTarget(t *testing.T) {
	t.Parallel()
	env := func(pairs map[string]string) func(string) string {
		return func(name string) string { return pairs[name] }
	}
	block := func(instance types.String) *romaModel { return &romaModel{InstanceID: instance} }
	here := importOf(map[string]attr.Value{"instance_id": str("here")})
	none, unset := types.ObjectNull(romaImportTypes), importOf(nil)
	before := target{str(platformRoma), str("before")}

	for _, test := range []struct {
		name       string
		block      *romaModel
		unknown    bool
		env        map[string]string
		options    types.Object
		remembered target
		want       target
		fails      bool
	}{
		{name: "the resource's own", block: block(str("block")), options: here, want: target{str("roma"), str("here")}},
		{name: "the block's", block: block(str("block")), options: unset, want: target{str("roma"), str("block")}},
		{name: "the block's, not the state's", block: block(str("block")), options: none, remembered: before, want: target{str("roma"), str("block")}},
		{name: "the variable's", block: block(noText), env: map[string]string{"ROMA_INSTANCE_ID": "env"}, options: none, want: target{str("roma"), str("env")}},
		{name: "configured by a variable", env: map[string]string{"HW_REGION_NAME": "r", "ROMA_INSTANCE_ID": "env"}, options: none, want: target{str("roma"), str("env")}},
		{name: "no instance", block: block(noText), options: unset, fails: true},
		{name: "an instance that was taken out of the block", block: block(noText), options: unset, remembered: before, fails: true},
		{name: "nothing configured, nothing remembered", options: none, fails: true},
		{name: "nothing configured, remembered", options: none, remembered: before, want: before},
		{name: "nothing configured, carried and remembered", options: unset, remembered: before, want: before},
		{name: "nothing configured, remembered, another instance", options: here, remembered: before, want: target{str("roma"), str("here")}},
		{name: "unknown options", block: block(str("block")), options: types.ObjectUnknown(romaImportTypes), want: target{unknownText, unknownText}},
		{name: "unknown instance of the resource", block: block(str("block")), options: importOf(map[string]attr.Value{"instance_id": unknownText}), want: target{str("roma"), unknownText}},
		{name: "unknown instance of the block", block: block(unknownText), options: unset, want: target{str("roma"), unknownText}},
		{name: "unknown instance of the block, unused", block: block(unknownText), options: here, want: target{str("roma"), str("here")}},
		{name: "unknown block", unknown: true, options: none, want: target{unknownText, unknownText}},
		{name: "unknown block, carried", unknown: true, options: unset, want: target{str("roma"), unknownText}},
		{name: "unknown block, the resource's own", unknown: true, options: here, want: target{str("roma"), str("here")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSession(resolveRoma(test.block, env(test.env)), resolveCSA(nil, env(test.env)))
			s.roma.unknownBlock = test.unknown
			got, err := s.target(options{platformRoma: test.options}, test.remembered)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if !test.fails && (!got.platform.Equal(test.want.platform) || !got.instance.Equal(test.want.instance)) {
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
