package provider

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

// everyVariable has a value for each variable of the documentation.
var everyVariable = map[string]string{
	"HW_REGION_NAME": "r", "HW_CLOUD": "c.example", "ROMA_ENDPOINT": "https://e", "HW_AUTH_URL": "https://a/v3",
	"HW_PROJECT_ID": "pid", "HW_PROJECT_NAME": "pname", "ROMA_INSTANCE_ID": "iid", "HW_AUTH_TOKEN": "tok",
	"HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "sk", "HW_SECURITY_TOKEN": "st", "HW_USER_NAME": "u", "HW_USER_PASSWORD": "pw",
	"HW_DOMAIN_NAME": "d", "HW_USER_ID": "uid", "HW_DOMAIN_ID": "did", "HW_SHARED_CONFIG_FILE": "/none", "HW_PROFILE": "p",
	"HW_ASSUME_ROLE_AGENCY_NAME": "ops", "HW_ASSUME_ROLE_DOMAIN_NAME": "them", "HW_ASSUME_ROLE_DOMAIN_ID": "theirs",
	"HW_ASSUME_ROLE_DURATION": "900", "HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN": "idt", "HW_ASSUME_ROLE_ID_TOKEN_FILE": "/idt",
	"HW_INSECURE": "true", "HW_CA_FILE": "/ca.pem", "HW_MAX_RETRIES": "7",
}

// everyRole is the agency of everyVariable.
var everyRole = &roma.AssumeRole{AgencyName: "ops", DomainName: "them", Duration: 900 * time.Second}

func TestEveryAttributeHasItsVariable(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	each := func(prefix string, attributes map[string]schema.Attribute) {
		for name, attribute := range attributes {
			variable := romaVariables[prefix+name]
			if variable == "" || !strings.Contains(attribute.GetMarkdownDescription(), "`"+variable+"`") {
				t.Errorf("the description of %s does not name its variable %q", prefix+name, variable)
			}
			secret := slices.Contains([]string{"token", "secret_key", "security_token", "password", "id_token"}, name)
			if attribute.IsSensitive() != secret {
				t.Errorf("%s: sensitive should be %t", prefix+name, secret)
			}
			if !strings.HasSuffix(variable, "*") {
				found[variable] = true
			}
		}
	}
	attributes := romaProviderSchema().Attributes
	each("", attributes)
	for _, name := range []string{"assume_role", "assume_role_with_oidc"} {
		nested, ok := attributes[name].(schema.SingleNestedAttribute)
		if !ok {
			t.Fatalf("%s is a %T", name, attributes[name])
		}
		each(name+".", nested.Attributes)
	}
	if len(found) != len(everyVariable) {
		t.Errorf("%d variables, %d of them tested", len(found), len(everyVariable))
	}
	s := resolveRoma(nil, environment(everyVariable))
	want := roma.Config{
		Region: "r", Cloud: "c.example", Endpoint: "https://e", AuthURL: "https://a/v3", ProjectID: "pid", ProjectName: "pname",
		InstanceID: "iid", Token: "tok", AssumeRole: everyRole, Settings: httpapi.Settings{Insecure: true, CAFile: "/ca.pem", MaxRetries: 7},
	}
	if !s.configured || !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
}

func TestBlockBeatsVariables(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	s := resolveRoma(&romaModel{
		Region: text("R"), Cloud: text("C"), Endpoint: text("https://E"), AuthURL: text("https://A"), ProjectID: text("PID"),
		ProjectName: text("PNAME"), InstanceID: text("IID"), CAFile: text("CA"), Insecure: types.BoolValue(false), MaxRetries: types.Int64Value(0),
	}, environment(everyVariable))
	want := roma.Config{
		Region: "R", Cloud: "C", Endpoint: "https://E", AuthURL: "https://A", ProjectID: "PID", ProjectName: "PNAME",
		InstanceID: "IID", Token: "tok", AssumeRole: everyRole, Settings: httpapi.Settings{CAFile: "CA"},
	}
	if !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s := resolveRoma(&romaModel{Region: types.StringValue("cn-north-4")}, environment(nil))
	c := s.config
	if c.Endpoint != "https://roma.cn-north-4.myhuaweicloud.com" || c.AuthURL != "https://iam.cn-north-4.myhuaweicloud.com/v3" ||
		c.ProjectName != "cn-north-4" || c.MaxRetries != 5 || c.Insecure {
		t.Errorf("got %+v", c)
	}
}

