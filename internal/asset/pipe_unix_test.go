//go:build unix

package asset_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// TestOpenPipe does not wait for somebody who writes into it.
func TestOpenPipe(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := asset.OpenArchive(path); !errors.Is(err, asset.ErrNotRegular) {
		t.Error(err)
	}
}
