package csaplatform

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

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

var noText, unknownText = types.StringNull(), types.StringUnknown()

func str(text string) types.String { return types.StringValue(text) }

// everyCSAVariable has a value for each variable of the documentation.
var everyCSAVariable = map[string]string{
	"CSA_ENDPOINT": "https://e:8444/csa/rest", "CSA_USERNAME": "u", "CSA_PASSWORD": "p", "CSA_ORGANIZATION": "o", "CSA_USER": "n",
	"CSA_USER_IDENTIFIER": "i", "CSA_INSECURE": "true", "CSA_CA_FILE": "/ca.pem", "CSA_MAX_RETRIES": "7",
}

func TestEveryCSAAttributeHasItsVariable(t *testing.T) {
	t.Parallel()
	attributes := providerSchema().Attributes
	if len(attributes) != len(everyCSAVariable) || len(attributes) != len(variables) {
		t.Errorf("%d attributes, %d variables, %d of them tested", len(attributes), len(variables), len(everyCSAVariable))
	}
	for name, attribute := range attributes {
		if variable := variables[name]; variable == "" || !strings.Contains(attribute.GetMarkdownDescription(), "`"+variable+"`") {
			t.Errorf("the description of %s does not name its variable %q", name, variable)
		}
		if secret := name == "password" || name == "user_identifier"; attribute.IsSensitive() != secret {
			t.Errorf("%s: sensitive should be %t", name, secret)
		}
	}
	s := resolve(nil, environment(everyCSAVariable))
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
	s := resolve(&model{
		Endpoint: text("https://E"), Username: text("U"), Password: text("P"), Organization: text("O"), User: text("N"),
		UserIdentifier: text("I"), CAFile: text("CA"), Insecure: types.BoolValue(false), MaxRetries: types.Int64Value(0),
	}, environment(everyCSAVariable))
	want := csa.Config{Endpoint: "https://E", Username: "U", Password: "P", Organization: "O", User: "N", UserIdentifier: "I", Settings: httpapi.Settings{CAFile: "CA"}}
	if !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
	broken := maps.Clone(everyCSAVariable)
	broken["CSA_INSECURE"], broken["CSA_MAX_RETRIES"] = "maybe", "many"
	if s := resolve(nil, environment(broken)); len(s.problems) != 2 || s.check(path.Root(Name)).ErrorsCount() != 2 {
		t.Errorf("problems %q", s.problems)
	}
	delete(broken, "CSA_ENDPOINT")
	if s := resolve(nil, environment(broken)); s.check(path.Root(Name)).HasError() {
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
		if text, isKnown := importText(test.object); text != test.want || isKnown != (test.want != "") {
			t.Errorf("%s: %q, known %t", test.object, text, isKnown)
		}
	}
}

// The variable of the environment counts for an empty text of the block, and white space around a value is
// an accident of copying.
func TestEmptyIsNotGiven(t *testing.T) {
	t.Parallel()
	env := environment(map[string]string{"CSA_ENDPOINT": "https://c", "CSA_USERNAME": "u"})
	if c := resolve(&model{Endpoint: str(""), Username: str("")}, env).config; c.Endpoint != "https://c" || c.Username != "u" {
		t.Errorf("got %+v", c)
	}
	if c := resolve(&model{Username: str(" u "), Password: str(" a b \n")}, env).config; c.Username != "u" || c.Password != " a b " {
		t.Errorf("of the block: %q, %q", c.Username, c.Password)
	}
}
