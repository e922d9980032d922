package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

var (
	// ErrNotRegular means that there is something at the path, but no regular file.
	ErrNotRegular = errors.New("not a regular file")
	// ErrBroken means that the stream of an archive ended early or held no complete
	// zip. Nothing of it was kept.
	ErrBroken = errors.New("the archive did not arrive whole")
)

// Stored is what is known about an archive that was written to a file.
type Stored struct {
	Path, SHA256, ContentDigest string
	// Size is the length in bytes.
	Size int64
}

// NamesDirectory says whether a path can only be that of a directory, there
// or not: "new/", "new/." or "new/..".
func NamesDirectory(path string) bool {
	switch _, name := filepath.Split(path); name {
	case "", ".", "..":
		return true
	}
	return false
}

// abandoned is how long nobody wrote to a temporary file that belongs to no
// download any more.
const abandoned = time.Hour

// Prepare proves that an archive can be written to path: its directory is
// made if need be (0700) and a file in it can be created. What a killed run
// left there for the same path is removed after an hour: earlier, another
// process may be downloading the one copy of an archive into it.
func Prepare(path string) error {
	if NamesDirectory(path) {
		// Temporary files would be made, but never get this name.
		return &fs.PathError{Op: "create", Path: path, Err: syscall.EISDIR}
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type()&^fs.ModeSymlink != 0 {
		return fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	if err := os.MkdirAll(dirOf(path), 0o700); err != nil {
		return err
	}
	for _, left := range leftovers(path) {
		// Another user's, in a directory that is shared, stays. It does no harm.
		_ = os.Remove(left)
	}
	file, err := temporary(path)
	if err != nil {
		return err
	}
	return discard(file)
}

// receive streams an archive into a temporary file beside path. Whatever goes
// wrong, nothing of it is left.
func receive(ctx context.Context, path string, stream io.Reader, accept func(io.ReaderAt, Stored) error) (*os.File, Stored, error) {
	file, err := temporary(path)
	if err != nil {
		return nil, Stored{}, err
	}
	stored, err := fill(ctx, file, stream)
	if err == nil && accept != nil {
		err = accept(file, stored)
	}
	if err != nil {
		// The first error says what went wrong; a failed clean-up adds to it.
		return nil, Stored{}, errors.Join(err, discard(file))
	}
	return file, stored, nil
}

func fill(ctx context.Context, file *os.File, stream io.Reader) (Stored, error) {
	sum := sha256.New()
	source := &source{ctx: ctx, r: stream}
	size, err := io.CopyBuffer(io.MultiWriter(file, sum), source, make([]byte, 256<<10))
	switch {
	case ctx.Err() != nil:
		return Stored{}, context.Cause(ctx)
	case source.err != nil:
		return Stored{}, fmt.Errorf("%w after %d bytes: %w", ErrBroken, size, source.err)
	case err != nil:
		return Stored{}, err
	}
	digest, err := zipdir.Inspect(file, size)
	if _, ok := errors.AsType[*zipdir.FormatError](err); ok {
		return Stored{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return Stored{SHA256: hex.EncodeToString(sum.Sum(nil)), ContentDigest: digest, Size: size}, err
}

// source remembers its own error, so that a broken stream is told from a full
// disk, and ends with the context.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// seal makes the file durable and closes it.
func seal(file *os.File) error {
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

func discard(file *os.File) error {
	if err := file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	if err := os.Remove(file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Remove deletes the archive at path if it still holds the bytes with this
// SHA256. It says whether the file was there and was removed. A link is never
// what Save left, so it stays, and what it leads to.
func Remove(path, sha256Hex string) (removed bool, err error) {
	same, err := holds(path, sha256Hex)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	if err != nil || !same {
		return false, err
	}
	return true, os.Remove(path)
}

func holds(path, sha256Hex string) (bool, error) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	sum, err := sumOf(path)
	return err == nil && sum == sha256Hex, err
}

// sumOf is the SHA-256 of a file's bytes, in lower-case hex.
func sumOf(path string) (string, error) {
	file, err := openShared(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
