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
	"strings"
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
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	for _, left := range leftovers(path) {
		if err := os.Remove(left); err != nil {
			return err
		}
	}
	file, err := temporary(path)
	if err != nil {
		return err
	}
	return discard(file)
}

// Save streams an archive into a temporary file beside path, hashes it on the
// way, checks that it is a complete zip, and gives it its name, mode 0600.
// Whatever goes wrong, path holds what it held before. A stream that breaks
// is ErrBroken; other errors are those of the file system, of ctx and of
// accept, which looks at the complete zip before it gets its name.
func Save(ctx context.Context, path string, stream io.Reader, accept func(io.ReaderAt, int64) error) (Stored, error) {
	return save(ctx, path, stream, accept, publish)
}

// save is Save with a choice of how the complete file gets its name.
func save(ctx context.Context, path string, stream io.Reader, accept func(io.ReaderAt, int64) error, publish func(*os.File, string) error) (Stored, error) {
	file, err := temporary(path)
	if err != nil {
		return Stored{}, err
	}
	stored, err := fill(ctx, file, stream)
	if err == nil && accept != nil {
		err = accept(file, stored.Size)
	}
	if err == nil {
		err = publish(file, path)
	}
	if err != nil {
		// The first error says what went wrong; a failed clean-up adds to it.
		return Stored{}, errors.Join(err, discard(file))
	}
	stored.Path = path
	return stored, nil
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

// publish makes the file durable and gives it its name.
func publish(file *os.File, path string) error {
	if err := seal(file); err != nil {
		return err
	}
	// Renaming onto a directory fails on every system, but with words that
	// differ; a link is replaced, never followed.
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	return os.Rename(file.Name(), path)
}

// seal makes the file durable and closes it.
func seal(file *os.File) error {
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

const temporaryMark = ".asset-part-"

// temporary creates a file (0600) beside path whose name says what it is.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+temporaryMark+"*")
}

func leftovers(path string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		// The directory will tell when the file is created in it.
		return nil
	}
	var found []string
	prefix := "." + filepath.Base(path) + temporaryMark
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), prefix) || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) >= abandoned {
			found = append(found, filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
	return found
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

// Move brings an archive from one path to another, also across file systems.
// fs.ErrNotExist means that there is nothing at from, ErrNotRegular that it is
// no archive of Save: a link, say, which is left alone with what it leads to.
func Move(from, to string) error {
	if info, err := os.Lstat(from); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", from, ErrNotRegular)
	}
	if err := Prepare(to); err != nil {
		return err
	}
	if os.Rename(from, to) == nil {
		return nil
	}
	// The usual reason is another file system; copying also tells any other.
	return copyAndRemove(from, to)
}

func copyAndRemove(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	out, err := temporary(to)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, in.Close()); err == nil {
		err = publish(out, to)
	}
	if err != nil {
		return errors.Join(err, discard(out))
	}
	return os.Remove(from)
}

// Remove deletes the archive at path if it still holds the bytes with this
// SHA256. It says whether the file was there and was removed. A link is never
// what Save left, so it stays, and what it leads to.
func Remove(path, sha256Hex string) (removed bool, err error) {
	same, err := holds(path, sha256Hex)
	if errors.Is(err, fs.ErrNotExist) {
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
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return false, err
	}
	return hex.EncodeToString(sum.Sum(nil)) == sha256Hex, nil
}
