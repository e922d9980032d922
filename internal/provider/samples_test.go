package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// A plan of an import, the data source and the comparison of an export with its file see
// one archive, or refuse it for one reason.
func TestSamplesOfArchives(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "a.zip")
			if err := os.WriteFile(file, []byte(s.Zip), 0o600); err != nil {
				t.Fatal(err)
			}
			digest, err := contentOf(file)
			look := lookAt(importModel{Source: types.StringValue(file), SourceHash: types.StringNull()})
			defer look.close()
			seen, inspected := inspect(t.Context(), file)
			if s.Refused != "" {
				if err == nil || look.wrong == nil || inspected == nil || look.wrong.Error() != err.Error() || inspected.Error() != err.Error() {
					t.Errorf("%v; a plan: %v; the data source: %v", err, look.wrong, inspected)
				}
				return
			}
			if want := s.Digest(); err != nil || look.wrong != nil || inspected != nil || digest != want || look.content != want || seen.ContentDigest != want {
				t.Errorf("%s, %v; a plan: %s, %v; the data source: %+v, %v; want %s", digest, err, look.content, look.wrong, seen, inspected, want)
			}
			for _, e := range seen.entries {
				if strings.ToValidUTF8(e.name, "") != e.name || e.size < 0 {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}
