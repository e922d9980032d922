package romaplatform

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// someVariables is everyVariable without the agency and some more.
func someVariables(without ...string) map[string]string {
	env := maps.Clone(everyVariable)
	for name := range everyVariable {
		if strings.HasPrefix(name, "HW_ASSUME_ROLE_") || slices.Contains(without, name) {
			delete(env, name)
		}
	}
	return env
}

// only is everyVariable with nothing but some.
func only(names ...string) map[string]string {
	env := map[string]string{}
	for _, name := range names {
		env[name] = everyVariable[name]
	}
	return env
}

// nested is a nested attribute of the block with some values set, whose names
// are those of variables.
func nested(block string, values map[string]attr.Value) types.Object {
	kinds, all := map[string]attr.Type{}, map[string]attr.Value{}
	for name := range variables {
		if inner, ok := strings.CutPrefix(name, block+"."); ok {
			kinds[inner], all[inner] = types.StringType, types.StringNull()
		}
	}
	kinds["duration"], all["duration"] = types.Int64Type, types.Int64Null()
	maps.Copy(all, values)
	return types.ObjectValueMust(kinds, all)
}

func isMetadata(c roma.Config) bool {
	_, is := roma.Base(c.Credentials).(roma.Metadata)
	return is
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	passwordVariables := []string{"HW_USER_NAME", "HW_USER_ID", "HW_USER_PASSWORD"}
	profile := filepath.Join(t.TempDir(), "config.json")
	stored := `{"current":"a","profiles":[{"name":"a","mode":"AKSK","accessKeyId":"AKP","secretAccessKey":"SKP","region":"rp","projectId":"pp"},
{"name":"b","mode":"ecsAgency","agencyName":"ops-b","agencyDomainName":"them-b"}]}`
	if err := os.WriteFile(profile, []byte(stored), 0o600); err != nil {
		t.Fatal(err)
	}
	key := roma.KeyPair{AccessKey: "AKP", SecretKey: "SKP"}
	federated := only("HW_ASSUME_ROLE_IDP_ID", "HW_ASSUME_ROLE_ID_TOKEN", "HW_ASSUME_ROLE_AGENCY_NAME", "HW_ASSUME_ROLE_DOMAIN_ID", "HW_ASSUME_ROLE_DURATION")
	for name, test := range map[string]struct {
		block model
		env   map[string]string
		want  roma.Credentials
	}{
		"token first":                  {env: someVariables(), want: roma.Token("tok")},
		"then the key pair":            {env: someVariables("HW_AUTH_TOKEN"), want: roma.KeyPair{AccessKey: "ak", SecretKey: "sk", SecurityToken: "st"}},
		"then the password":            {env: someVariables("HW_AUTH_TOKEN", "HW_SECRET_KEY"), want: roma.Password{UserName: "u", Password: "pw", DomainName: "d"}},
		"user by id":                   {env: someVariables("HW_AUTH_TOKEN", "HW_SECRET_KEY", "HW_USER_NAME"), want: roma.Password{UserID: "uid", Password: "pw", DomainName: "d"}},
		"user by id alone":             {env: only("HW_USER_ID", "HW_USER_PASSWORD"), want: roma.Password{UserID: "uid", Password: "pw"}},
		"account by id":                {env: only("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_ID"), want: roma.Password{UserName: "u", Password: "pw", DomainID: "did"}},
		"key pair of the block":        {block: model{AccessKey: text("AK"), SecretKey: text("SK")}, env: everyVariable, want: roma.KeyPair{AccessKey: "AK", SecretKey: "SK"}},
		"with its own security token":  {block: model{AccessKey: text("AK"), SecretKey: text("SK"), SecurityToken: text("ST")}, env: someVariables(), want: roma.KeyPair{AccessKey: "AK", SecretKey: "SK", SecurityToken: "ST"}},
		"secret from the environment":  {block: model{AccessKey: text("AK")}, env: someVariables(), want: roma.KeyPair{AccessKey: "AK", SecretKey: "sk", SecurityToken: "st"}},
		"user of the block":            {block: model{UserName: text("U")}, env: someVariables(), want: roma.Password{UserName: "U", Password: "pw", DomainName: "d"}},
		"user id of the block":         {block: model{UserID: text("U")}, env: someVariables(), want: roma.Password{UserID: "U", Password: "pw", DomainName: "d"}},
		"account id of the block":      {block: model{UserName: text("U"), DomainID: text("D")}, env: someVariables(), want: roma.Password{UserName: "U", Password: "pw", DomainID: "D"}},
		"account alone is not written": {block: model{DomainName: text("D")}, env: someVariables(), want: roma.Token("tok")},
		"token of the block":           {block: model{Token: text("TOK")}, env: someVariables(), want: roma.Token("TOK")},
		"profile of the environment":   {env: map[string]string{"HW_SHARED_CONFIG_FILE": profile}, want: key},
		"profile of the block":         {block: model{SharedConfigFile: text(profile)}, env: someVariables("HW_PROFILE"), want: key},
		"file and name apart":          {block: model{Profile: text("a")}, env: map[string]string{"HW_SHARED_CONFIG_FILE": profile, "HW_PROFILE": "b"}, want: key},
		"profile with an agency": {
			env:  map[string]string{"HW_SHARED_CONFIG_FILE": profile, "HW_PROFILE": "b", "HW_ASSUME_ROLE_AGENCY_NAME": "other"},
			want: roma.Agency{With: roma.Metadata{}, AssumeRole: roma.AssumeRole{AgencyName: "ops-b", DomainName: "them-b"}},
		},
		"role of the environment": {env: everyVariable, want: roma.Agency{With: roma.Token("tok"), AssumeRole: everyRole}},
		"role of the environment is not for the block": {
			block: model{Token: text("TOK")}, env: everyVariable, want: roma.Token("TOK"),
		},
		"role of the block": {
			block: model{AssumeRole: nested("assume_role", map[string]attr.Value{
				"agency_name": text("OPS"), "domain_id": text("THEIRS"), "duration": types.Int64Value(3600),
			})}, env: everyVariable,
			want: roma.Agency{With: roma.Token("tok"), AssumeRole: roma.AssumeRole{AgencyName: "OPS", DomainID: "THEIRS", Duration: time.Hour}},
		},
		"identity token": {
			env: federated, want: roma.Agency{With: roma.IdentityToken{OIDC: roma.OIDC{IdpID: "idp", IDToken: "idt", Duration: 900 * time.Second}}, AssumeRole: roma.AssumeRole{AgencyName: "ops", DomainID: "theirs", Duration: 900 * time.Second}},
		},
		"identity token of the block": {
			block: model{AssumeRoleWithOIDC: nested("assume_role_with_oidc", map[string]attr.Value{"idp_id": text("IDP"), "id_token_file": text("/F")})},
			env:   someVariables(), want: roma.IdentityToken{OIDC: roma.OIDC{IdpID: "IDP", IDTokenFile: "/F"}},
		},
		"role alone":                {env: only("HW_ASSUME_ROLE_AGENCY_NAME", "HW_ASSUME_ROLE_DOMAIN_NAME", "HW_ASSUME_ROLE_DURATION"), want: roma.Agency{With: roma.Metadata{}, AssumeRole: everyRole}},
		"nothing":                   {want: roma.Metadata{}},
		"a user is no reason to do": {env: only(passwordVariables[0], "HW_DOMAIN_NAME", "HW_AUTH_TOKEN"), want: roma.Token("tok")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolve(&test.block, environment(test.env))
			if got := s.config.Credentials; !reflect.DeepEqual(got, test.want) || len(s.missing)+len(s.problems) != 0 {
				t.Errorf("got %+v, want %+v\nmissing %q, problems %q", got, test.want, s.missing, s.problems)
			}
			if (len(s.lookedFor) > 0) != (isMetadata(s.config) && test.env["HW_PROFILE"] == "") {
				t.Errorf("looked for %q", s.lookedFor)
			}
		})
	}
}

