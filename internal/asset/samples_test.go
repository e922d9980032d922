package asset_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
)

// What is to be imported and what was downloaded get one answer: the same archives pass,
// with the same digest, and the others are refused for the same reason.
func TestSamplesEachWay(t *testing.T) {
	t.Parallel()
	for _, s := range zipsamples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "read.zip")
			if err := os.WriteFile(file, []byte(s.Zip), 0o600); err != nil {
				t.Fatal(err)
			}
			opened, openErr := asset.OpenArchive(file)
			saved, saveErr := asset.Target{Path: filepath.Join(dir, "saved.zip")}.Save(t.Context(), strings.NewReader(s.Zip), nil)
			if s.Refused != "" {
				a, isA := errors.AsType[*zipdir.FormatError](openErr)
				b, isB := errors.AsType[*zipdir.FormatError](saveErr)
				if !isA || !isB || a.Error() != b.Error() || !errors.Is(saveErr, asset.ErrBroken) {
					t.Errorf("opened: %v; saved: %v", openErr, saveErr)
				}
				alone(t, dir, "read.zip")
				return
			}
			if openErr != nil || saveErr != nil {
				t.Fatalf("opened: %v; saved: %v", openErr, saveErr)
			}
			defer func() { _ = opened.Close() }()
			sent, err := io.ReadAll(opened.Reader())
			if err != nil || string(sent) != s.Zip || opened.Check() != nil {
				t.Errorf("%d bytes are sent, %v", len(sent), err)
			}
			if want := s.Digest(); opened.ContentDigest != want || saved.ContentDigest != want || opened.SHA256 != saved.SHA256 || saved.Size != opened.Size {
				t.Errorf("opened: %+v; saved: %+v; want %s", opened, saved, want)
			}
		})
	}
}
