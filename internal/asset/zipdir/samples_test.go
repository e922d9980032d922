package zipdir_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// What other tools write is accepted with the digest of its content, whatever form it
// has; what is broken or hostile is refused, and told why.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			digest, err := zipdir.Inspect(strings.NewReader(s.Zip), int64(len(s.Zip)))
			if got := text(check(s.Zip)); got != text(err) {
				t.Errorf("Check: %s; Inspect: %v", got, err)
			}
			if s.Refused == "" {
				if digest != s.Digest() || err != nil {
					t.Errorf("%s, %v; want %s of %q", digest, err, s.Digest(), s.Records)
				}
				return
			}
			if _, ok := errors.AsType[*zipdir.FormatError](err); !ok || !says(err, s.Refused) {
				t.Errorf("%s, %v; want %q", digest, err, s.Refused)
			}
		})
	}
}

// says tells whether an error has one of the texts.
func says(err error, texts string) bool {
	for one := range strings.SplitSeq(texts, "|") {
		if strings.Contains(err.Error(), one) {
			return true
		}
	}
	return false
}

// A sample that is cut off anywhere is refused. Where the last byte is only around the
// zip, it is the same without it.
func TestSamplesCutAnywhere(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		if s.Refused != "" {
			continue
		}
		for cut := range len(s.Zip) {
			digest, err := zipdir.Inspect(strings.NewReader(s.Zip[:cut]), int64(cut))
			if err == nil && digest != s.Digest() {
				t.Errorf("%s, cut at %d of %d: %s", s.Name, cut, len(s.Zip), digest)
			}
			if err == nil && !strings.Contains(s.Name, "behind") && !strings.Contains(s.Name, "both ends") {
				t.Errorf("%s, cut at %d of %d: is taken for whole", s.Name, cut, len(s.Zip))
			}
		}
	}
}
