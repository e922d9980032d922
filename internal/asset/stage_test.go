package asset_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// TestStage keeps an archive under the name by which it is found, and nothing of a
// stream that breaks.
func TestStage(t *testing.T) {
	t.Chdir(t.TempDir())
	text := zipOf(t, "a.txt")
	target := asset.Target{Path: "orders.zip", Job: "job-1"}
	file, stored, err := target.Stage(t.Context(), bytes.NewReader(text), nil)
	if err != nil || file != ".orders.zip.asset-job-1.zip" || stored.Size != int64(len(text)) {
		t.Fatalf("%q, %+v, %v", file, stored, err)
	}
	if found := target.Find(stored); found != file {
		t.Errorf("found %q, staged %q", found, file)
	}
	if info, err := os.Stat(file); err != nil || !private(info) {
		t.Errorf("%v, %v", info, err)
	}
	// The same once more, as after a kill.
	if again, _, err := target.Stage(t.Context(), bytes.NewReader(text), nil); err != nil || again != file {
		t.Errorf("%q, %v", again, err)
	}
	if _, _, err := (asset.Target{Path: "orders.zip", Job: "job-2"}).Stage(t.Context(), bytes.NewReader(text[:len(text)-4]), nil); !errors.Is(err, asset.ErrBroken) {
		t.Errorf("a broken stream: %v", err)
	}
	names, err := filepath.Glob(".*")
	if err != nil || len(names) != 1 {
		t.Errorf("left %q, %v", names, err)
	}
}
