package provider

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
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
	"HW_DOMAIN_NAME": "d", "HW_INSECURE": "true", "HW_CA_FILE": "/ca.pem", "HW_MAX_RETRIES": "7",
}

func TestEveryAttributeHasItsVariable(t *testing.T) {
	t.Parallel()
	attributes := romaProviderSchema().Attributes
	if len(attributes) != len(everyVariable) || len(attributes) != len(romaVariables) {
		t.Errorf("%d attributes, %d variables, %d of them tested", len(attributes), len(romaVariables), len(everyVariable))
	}
	for name, attribute := range attributes {
		if variable := romaVariables[name]; variable == "" || !strings.Contains(attribute.GetMarkdownDescription(), "`"+variable+"`") {
			t.Errorf("the description of %s does not name its variable %q", name, variable)
		}
	}
	s := resolveRoma(nil, environment(everyVariable))
	want := roma.Config{
		Region: "r", Cloud: "c.example", Endpoint: "https://e", AuthURL: "https://a/v3", ProjectID: "pid", ProjectName: "pname",
		InstanceID: "iid", Token: "tok", Settings: httpapi.Settings{Insecure: true, CAFile: "/ca.pem", MaxRetries: 7},
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
		InstanceID: "IID", Token: "tok", Settings: httpapi.Settings{CAFile: "CA"},
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

func TestCredentials(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	type login struct{ Token, AccessKey, SecretKey, SecurityToken, UserName, Password, DomainName string }
	without := func(names ...string) map[string]string {
		env := maps.Clone(everyVariable)
		for _, name := range names {
			delete(env, name)
		}
		return env
	}
	for name, test := range map[string]struct {
		block   romaModel
		env     map[string]string
		want    login
		missing []string
	}{
		"token first":                  {env: everyVariable, want: login{Token: "tok"}},
		"then the key pair":            {env: without("HW_AUTH_TOKEN"), want: login{AccessKey: "ak", SecretKey: "sk", SecurityToken: "st"}},
		"then the password":            {env: without("HW_AUTH_TOKEN", "HW_SECRET_KEY"), want: login{UserName: "u", Password: "pw", DomainName: "d"}},
		"key pair of the block":        {block: romaModel{AccessKey: text("AK"), SecretKey: text("SK")}, env: everyVariable, want: login{AccessKey: "AK", SecretKey: "SK"}},
		"with its own security token":  {block: romaModel{AccessKey: text("AK"), SecretKey: text("SK"), SecurityToken: text("ST")}, env: everyVariable, want: login{AccessKey: "AK", SecretKey: "SK", SecurityToken: "ST"}},
		"secret from the environment":  {block: romaModel{AccessKey: text("AK")}, env: everyVariable, want: login{AccessKey: "AK", SecretKey: "sk", SecurityToken: "st"}},
		"user of the block":            {block: romaModel{UserName: text("U")}, env: everyVariable, want: login{UserName: "U", Password: "pw", DomainName: "d"}},
		"account alone is not written": {block: romaModel{DomainName: text("D")}, env: everyVariable, want: login{Token: "tok"}},
		"token of the block":           {block: romaModel{Token: text("TOK")}, env: everyVariable, want: login{Token: "TOK"}},
		"incomplete block does not fall back": {
			block: romaModel{AccessKey: text("AK")}, env: without("HW_SECRET_KEY"),
			missing: []string{"key pair: no roma.secret_key (HW_SECRET_KEY)"},
		},
		"nothing": {missing: []string{
			"token: no roma.token (HW_AUTH_TOKEN)",
			"key pair: no roma.access_key (HW_ACCESS_KEY), no roma.secret_key (HW_SECRET_KEY)",
			"password: no roma.user_name (HW_USER_NAME), no roma.password (HW_USER_PASSWORD), no roma.domain_name (HW_DOMAIN_NAME)",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolveRoma(&test.block, environment(test.env))
			c := s.config
			if got := (login{c.Token, c.AccessKey, c.SecretKey, c.SecurityToken, c.UserName, c.Password, c.DomainName}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if !reflect.DeepEqual(s.missing, test.missing) {
				t.Errorf("missing %q, want %q", s.missing, test.missing)
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
		"flag":           {nil, map[string]string{"HW_INSECURE": "maybe"}, "The environment variable HW_INSECURE must be true or false."},
		"number":         {nil, map[string]string{"HW_MAX_RETRIES": "many"}, "The environment variable HW_MAX_RETRIES must be a number between 0 and 100."},
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
