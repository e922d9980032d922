package roma

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A file as "hcloud configure list" shows it, with an entry for each mode.
const profiles = `{"language":"cn","offline":"true","current":"test","profiles":[
{"name":"default","mode":"AKSK","accessKeyId":"AK1","secretAccessKey":"SK1","securityToken":"","xAuthToken":"","region":"r1","projectId":"p1","domainId":"d1",
 "skipSecureVerify":"false","readTimeout":10,"agencyDomainId":"","agencyDomainName":"","agencyName":"","sourceProfile":""},
{"name":"test","mode":"AKSK","accessKeyId":"AK2","secretAccessKey":"SK2","securityToken":"ST2"},
{"name":"sso","mode":"SSO","region":"r3","ssoAuth":{"stsToken":{"accessKeyId":"AK3","secretAccessKey":"SK3","securityToken":"ST3"}}},
{"name":"server","mode":"ecsAgency","region":"r4"},
{"name":"token","mode":"token","xAuthToken":"T5"},
{"name":"agency","mode":"agency","agencyDomainName":"them","agencyName":"ops","sourceProfile":"default"},
{"name":"role","mode":"AssumeRole","agencyDomainId":"theirs","agencyName":"ops","sourceProfile":"server"},
{"name":"own keys","mode":"AKSK","accessKeyId":"AK6","secretAccessKey":"SK6","agencyDomainName":"them","agencyName":"ops"},
{"name":"encrypted","mode":"AKSK","accessKeyId":"3q2+7w==:AAAA","secretAccessKey":"s3cr3t"},
{"name":"masked","mode":"AKSK","accessKeyId":"AK7","secretAccessKey":"****"},
{"name":"empty","mode":"AKSK"},
{"name":"logged out","mode":"SSO"},
{"name":"no token","mode":"token"},
{"name":"other","mode":"magic"},
{"name":"no agency","mode":"agency","sourceProfile":"default"},
{"name":"no account","mode":"agency","agencyName":"ops","sourceProfile":"default"},
{"name":"gone","mode":"agency","agencyName":"ops","agencyDomainName":"them","sourceProfile":"nobody"},
{"name":"chain","mode":"agency","agencyName":"ops","agencyDomainName":"them","sourceProfile":"agency"}]}`

func profileIn(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	file := profileIn(t, profiles)
	for name, want := range map[string]Profile{
		"":         {AccessKey: "AK2", SecretKey: "SK2", SecurityToken: "ST2"},
		"default":  {AccessKey: "AK1", SecretKey: "SK1", Region: "r1", ProjectID: "p1", DomainID: "d1"},
		"sso":      {AccessKey: "AK3", SecretKey: "SK3", SecurityToken: "ST3", Region: "r3", SSO: true},
		"server":   {Metadata: true, Region: "r4"},
		"token":    {Token: "T5"},
		"agency":   {AccessKey: "AK1", SecretKey: "SK1", AssumeRole: &AssumeRole{AgencyName: "ops", DomainName: "them"}},
		"role":     {Metadata: true, AssumeRole: &AssumeRole{AgencyName: "ops", DomainID: "theirs"}},
		"own keys": {AccessKey: "AK6", SecretKey: "SK6", AssumeRole: &AssumeRole{AgencyName: "ops", DomainName: "them"}},
	} {
		if got, err := ReadProfile(file, name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	if got, err := ReadProfile(profileIn(t, "\ufeff"+profiles), "default"); err != nil || got.AccessKey != "AK1" {
		t.Errorf("with a byte order mark: %+v, %v", got, err)
	}
}

func TestUnusableProfiles(t *testing.T) {
	t.Parallel()
	file := profileIn(t, profiles)
	for name, want := range map[string]string{
		"encrypted":  "is encrypted: run `hcloud configure set --cli-auth-encrypt=false`",
		"masked":     "is encrypted",
		"empty":      "has no accessKeyId and secretAccessKey",
		"logged out": "run `hcloud configure sso`",
		"no token":   "has no xAuthToken",
		"other":      "has an unknown mode",
		"no agency":  "has no agencyName",
		"no account": "agencyDomainId or agencyDomainName",
		"gone":       `source profile "nobody", which is not there`,
		"chain":      `source profile "agency", which assumes a role itself`,
	} {
		_, err := ReadProfile(file, name)
		problem, ok := errors.AsType[*ProfileError](err)
		if !ok || !strings.Contains(err.Error(), want) || problem.Name != name || problem.File != file {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "3q2+7w")) {
			t.Errorf("quoted: %v", err)
		}
	}
}

// TestNoSuchProfile: the name may be a secret in the wrong variable.
func TestNoSuchProfile(t *testing.T) {
	t.Parallel()
	_, err := ReadProfile(profileIn(t, `{"profiles":[{"name":"dev"},{"name":"prod"}]}`), "s3cr3t")
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), `It holds "dev", "prod"`) {
		t.Errorf("%v", err)
	}
	if _, err = ReadProfile(profileIn(t, `{}`), "s3cr3t"); err == nil || !strings.Contains(err.Error(), "It holds none at all") {
		t.Errorf("%v", err)
	}
}

func TestUnusableProfileFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"profiles":[{"name":"a"}]}`:              "names no current profile",
		`{"current":"a","profiles":{"a":"s3cr3t"}`: "is not the JSON of KooCLI",
		strings.Repeat(" ", maxProfileFile+1):      "longer than",
	} {
		_, err := ReadProfile(profileIn(t, text), "")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err := ReadProfile(filepath.Join(t.TempDir(), "none.json"), "")
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "shared_config_file: cannot be read: ") || strings.Contains(err.Error(), "none.json") {
		t.Errorf("missing: %v", err)
	}
}

func TestProfileInHome(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if err := os.MkdirAll(filepath.Join(home, ".hcloud"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".hcloud", "config.json"), []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"", "~/.hcloud/config.json"} {
		if p, err := ReadProfile(file, "default"); err != nil || p.AccessKey != "AK1" {
			t.Errorf("%q: %+v, %v", file, p, err)
		}
	}
}

func FuzzProfile(f *testing.F) {
	f.Add(profiles, "agency")
	f.Add(`{"current":"a","profiles":[{"name":"a","mode":"agency","agencyName":"x","sourceProfile":"a"}]}`, "")
	f.Add(`{"profiles":[`+strings.Repeat(`{"name":"\u202e\u001b"},`, 1000)+`{"name":"`+strings.Repeat("x", 10_000)+`","mode":"token"}]}`, "y")
	f.Add("\ufeff"+`{"current":"a","profiles":[{"name":"a","accessKeyId":"AK1","secretAccessKey":"SK","securityToken":"a\nb"}]}`, "")
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := parseProfile("config.json", []byte(text), name)
		hidden(t, err, 8<<10)
		pair := p.AccessKey != "" && p.SecretKey != ""
		if err == nil && !pair && p.Token == "" && !p.Metadata {
			t.Fatalf("%+v of %q", p, text)
		}
	})
}
