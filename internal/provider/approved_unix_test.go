//go:build unix

package provider_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSourceBelowAFile: Windows does not tell that from a file that is not there.
func TestSourceBelowAFile(t *testing.T) {
	t.Parallel()
	sourceCannotBeUsed(t, func(t *testing.T, file string) {
		t.Helper()
		if err := os.Remove(filepath.Dir(file)); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Dir(file), "a file")
	}, "Source cannot be read")
}