func TestConfigured(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block *romaModel
		env   map[string]string
		want  bool
	}{
		"block":         {&romaModel{}, nil, true},
		"region":        {nil, map[string]string{"HW_REGION_NAME": "r"}, true},
		"endpoint":      {nil, map[string]string{"ROMA_ENDPOINT": "https://e"}, true},
		"other things":  {nil, map[string]string{"HW_ACCESS_KEY": "ak", "ROMA_INSTANCE_ID": "i"}, false},
		"nothing":       {nil, nil, false},
		"block and env": {&romaModel{}, map[string]string{"HW_REGION_NAME": "r"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := resolveRoma(test.block, environment(test.env)); s.configured != test.want {
				t.Errorf("configured = %t", s.configured)
			}
		})
	}
}

func TestUnknownSettings(t *testing.T) {
	t.Parallel()
	s := resolveRoma(&romaModel{Region: types.StringUnknown(), SecretKey: types.StringUnknown(), AccessKey: types.StringValue("AK")}, environment(nil))
	if s.known() || len(s.missing) != 0 {
		t.Errorf("known %t, missing %q", s.known(), s.missing)
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block *romaModel
		env   map[string]string
		want  string
	}{
		"flag":           {new(romaModel), map[string]string{"HW_INSECURE": "maybe"}, "The environment variable HW_INSECURE must be true or false."},
		"number":         {new(romaModel), map[string]string{"HW_MAX_RETRIES": "many"}, "The environment variable HW_MAX_RETRIES must be a number between 0 and 100."},
		"negative block": {&romaModel{MaxRetries: types.Int64Value(-1)}, nil, "roma.max_retries must be between 0 and 100."},
		"long instance":  {&romaModel{InstanceID: types.StringValue(strings.Repeat("x", 65))}, nil, "instance_id has an id of 65 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolveRoma(test.block, environment(test.env))
			diags := s.check(path.Root("roma"))
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), test.want) {
				t.Errorf("got %v, want %q", diags, test.want)
			}
		})
	}
}

// The limit of a body that is signed is 12 MiB, and none where a token authorises.
func TestLargeArchiveIsWarnedOf(t *testing.T) {
	t.Parallel()
	const limit = 12 * 1024 * 1024
	pair, token := roma.Config{AccessKey: "ak", SecretKey: "sk"}, roma.Config{Token: "token"}
	for _, row := range []struct {
		config roma.Config
		size   int64
		warns  bool
	}{{pair, limit, false}, {pair, limit + 1, true}, {token, limit + 1, false}} {
		s := romaSettings{config: row.config}
		if diags := s.checkImport(finishedImport(), sourceLook{size: row.size}); len(diags) > 0 != row.warns {
			t.Errorf("%d bytes: %v", row.size, diags)
		}
	}
}

// What is as long, or as many, as a limit allows is fine.
func TestLimitsAreInclusive(t *testing.T) {
	t.Parallel()
	block := &romaModel{InstanceID: types.StringValue(strings.Repeat("x", 64)), MaxRetries: types.Int64Value(100)}
	for name, s := range map[string]romaSettings{
		"block":     resolveRoma(block, environment(nil)),
		"variables": resolveRoma(new(romaModel), environment(map[string]string{"ROMA_INSTANCE_ID": strings.Repeat("x", 64), "HW_MAX_RETRIES": "100"})),
	} {
		if diags := s.check(path.Root("roma")); len(diags) > 0 || s.config.MaxRetries != 100 {
			t.Errorf("%s: %d repetitions, %v", name, s.config.MaxRetries, diags)
		}
	}
	hundred := make([]string, 100)
	for i := range hundred {
		hundred[i] = fmt.Sprintf("%064d", i)
	}
	var diags diag.Diagnostics
	if validateRomaExport(exportOf(ids(hundred...), ids(hundred...)), &diags); len(diags) > 0 {
		t.Errorf("a hundred ids: %v", diags)
	}
}

// Where nothing but the metadata service of a cloud server is left to ask, a plan says what it looked for:
// a machine that is no such server has none.
func TestPlanTellsOfMissingCredentials(t *testing.T) {
	t.Parallel()
	s := resolveRoma(&romaModel{Region: types.StringValue("cn-north-4")}, environment(nil))
	if told := len(s.hint()) > 0; told == onCloudServer() {
		t.Errorf("told: %t, looked for %v", told, s.lookedFor)
	}
	s = resolveRoma(&romaModel{Region: types.StringValue("cn-north-4"), Token: types.StringValue("token")}, environment(nil))
	if diags := s.hint(); len(diags) > 0 {
		t.Errorf("told where there is a token: %v", diags)
	}
}
