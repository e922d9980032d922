package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// Archive is a zip file on disk, open for reading: what was inspected is what
// is sent, even if another file takes its name meanwhile.
type Archive struct {
	// Path is the file's path as the user wrote it.
	Path string
	// Size is the length in bytes.
	Size int64
	// ContentDigest is the lower-case hex digest of what is in the archive;
	// it detects change and is no integrity check.
	ContentDigest string
	// SHA256 is the lower-case hex digest of the file's bytes. It is empty
	// until a Reader reached the end of the file.
	SHA256 string

	file *os.File
}

// OpenArchive opens the zip at path, reads its central directory and looks for
// the data of each entry, so that what a plan accepts is what Check accepts. The
// error is a *zipdir.FormatError if the file is no complete zip, ErrNotRegular,
// else one of package os. The caller closes the archive.
func OpenArchive(path string) (*Archive, error) {
	// To open a pipe would wait for somebody who writes, for ever.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	file, err := openShared(path)
	if err != nil {
		return nil, err
	}
	a, err := NewArchive(path, file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

// NewArchive is OpenArchive for a file that is open already; path is what the user
// calls it. After an error the file is still open.
func NewArchive(path string, file *os.File) (*Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	digest, err := zipdir.Inspect(file, info.Size())
	if err != nil {
		return nil, err
	}
	return &Archive{Path: path, Size: info.Size(), ContentDigest: digest, file: file}, nil
}

// Check says whether the file is a complete zip: an upload that ended early
// is better found here than by the server. The error is a
// *zipdir.FormatError.
func (a *Archive) Check() error { return zipdir.Check(a.file, a.Size) }

// ReadAt reads bytes of the file, as an io.ReaderAt.
func (a *Archive) ReadAt(p []byte, offset int64) (int, error) { return a.file.ReadAt(p, offset) }

// Close closes the file.
func (a *Archive) Close() error { return a.file.Close() }

// Reader returns a stream of the file from its start. It sets SHA256 when it
// has been read to its end, so that sending and hashing are one pass.
func (a *Archive) Reader() io.Reader {
	return &hashingReader{
		r:    io.NewSectionReader(a.file, 0, a.Size),
		hash: sha256.New(),
		done: func(sum string) { a.SHA256 = sum },
	}
}

// Sum is the SHA-256 of the file's bytes, in lower-case hex. It ends with ctx.
func (a *Archive) Sum(ctx context.Context) (string, error) {
	sum := sha256.New()
	source := &source{ctx: ctx, r: io.NewSectionReader(a.file, 0, a.Size)}
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, source, make([]byte, 256<<10)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

type hashingReader struct {
	r    io.Reader
	hash hash.Hash
	done func(sum string)
}

func (h *hashingReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	if err == io.EOF && h.done != nil {
		h.done(hex.EncodeToString(h.hash.Sum(nil)))
		h.done = nil
	}
	return n, err
}
