package roma

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// The one download of an archive takes whatever is a complete zip, however it begins; what
// is none is no archive, or broken.
func TestDownloadOfSamples(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			stream, err := newClient(t, tokenConfig(always(200, s.Zip))).download(t.Context(), instance, "a")
			var saved asset.Stored
			if err == nil {
				saved, err = asset.Target{Path: filepath.Join(t.TempDir(), "saved.zip")}.Save(t.Context(), stream, nil)
			}
			switch {
			case s.Refused != "":
				if !errors.Is(err, asset.ErrNoArchive) && !errors.Is(err, asset.ErrBroken) {
					t.Errorf("%+v, %v", saved, err)
				}
			case err != nil || saved.ContentDigest != s.Digest():
				t.Errorf("%+v, %v; want %s", saved, err, s.Digest())
			}
		})
	}
}
