package provider_test

import (
	"maps"
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
