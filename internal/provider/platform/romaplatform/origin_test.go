package romaplatform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Which way in counts is told by its name and where it was written, never by its value.
func TestWayIn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.json")
	profile := `{"current": "prod", "profiles": [{"name": "prod", "mode": "AKSK", "accessKeyId": "AKVALUE", "secretAccessKey": "SKVALUE"}]}`
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	text := types.StringValue
	for want, row := range map[string]struct {
		block model
		env   map[string]string
	}{
		"key pair of the provider block":           {block: model{AccessKey: text("AKVALUE"), SecretKey: text("SKVALUE")}},
		"key pair of the environment":              {env: map[string]string{"HW_ACCESS_KEY": "AKVALUE", "HW_SECRET_KEY": "SKVALUE"}},
		"token of the environment":                 {env: map[string]string{"HW_AUTH_TOKEN": "TOKENVALUE"}},
		`profile "prod", named in the environment`: {env: map[string]string{"HW_SHARED_CONFIG_FILE": file, "HW_PROFILE": "prod"}},
		"metadata service":                         {},
	} {
		s := resolve(&row.block, func(name string) string { return row.env[name] })
		got := s.way()
		if got != want || strings.Contains(got, "VALUE") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
