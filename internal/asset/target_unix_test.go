//go:build unix

package asset_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// lateReader calls late when the stream has ended.
type lateReader struct {
	*bytes.Reader
	late func() error
}

func (r *lateReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		if late := r.late(); late != nil {
			return n, late
		}
	}
	return n, err
}

// The directory goes while the archive arrives, and takes the temporary file
// with it: what arrived is still read through the open file.
func TestTargetWhoseDirectoryGoes(t *testing.T) {
	t.Parallel()
	target, data := asset.Target{Path: filepath.Join(t.TempDir(), "sub", "orders.zip"), Job: "job-1"}, zipOf(t, "one")
	if err := target.Prepare(); err != nil {
		t.Fatal(err)
	}
	removed := false
	accept := func() error { removed = true; return os.RemoveAll(filepath.Dir(target.Path)) }
	stream := &lateReader{Reader: bytes.NewReader(data), late: accept}
	if _, err := target.Save(t.Context(), stream, nil); err != nil || !removed {
		t.Fatal(err)
	}
	holdsBytes(t, target.Path, data)
	alone(t, filepath.Dir(target.Path), "orders.zip")
}
