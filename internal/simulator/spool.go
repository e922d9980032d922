package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolInMemory is the size up to which a body needs no file.
const spoolInMemory = 1 << 20

// spooled is a body that was read to its end, in memory or in a temporary
// file.
type spooled struct {
	io.ReaderAt
	size   int64
	sha256 string
}

// reader reads the body from its start.
func (b *spooled) reader() io.ReadCloser {
	return io.NopCloser(io.NewSectionReader(b, 0, b.size))
}

// spool reads a body to its end and keeps it for as long as the call lasts.
func (c *call) spool(r io.Reader) (*spooled, error) {
	hash := sha256.New()
	r = io.TeeReader(r, hash)
	var head bytes.Buffer
	n, err := io.CopyN(&head, r, spoolInMemory)
	if errors.Is(err, io.EOF) {
		return &spooled{bytes.NewReader(head.Bytes()), n, hex.EncodeToString(hash.Sum(nil))}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	file, err := os.CreateTemp("", "asset-simulator-*")
	if err != nil {
		return nil, fmt.Errorf("keep the body: %w", err)
	}
	c.cleanup = append(c.cleanup, func() {
		// Nothing is lost with a temporary file that cannot be closed.
		_ = file.Close()
		_ = os.Remove(file.Name())
	})
	size, err := io.Copy(file, io.MultiReader(&head, r))
	if err != nil {
		return nil, fmt.Errorf("keep the body: %w", err)
	}
	return &spooled{file, size, hex.EncodeToString(hash.Sum(nil))}, nil
}
