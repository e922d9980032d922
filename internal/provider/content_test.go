package provider_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestContentWherePathBelongs has the content of a file stand where its name
// should, as a variable of GitLab that is of the wrong kind does.
func TestContentWherePathBelongs(t *testing.T) {
	t.Parallel()
	const secret = "t0ps3cret"
	server := serve(t, simulator.Options{})
	for name, row := range map[string]struct {
		env  map[string]string
		more values
	}{
		"identity token": {map[string]string{
			"HW_ASSUME_ROLE_IDP_ID":        "gitlab",
			"HW_ASSUME_ROLE_ID_TOKEN_FILE": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ" + secret + ".c2ln",
		}, nil},
		"profile": {map[string]string{"HW_SHARED_CONFIG_FILE": `{"current":"a","profiles":[{"name":"a","secretAccessKey":"` + secret + `"}]}`}, nil},
		"authority": {
			map[string]string{"HW_CA_FILE": "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----"},
			values{"token": "ready-token"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := address(server.Info.ROMA)
			maps.Copy(block, row.more)
			p, said := configuredOn(t, row.env, "", values{"roma": block})
			if said == "" {
				_, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			}
			if !strings.Contains(said, "holds content where a path belongs") || strings.Contains(said, secret) {
				t.Error(said)
			}
			golden(t, "content for "+name, said)
		})
	}
}

// TestNamesThatLeadNowhere are not quoted: a key, a token of GitLab or a short identity
// token looks like the name of a file that is not there.
func TestNamesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	const key = "Zq4T8mXv2LrW9sKc3bNfY7hJd6PgQa1E5uRoCtVi"
	server := serve(t, simulator.Options{})
	profiles := twoProfiles(t)
	for _, secret := range []string{key, "/" + key[:20] + "/" + key[20:], "glpat-" + key[:20], "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"} {
		for variable, row := range map[string]struct {
			env  map[string]string
			more values
		}{
			"HW_ASSUME_ROLE_ID_TOKEN_FILE": {map[string]string{"HW_ASSUME_ROLE_IDP_ID": "gitlab"}, nil},
			"HW_SHARED_CONFIG_FILE":        {nil, nil},
			"HW_PROFILE":                   {map[string]string{"HW_SHARED_CONFIG_FILE": profiles}, nil},
			"HW_CA_FILE":                   {map[string]string{"HW_ACCESS_KEY": "AK", "HW_SECRET_KEY": secret}, nil},
		} {
			env := map[string]string{variable: secret}
			maps.Copy(env, row.env)
			block := address(server.Info.ROMA)
			maps.Copy(block, row.more)
			p, said := configuredOn(t, env, "", values{"roma": block})
			if said == "" {
				_, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{}})
			}
			if !strings.Contains(said, "Error: ") || strings.Contains(said, secret) || strings.Contains(said, key[:20]) {
				t.Errorf("%s: %s", variable, said)
			}
			if secret == key {
				golden(t, "no file for "+variable, strings.ReplaceAll(said, profiles, "FILE"))
			}
		}
	}
}

func twoProfiles(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.json")
	put(t, file, `{"current":"dev","profiles":[{"name":"dev"},{"name":"prod"}]}`)
	return file
}
