package s3

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// An archive that is read in ranges of an object is what it is as a file.
func TestSamplesInAStore(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			c, _ := newStore(t, serving([]byte(s.Zip), `"e1"`))
			o, err := c.Head(t.Context(), orders)
			if err != nil {
				t.Fatal(err)
			}
			digest, err := zipdir.Inspect(c.ReaderAt(t.Context(), o), o.Size)
			want, wrong := zipdir.Inspect(strings.NewReader(s.Zip), int64(len(s.Zip)))
			if digest != want || (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error() {
				t.Errorf("%s, %v; as a file %s, %v", digest, err, want, wrong)
			}
		})
	}
}