// Each source says what it lacks, those too that have nothing.
func TestIncompleteCredentials(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	const (
		noToken    = "token: no roma.token (HW_AUTH_TOKEN)"
		noSecret   = "key pair: no roma.secret_key (HW_SECRET_KEY)"
		noPassword = "password: no roma.password (HW_USER_PASSWORD)"
		noProfile  = "profile: no roma.profile (HW_PROFILE) or roma.shared_config_file (HW_SHARED_CONFIG_FILE)"
		noIdentity = "identity token: no roma.assume_role_with_oidc.idp_id (HW_ASSUME_ROLE_IDP_ID)"
		noUser     = "password: no roma.user_name (HW_USER_NAME) or roma.user_id (HW_USER_ID), no roma.password (HW_USER_PASSWORD), " +
			"no roma.domain_name (HW_DOMAIN_NAME) or roma.domain_id (HW_DOMAIN_ID)"
	)
	file := filepath.Join(t.TempDir(), "none.json")
	for name, test := range map[string]struct {
		block   model
		env     map[string]string
		missing []string
	}{
		"block does not fall back": {model{AccessKey: text("AK")}, someVariables("HW_SECRET_KEY"), []string{noSecret}},
		"two in the block":         {model{AccessKey: text("AK"), UserName: text("U")}, only("HW_DOMAIN_NAME"), []string{noSecret, noPassword}},
		"two in the environment": {
			model{}, only("HW_ACCESS_KEY", "HW_USER_NAME", "HW_DOMAIN_NAME"), []string{noToken, noSecret, noPassword, noProfile, noIdentity},
		},
		"profile": {model{SharedConfigFile: text(file)}, nil, []string{"profile: shared_config_file: cannot be read: " + message.Reason(syscall.ENOENT)}},
		"role": {
			model{Token: text("TOK"), AssumeRole: nested("assume_role", nil)},
			nil,
			[]string{"assume_role: no roma.assume_role.agency_name (HW_ASSUME_ROLE_AGENCY_NAME), " +
				"no roma.assume_role.domain_name (HW_ASSUME_ROLE_DOMAIN_NAME) or roma.assume_role.domain_id (HW_ASSUME_ROLE_DOMAIN_ID)"},
		},
		"identity token": {
			model{},
			only("HW_ASSUME_ROLE_IDP_ID", "HW_ASSUME_ROLE_AGENCY_NAME"),
			[]string{
				noToken, "key pair: no roma.access_key (HW_ACCESS_KEY), no roma.secret_key (HW_SECRET_KEY)", noUser, noProfile,
				"identity token: no roma.assume_role_with_oidc.id_token (HW_ASSUME_ROLE_ID_TOKEN) or roma.assume_role_with_oidc.id_token_file " +
					"(HW_ASSUME_ROLE_ID_TOKEN_FILE), no roma.assume_role_with_oidc.domain_id (HW_ASSUME_ROLE_DOMAIN_ID)",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolve(&test.block, environment(test.env))
			if !reflect.DeepEqual(s.missing, test.missing) || isMetadata(s.config) {
				t.Errorf("missing %q\nwant    %q", s.missing, test.missing)
			}
		})
	}
}

