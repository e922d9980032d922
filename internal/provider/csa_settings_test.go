package provider

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// everyCSAVariable has a value for each variable of the documentation.
var everyCSAVariable = map[string]string{
	"CSA_ENDPOINT": "https://e:8444/csa/rest", "CSA_USERNAME": "u", "CSA_PASSWORD": "p", "CSA_ORGANIZATION": "o", "CSA_USER": "n",
	"CSA_USER_IDENTIFIER": "i", "CSA_INSECURE": "true", "CSA_CA_FILE": "/ca.pem", "CSA_MAX_RETRIES": "7",
}

func TestEveryCSAAttributeHasItsVariable(t *testing.T) {
	t.Parallel()
	attributes := csaProviderSchema().Attributes
	if len(attributes) != len(everyCSAVariable) || len(attributes) != len(csaVariables) {
		t.Errorf("%d attributes, %d variables, %d of them tested", len(attributes), len(csaVariables), len(everyCSAVariable))
	}
	for name, attribute := range attributes {
		if variable := csaVariables[name]; variable == "" || !strings.Contains(attribute.GetMarkdownDescription(), "`"+variable+"`") {
			t.Errorf("the description of %s does not name its variable %q", name, variable)
		}
		if secret := name == "password" || name == "user_identifier"; attribute.IsSensitive() != secret {
			t.Errorf("%s: sensitive should be %t", name, secret)
		}
	}
	s := resolveCSA(nil, environment(everyCSAVariable))
	want := csa.Config{
		Endpoint: "https://e:8444/csa/rest", Username: "u", Password: "p", Organization: "o", User: "n", UserIdentifier: "i",
		Settings: httpapi.Settings{Insecure: true, CAFile: "/ca.pem", MaxRetries: 7},
	}
	if !s.configured || !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
}

func TestCSABlockBeatsVariables(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	s := resolveCSA(&csaModel{
		Endpoint: text("https://E"), Username: text("U"), Password: text("P"), Organization: text("O"), User: text("N"),
		UserIdentifier: text("I"), CAFile: text("CA"), Insecure: types.BoolValue(false), MaxRetries: types.Int64Value(0),
	}, environment(everyCSAVariable))
	want := csa.Config{Endpoint: "https://E", Username: "U", Password: "P", Organization: "O", User: "N", UserIdentifier: "I", Settings: httpapi.Settings{CAFile: "CA"}}
	if !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
	broken := maps.Clone(everyCSAVariable)
	broken["CSA_INSECURE"], broken["CSA_MAX_RETRIES"] = "maybe", "many"
	if s := resolveCSA(nil, environment(broken)); len(s.problems) != 2 || s.check(path.Root(platformCSA)).ErrorsCount() != 2 {
		t.Errorf("problems %q", s.problems)
	}
	delete(broken, "CSA_ENDPOINT")
	if s := resolveCSA(nil, environment(broken)); s.check(path.Root(platformCSA)).HasError() {
		t.Error("variables that nobody uses are reported")
	}
}

var csaImportTypes = map[string]attr.Type{
	"mode": types.StringType, "org_for_catalog_import": types.StringType, "associate_providers": types.BoolType,
	"validate_type": types.StringType, "preview": types.BoolType,
}

// csaImportOf is the csa attribute of an import with some values set.
func csaImportOf(set map[string]attr.Value) types.Object {
	values := map[string]attr.Value{
		"mode": noText, "org_for_catalog_import": noText, "associate_providers": types.BoolNull(), "validate_type": noText, "preview": types.BoolNull(),
	}
	maps.Copy(values, set)
	return types.ObjectValueMust(csaImportTypes, values)
}

