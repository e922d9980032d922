package romaplatform

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
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
var everyRole = roma.AssumeRole{AgencyName: "ops", DomainName: "them", Duration: 900 * time.Second}

func TestEveryAttributeHasItsVariable(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	each := func(prefix string, attributes map[string]schema.Attribute) {
		for name, attribute := range attributes {
			variable := variables[prefix+name]
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
	attributes := providerSchema().Attributes
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
	s := resolve(nil, environment(everyVariable))
	want := roma.Config{
		Region: "r", Cloud: "c.example", Endpoint: "https://e", AuthURL: "https://a/v3", ProjectID: "pid", ProjectName: "pname",
		InstanceID: "iid", Credentials: roma.Agency{With: roma.Token("tok"), AssumeRole: everyRole}, Settings: httpapi.Settings{Insecure: true, CAFile: "/ca.pem", MaxRetries: 7},
	}
	if !s.configured || !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
}

func TestBlockBeatsVariables(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	s := resolve(&model{
		Region: text("R"), Cloud: text("C"), Endpoint: text("https://E"), AuthURL: text("https://A"), ProjectID: text("PID"),
		ProjectName: text("PNAME"), InstanceID: text("IID"), CAFile: text("CA"), Insecure: types.BoolValue(false), MaxRetries: types.Int64Value(0),
	}, environment(everyVariable))
	want := roma.Config{
		Region: "R", Cloud: "C", Endpoint: "https://E", AuthURL: "https://A", ProjectID: "PID", ProjectName: "PNAME",
		InstanceID: "IID", Credentials: roma.Agency{With: roma.Token("tok"), AssumeRole: everyRole}, Settings: httpapi.Settings{CAFile: "CA"},
	}
	if !reflect.DeepEqual(s.config, want) {
		t.Errorf("got %+v, want %+v", s.config, want)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s := resolve(&model{Region: types.StringValue("cn-north-4")}, environment(nil))
	c := s.config
	if c.Endpoint != "https://roma.cn-north-4.myhuaweicloud.com" || c.AuthURL != "https://iam.cn-north-4.myhuaweicloud.com/v3" ||
		c.ProjectName != "cn-north-4" || c.MaxRetries != 5 || c.Insecure {
		t.Errorf("got %+v", c)
	}
}

func TestConfigured(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block *model
		env   map[string]string
		want  bool
	}{
		"block":         {&model{}, nil, true},
		"region":        {nil, map[string]string{"HW_REGION_NAME": "r"}, true},
		"endpoint":      {nil, map[string]string{"ROMA_ENDPOINT": "https://e"}, true},
		"other things":  {nil, map[string]string{"HW_ACCESS_KEY": "ak", "ROMA_INSTANCE_ID": "i"}, false},
		"nothing":       {nil, nil, false},
		"block and env": {&model{}, map[string]string{"HW_REGION_NAME": "r"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := resolve(test.block, environment(test.env)); s.configured != test.want {
				t.Errorf("configured = %t", s.configured)
			}
		})
	}
}

func TestUnknownSettings(t *testing.T) {
	t.Parallel()
	s := resolve(&model{Region: types.StringUnknown(), SecretKey: types.StringUnknown(), AccessKey: types.StringValue("AK")}, environment(nil))
	if len(s.Unknown()) == 0 || len(s.missing) != 0 {
		t.Errorf("known %t, missing %q", len(s.Unknown()) == 0, s.missing)
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block *model
		env   map[string]string
		want  string
	}{
		"flag":           {new(model), map[string]string{"HW_INSECURE": "maybe"}, "The environment variable HW_INSECURE must be true or false."},
		"number":         {new(model), map[string]string{"HW_MAX_RETRIES": "many"}, "The environment variable HW_MAX_RETRIES must be a number between 0 and 100."},
		"negative block": {&model{MaxRetries: types.Int64Value(-1)}, nil, "roma.max_retries must be between 0 and 100."},
		"long instance":  {&model{InstanceID: types.StringValue(strings.Repeat("x", 65))}, nil, "instance_id has an id of 65 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolve(test.block, environment(test.env))
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
	pair, token := roma.KeyPair{AccessKey: "ak", SecretKey: "sk"}, roma.Token("token")
	for _, row := range []struct {
		given roma.Credentials
		size  int64
		warns bool
	}{{pair, limit, false}, {pair, limit + 1, true}, {token, limit + 1, false}} {
		s := &settings{config: roma.Config{Credentials: row.given}}
		if diags := s.CheckImport(types.Object{}, "a.zip", row.size, nil); len(diags) > 0 != row.warns {
			t.Errorf("%d bytes: %v", row.size, diags)
		}
	}
}

// What is as long, or as many, as a limit allows is fine.
func TestLimitsAreInclusive(t *testing.T) {
	t.Parallel()
	block := &model{InstanceID: types.StringValue(strings.Repeat("x", 64)), MaxRetries: types.Int64Value(100)}
	for name, s := range map[string]*settings{
		"block":     resolve(block, environment(nil)),
		"variables": resolve(new(model), environment(map[string]string{"ROMA_INSTANCE_ID": strings.Repeat("x", 64), "HW_MAX_RETRIES": "100"})),
	} {
		if diags := s.check(path.Root("roma")); len(diags) > 0 || s.config.MaxRetries != 100 {
			t.Errorf("%s: %d repetitions, %v", name, s.config.MaxRetries, diags)
		}
	}
	hundred := make([]attr.Value, 100)
	for i := range hundred {
		hundred[i] = types.StringValue(fmt.Sprintf("%064d", i))
	}
	set := types.SetValueMust(types.StringType, hundred)
	object := types.ObjectValueMust(map[string]attr.Type{"instance_id": types.StringType, "apps": set.Type(t.Context()), "tasks": set.Type(t.Context())},
		map[string]attr.Value{"instance_id": types.StringNull(), "apps": set, "tasks": set})
	var diags diag.Diagnostics
	if validateExport(object, &diags); len(diags) > 0 {
		t.Errorf("a hundred ids: %v", diags)
	}
}

// Where nothing but the metadata service of a cloud server is left to ask, a plan says what it looked for:
// a machine that is no such server has none.
func TestPlanTellsOfMissingCredentials(t *testing.T) {
	t.Parallel()
	s := resolve(&model{Region: types.StringValue("cn-north-4")}, environment(nil))
	if told := len(s.Hint()) > 0; told == onCloudServer() {
		t.Errorf("told: %t, looked for %v", told, s.lookedFor)
	}
	s = resolve(&model{Region: types.StringValue("cn-north-4"), Token: types.StringValue("token")}, environment(nil))
	if diags := s.Hint(); len(diags) > 0 {
		t.Errorf("told where there is a token: %v", diags)
	}
}

// White space around a value is an accident of copying, in a password it may
// belong to it.
func TestWhiteSpaceAroundValues(t *testing.T) {
	t.Parallel()
	c := resolve(nil, environment(map[string]string{
		"HW_REGION_NAME": " r\n", "HW_USER_NAME": "u ", "HW_USER_PASSWORD": " a b \r\n", "HW_DOMAIN_NAME": "\td",
	})).config
	if want := (roma.Password{UserName: "u", Password: " a b ", DomainName: "d"}); c.Region != "r" || c.Credentials != want {
		t.Errorf("of the environment: %+v", c)
	}
}

// TestEmptyIsNotGiven: the variable of the environment counts for an empty text
// of the block, and a line end in a variable does no harm.
func TestEmptyIsNotGiven(t *testing.T) {
	t.Parallel()
	empty := types.StringValue("")
	s := resolve(&model{Region: empty, AccessKey: empty, SecretKey: empty, Token: empty, SharedConfigFile: empty, Endpoint: empty}, environment(map[string]string{
		"HW_REGION_NAME": "r", "HW_ACCESS_KEY": "\uFEFFAK", "HW_SECRET_KEY": "SK", "ROMA_ENDPOINT": "https://e", "HW_INSECURE": "true\r\n", "HW_MAX_RETRIES": "7\n",
	}))
	c := s.config
	if want := (roma.KeyPair{AccessKey: "AK", SecretKey: "SK"}); c.Region != "r" || c.Credentials != want || c.Endpoint != "https://e" || len(s.missing)+len(s.problems) != 0 || !c.Insecure || c.MaxRetries != 7 {
		t.Errorf("got %+v, missing %q, problems %q", c, s.missing, s.problems)
	}
	// A password may end in a blank, but not in the line end of its file.
	login := resolve(nil, environment(map[string]string{"HW_USER_NAME": "u", "HW_DOMAIN_NAME": "d", "HW_USER_PASSWORD": "t0p secret \r\n", "HW_REGION_NAME": "r"}))
	if got, _ := login.config.Credentials.(roma.Password); got.Password != "t0p secret " {
		t.Errorf("password %q", got.Password)
	}
}