func TestProfileGivesRegionAndProject(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.json")
	stored := `{"current":"a","profiles":[{"name":"a","accessKeyId":"AK","secretAccessKey":"SK","region":"rp","projectId":"pp"}]}`
	if err := os.WriteFile(file, []byte(stored), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		block             model
		env               map[string]string
		endpoint, project string
	}{
		"alone":        {env: nil, endpoint: "https://roma.rp.myhuaweicloud.com", project: "pp rp"},
		"region":       {block: model{Region: types.StringValue("R")}, endpoint: "https://roma.R.myhuaweicloud.com", project: "pp R"},
		"project name": {env: map[string]string{"HW_PROJECT_NAME": "n"}, endpoint: "https://roma.rp.myhuaweicloud.com", project: " n"},
		"project id":   {env: map[string]string{"HW_PROJECT_ID": "i"}, endpoint: "https://roma.rp.myhuaweicloud.com", project: "i rp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.block.SharedConfigFile = types.StringValue(file)
			c := resolve(&test.block, environment(test.env)).config
			if c.Endpoint != test.endpoint || c.ProjectID+" "+c.ProjectName != test.project {
				t.Errorf("%s, project %q", c.Endpoint, c.ProjectID+" "+c.ProjectName)
			}
		})
	}
}

// What the plan does not know is no error, wherever it stands.
func TestUnknownCredentials(t *testing.T) {
	t.Parallel()
	unknown, text := types.StringUnknown(), types.StringValue
	for name, block := range map[string]model{
		"token":     {Token: unknown},
		"key":       {AccessKey: unknown, SecretKey: text("SK")},
		"secret":    {AccessKey: text("AK"), SecretKey: unknown},
		"user":      {UserName: unknown, Password: unknown, DomainName: unknown},
		"profile":   {Profile: unknown},
		"role":      {Token: text("T"), AssumeRole: types.ObjectUnknown(nil)},
		"in a role": {Token: text("T"), AssumeRole: nested("assume_role", map[string]attr.Value{"agency_name": unknown, "domain_id": unknown, "duration": types.Int64Unknown()})},
		"oidc":      {AssumeRoleWithOIDC: types.ObjectUnknown(nil)},
		"in oidc":   {AssumeRoleWithOIDC: nested("assume_role_with_oidc", map[string]attr.Value{"idp_id": text("I"), "id_token": unknown})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := resolve(&block, environment(nil))
			if len(s.Unknown()) == 0 || len(s.missing)+len(s.problems) != 0 || isMetadata(s.config) {
				t.Errorf("known %t, missing %q, problems %q", len(s.Unknown()) == 0, s.missing, s.problems)
			}
		})
	}
}