func TestCSAImportText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		object types.Object
		want   string
	}{
		{types.ObjectNull(csaImportTypes), `{}`},
		{csaImportOf(nil), `{}`},
		{csaImportOf(map[string]attr.Value{"mode": str("create"), "associate_providers": types.BoolValue(false)}), `{}`},
		{csaImportOf(map[string]attr.Value{"preview": types.BoolValue(true)}), `{}`},
		{csaImportOf(map[string]attr.Value{"preview": types.BoolUnknown()}), `{}`},
		{csaImportOf(map[string]attr.Value{"mode": unknownText}), ``},
		{types.ObjectUnknown(csaImportTypes), ``},
		{
			csaImportOf(map[string]attr.Value{
				"mode": str("update"), "org_for_catalog_import": str("a"), "associate_providers": types.BoolValue(true), "validate_type": str("CATALOG"),
			}),
			`{"associate_providers":true,"mode":"update","org_for_catalog_import":"a","validate_type":"CATALOG"}`,
		},
	} {
		if text, isKnown := csaImportText(test.object); text != test.want || isKnown != (test.want != "") {
			t.Errorf("%s: %q, known %t", test.object, text, isKnown)
		}
	}
}

func TestCSATarget(t *testing.T) {
	t.Parallel()
	block := func(endpoint types.String) *csaModel { return &csaModel{Endpoint: endpoint} }
	here := csaImportOf(nil)
	none, unset := types.ObjectNull(csaImportTypes), types.ObjectNull(romaImportTypes)
	before := target{str(platformCSA), str("https://before")}
	for _, test := range []struct {
		name       string
		block      *csaModel
		unknown    bool
		env        map[string]string
		options    options
		remembered target
		want       target
		fails      bool
	}{
		{name: "one spelling", block: block(str("https://E:8444/csa/rest/")), options: options{platformCSA: here}, want: target{str("csa"), str("https://e:8444")}},
		{name: "the only one", block: block(str("https://e")), options: options{platformCSA: none}, want: target{str("csa"), str("https://e")}},
		{name: "a variable", env: map[string]string{"CSA_ENDPOINT": "https://e"}, options: options{platformCSA: none}, want: target{str("csa"), str("https://e")}},
		{name: "no endpoint", block: block(noText), options: options{platformCSA: here}, fails: true},
		{name: "no endpoint, remembered", block: block(noText), options: options{platformCSA: here}, remembered: before, fails: true},
		{name: "nothing configured, remembered", options: options{platformCSA: here}, remembered: before, want: before},
		{name: "nothing configured", options: options{platformCSA: here}, fails: true},
		{name: "no URL", block: block(str("e")), options: options{platformCSA: here}, fails: true},
		{name: "unknown endpoint", block: block(unknownText), options: options{platformCSA: here}, want: target{str("csa"), unknownText}},
		{name: "unknown block", unknown: true, options: options{platformCSA: none}, want: target{unknownText, unknownText}},
		{name: "unknown block, carried", unknown: true, options: options{platformCSA: here}, want: target{str("csa"), unknownText}},
		{name: "unknown attribute", block: block(str("https://e")), options: options{platformCSA: types.ObjectUnknown(csaImportTypes)}, want: target{unknownText, unknownText}},
		{name: "the other one unknown", block: block(str("https://e")), options: options{platformRoma: types.ObjectUnknown(romaImportTypes), platformCSA: here}, want: target{str("csa"), str("https://e")}},
		{name: "both configured", block: block(str("https://e")), env: map[string]string{"HW_REGION_NAME": "r"}, options: options{platformRoma: unset, platformCSA: none}, fails: true},
		{name: "both configured, remembered", block: block(str("https://e")), env: map[string]string{"HW_REGION_NAME": "r"}, options: options{}, remembered: before, want: target{str("csa"), str("https://e")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSession(resolveRoma(nil, environment(test.env)), resolveCSA(test.block, environment(test.env)))
			s.csa.unknownBlock = test.unknown
			got, err := s.target(test.options, test.remembered)
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			if !test.fails && (!got.platform.Equal(test.want.platform) || !got.instance.Equal(test.want.instance)) {
				t.Errorf("target %v, want %v", got, test.want)
			}
		})
	}
}
