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

// Content is what an archive is made of: bytes at offsets, of a file or of whatever
// else gives the same ones each time.
type Content interface {
	io.ReaderAt
	io.Closer
}

// Archive is a zip, open for reading: what was inspected is what is sent, even if
// another file takes its name meanwhile.
type Archive struct {
	// Path is its path or address as the user wrote it.
	Path string
	// Size is the length in bytes.
	Size int64
	// ContentDigest is the lower-case hex digest of what is in the archive;
	// it detects change and is no integrity check.
	ContentDigest string
	// SHA256 is the lower-case hex digest of the bytes. It is empty until a Reader
	// reached their end.
	SHA256 string

	content Content
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
	a, err := fromFile(path, file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func fromFile(path string, file *os.File) (*Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	return NewArchive(path, file, info.Size())
}

// NewArchive is OpenArchive for content of size bytes that is open already; path is what
// the user calls it. After an error it is still open, else the archive closes it.
func NewArchive(path string, content Content, size int64) (*Archive, error) {
	digest, err := zipdir.Inspect(content, size)
	if err != nil {
		return nil, err
	}
	return &Archive{Path: path, Size: size, ContentDigest: digest, content: content}, nil
}

// Check says whether it is a complete zip: an upload that ended early
// is better found here than by the server. The error is a
// *zipdir.FormatError.
func (a *Archive) Check() error { return zipdir.Check(a.content, a.Size) }

// ReadAt reads bytes, as an io.ReaderAt.
func (a *Archive) ReadAt(p []byte, offset int64) (int, error) { return a.content.ReadAt(p, offset) }

// Close closes the content.
func (a *Archive) Close() error { return a.content.Close() }

// Reader returns a stream of the bytes from their start. It sets SHA256 when it
// has been read to its end, so that sending and hashing are one pass.
func (a *Archive) Reader() io.Reader {
	return &hashingReader{
		r:    io.NewSectionReader(a.content, 0, a.Size),
		hash: sha256.New(),
		done: func(sum string) { a.SHA256 = sum },
	}
}

// Sum is the SHA-256 of the bytes, in lower-case hex. It ends with ctx.
func (a *Archive) Sum(ctx context.Context) (string, error) {
	sum := sha256.New()
	source := &source{ctx: ctx, r: io.NewSectionReader(a.content, 0, a.Size)}
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
