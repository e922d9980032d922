package doctor

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// TestVariables: the doctor takes the attributes and variables that the provider documents,
// all of them and no others.
func TestVariables(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/index.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `(roma|csa)\\.([a-z_.]+)` \\| `([A-Z_]+)` \\|")
	documented := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		documented[m[1]+"."+m[2]] = m[3]
	}
	known := map[string]string{}
	for platform, attributes := range map[string][]Attribute{"roma": RomaAttributes, "csa": CSAAttributes} {
		for _, a := range attributes {
			known[platform+"."+a.Name] = a.Variable
		}
	}
	if len(known) < 30 || !maps.Equal(known, documented) {
		t.Errorf("known %v\ndocumented %v", known, documented)
	}
}

// TestCredentials that count are those that the provider would choose.
func TestCredentials(t *testing.T) {
	t.Parallel()
	profile := filepath.Join(t.TempDir(), "config.json")
	text := `{"current":"a","profiles":[{"name":"a","mode":"AKSK","accessKeyId":"PAK","secretAccessKey":"PSK","region":"eu-west-101"}]}`
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{
		"HW_AUTH_TOKEN": "tok", "HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "sk", "HW_SECURITY_TOKEN": "st", "HW_USER_NAME": "u", "HW_USER_PASSWORD": "pw\n",
		"HW_DOMAIN_NAME": "d", "HW_SHARED_CONFIG_FILE": profile,
	}
	without := func(names ...string) map[string]string {
		rest := maps.Clone(all)
		for _, name := range names {
			delete(rest, name)
		}
		return rest
	}
	role := map[string]string{"HW_ASSUME_ROLE_AGENCY_NAME": "ag", "HW_ASSUME_ROLE_DOMAIN_NAME": "ad", "HW_ASSUME_ROLE_DURATION": "900"}
	roled := without()
	maps.Copy(roled, role)
	agency := roma.AssumeRole{AgencyName: "ag", DomainName: "ad", Duration: roma.MinDuration}
	for name, row := range map[string]struct {
		env, flags map[string]string
		want       roma.Credentials
		region     string
		found      []string
		lacks      int
	}{
		"nothing":                  {want: roma.Metadata{}, found: []string{"metadata service"}},
		"everything":               {env: all, want: roma.Token("tok"), found: []string{"token", "key pair", "password", "profile"}},
		"then the key pair":        {env: without("HW_AUTH_TOKEN"), want: roma.KeyPair{AccessKey: "ak", SecretKey: "sk", SecurityToken: "st"}, found: []string{"key pair", "password", "profile"}},
		"half a pair":              {env: without("HW_AUTH_TOKEN", "HW_SECRET_KEY"), want: roma.Password{UserName: "u", Password: "pw", DomainName: "d"}, found: []string{"password", "profile"}, lacks: 1},
		"only half a pair":         {env: map[string]string{"HW_ACCESS_KEY": "ak"}, lacks: 1},
		"then the profile":         {env: map[string]string{"HW_SHARED_CONFIG_FILE": profile}, want: roma.KeyPair{AccessKey: "PAK", SecretKey: "PSK"}, region: "eu-west-101", found: []string{"profile"}},
		"no such profile":          {env: map[string]string{"HW_PROFILE": "b", "HW_SHARED_CONFIG_FILE": profile}, lacks: 1},
		"a flag chooses":           {env: all, flags: map[string]string{"access_key": "AK"}, want: roma.KeyPair{AccessKey: "AK", SecretKey: "sk", SecurityToken: "st"}, found: []string{"key pair"}},
		"a user of the flags":      {env: all, flags: map[string]string{"user_id": "uid"}, want: roma.Password{UserID: "uid", Password: "pw", DomainName: "d"}, found: []string{"password"}},
		"an account is no choice":  {env: all, flags: map[string]string{"domain_name": "D"}, want: roma.Token("tok"), found: []string{"token", "key pair", "password", "profile"}},
		"an agency":                {env: roled, want: roma.Agency{With: roma.Token("tok"), AssumeRole: agency}, found: []string{"token", "key pair", "password", "profile"}},
		"not for what flags chose": {env: roled, flags: map[string]string{"user_id": "uid"}, want: roma.Password{UserID: "uid", Password: "pw", DomainName: "d"}, found: []string{"password"}},
		"identity token": {
			env: map[string]string{"HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN_FILE": "f"}, want: roma.IdentityToken{OIDC: roma.OIDC{IdpID: "idp", IDTokenFile: "f"}},
			found: []string{"identity token"},
		},
	} {
		v := &values{attributes: RomaAttributes, flags: row.flags, getenv: func(name string) string { return row.env[name] }}
		got, cred := v.roma()
		_, isAgency := row.want.(roma.Agency)
		if got.Credentials != row.want || got.Region != row.region || !slices.Equal(cred.found, row.found) || len(cred.lacks) != row.lacks || cred.agency != isAgency {
			t.Errorf("%s: %+v, %+v", name, got, cred)
		}
		if len(v.problems) > 0 {
			t.Errorf("%s: %q", name, v.problems)
		}
	}
}

// TestTarget: the password of one server is never shown to another.
func TestTarget(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"CSA_USERNAME": "one", "CSA_PASSWORD": "secret one", "CSA_USER_IDENTIFIER": "id one", "CSA_CA_FILE": "ca", "CSA_TO_USERNAME": "two",
		"CSA_TO_PASSWORD": "secret two", "CSA_TO_INSECURE": "maybe",
	}
	v := &values{attributes: CSAAttributes, getenv: func(name string) string { return env[name] }}
	got := v.target("https://two.test")
	if got.Username != "two" || got.Password != "secret two" || got.UserIdentifier != "" || got.CAFile != "ca" || len(v.problems) != 1 {
		t.Errorf("%+v, %q", got, v.problems)
	}
	delete(env, "CSA_TO_USERNAME")
	delete(env, "CSA_TO_PASSWORD")
	if got := v.target("https://two.test"); got.Username+got.Password != "" {
		t.Errorf("%+v", got)
	}
}

// TestSecretsHaveNoFlags: other users of a machine see command lines.
func TestSecretsHaveNoFlags(t *testing.T) {
	t.Parallel()
	for _, a := range slices.Concat(RomaAttributes, CSAAttributes) {
		secret := strings.Contains(a.Name, "password") || strings.HasSuffix(a.Name, "token") || strings.HasPrefix(a.Name, "secret") || a.Name == "user_identifier"
		if a.Secret != secret {
			t.Errorf("%s: secret %v", a.Name, a.Secret)
		}
	}
}
