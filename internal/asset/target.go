package asset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Target is where an archive is to lie, and what may be replaced there.
type Target struct {
	// Path is the file's path as the user wrote it.
	Path string
	// Own are the SHA-256 (lower-case hex) of what may be replaced at Path:
	// what the same export put there earlier. Whatever else is there stays.
	Own []string
	// Job is the id of the job that makes the archive; empty where there is
	// none. It is part of the name of an archive that cannot be put at Path.
	Job string
}

// TakenError means that there is something at the path that may not be
// replaced. It was left alone.
type TakenError struct{ Path string }

func (e *TakenError) Error() string {
	return fmt.Sprintf("there is something at %s that this export did not write", e.Path)
}

// KeptError means that an archive arrived whole and could not be put at its
// path: it lies at Kept, which may be the only copy.
type KeptError struct {
	Kept   string
	Stored Stored
	// Err is why: a *TakenError, or an error of the file system.
	Err error
}

func (e *KeptError) Error() string {
	return fmt.Sprintf("%v; the archive was kept at %s", e.Err, e.Kept)
}

func (e *KeptError) Unwrap() error { return e.Err }

// refuges are where an archive is kept that cannot be put at its path: beside
// it, in the working directory, or among the temporary files of the system.
func (t Target) refuges() []string { return []string{dirOf(t.Path), ".", os.TempDir()} }

// Prepare is the function Prepare, and proves that nothing else is at the
// path: the error is then a *TakenError.
func (t Target) Prepare() error {
	if err := Prepare(t.Path); err != nil {
		return err
	}
	_, err := t.own()
	return err
}

// own says whether there is something at the path that may be replaced. If it
// may not be, the error is a *TakenError.
func (t Target) own() (there bool, err error) {
	info, err := os.Lstat(t.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.Mode().Type()&^fs.ModeSymlink != 0 {
		return false, fmt.Errorf("%s: %w", t.Path, ErrNotRegular)
	}
	if info.Mode().IsRegular() && len(t.Own) > 0 {
		sum, err := sumOf(t.Path)
		if err != nil {
			return false, err
		}
		// What came in its place while it was read is something else.
		if now, err := os.Lstat(t.Path); err == nil && slices.Contains(t.Own, sum) && unchanged(info, now) {
			return true, nil
		}
	}
	return false, &TakenError{t.Path}
}

func unchanged(before, now fs.FileInfo) bool {
	return os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}

// Save streams an archive into a temporary file beside the path, hashes it on the
// way, checks that it is a complete zip, and gives it its name, mode 0600. What is
// there and may not be replaced stays. A stream that breaks
// is ErrBroken; other errors are those of the file system, of ctx and of
// accept, which looks at the complete zip before it gets its name. An archive that
// arrived whole is never thrown away: the error is then a *KeptError.
func (t Target) Save(ctx context.Context, stream io.Reader, accept func(io.ReaderAt, Stored) error) (Stored, error) {
	file, stored, err := receive(ctx, t.Path, stream, accept)
	if err != nil {
		return Stored{}, err
	}
	if file, err = t.refuge(file); err != nil {
		return Stored{}, err
	}
	if err := seal(file); err != nil {
		return Stored{}, t.keep(file.Name(), stored, err)
	}
	if err := t.place(file.Name()); err != nil {
		return Stored{}, t.keep(file.Name(), stored, err)
	}
	stored.Path = t.Path
	return stored, nil
}

// refuge copies a file whose name is gone, with its directory, to a new one.
func (t Target) refuge(file *os.File) (*os.File, error) {
	here, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, discard(file))
	}
	if named, err := os.Lstat(file.Name()); err == nil && os.SameFile(here, named) {
		return file, nil
	}
	for _, dir := range t.refuges() {
		// Where it cannot be made, nothing can be created in it either.
		_ = os.MkdirAll(dir, 0o700)
		fresh, failed := temporary(inDir(dir, filepath.Base(t.Path)))
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		_, failed = io.Copy(fresh, io.NewSectionReader(file, 0, here.Size()))
		if failed == nil {
			_ = file.Close()
			return fresh, nil
		}
		err = errors.Join(err, failed, discard(fresh))
	}
	return nil, errors.Join(fmt.Errorf("%s went away: %w", dirOf(file.Name()), fs.ErrNotExist), err, discard(file))
}

// place gives a sealed file the name of the target.
func (t Target) place(from string) error {
	there, err := t.own()
	if err != nil {
		return err
	}
	if there {
		return renameOrCopy(from, t.Path)
	}
	err = moveNew(from, t.Path)
	if errors.Is(err, fs.ErrExist) {
		return &TakenError{t.Path}
	}
	return err
}

// keep gives a complete archive the name that says whose it is, where it can be
// written, and returns the error that tells. One that has such a name keeps it.
func (t Target) keep(from string, stored Stored, why error) *KeptError {
	kept := &KeptError{Kept: from, Stored: stored, Err: why}
	for _, name := range t.kept(stored.SHA256) {
		if SameFile(from, name) {
			break
		}
		err := moveNew(from, name)
		if err == nil || errors.Is(err, fs.ErrExist) && holdsQuietly(name, stored.SHA256) {
			kept.Kept = name
			if err != nil {
				// It was kept before.
				_ = os.Remove(from)
			}
			break
		}
	}
	return kept
}

// kept are the names that the archive of the job may have been kept under.
func (t Target) kept(sha256Hex string) []string {
	label := t.Job
	if label == "" {
		label = sha256Hex[:16]
	}
	names := t.refuges()
	for i, dir := range names {
		names[i] = inDir(dir, keptName(t.Path, label))
	}
	return names
}

// Restore puts an archive in place that an earlier Save kept, for this path or
// for the path before. It sends and asks nothing. fs.ErrNotExist means that
// there is no such archive any more; a *KeptError that it still cannot be put
// there.
func (t Target) Restore(before string, stored Stored) (Stored, error) {
	if holdsQuietly(t.Path, stored.SHA256) {
		// Somebody put it there by hand.
		stored.Path = t.Path
		return stored, nil
	}
	old := t
	old.Path = before
	name := t.Find(stored)
	if name == "" {
		name = old.Find(stored)
	}
	if name == "" {
		return Stored{}, fs.ErrNotExist
	}
	err := Prepare(t.Path)
	if err == nil {
		err = t.place(name)
	}
	if err != nil {
		return Stored{}, t.keep(name, stored, err)
	}
	stored.Path = t.Path
	return stored, nil
}

// Find is where an earlier Save kept an archive that could not be put at the
// path; empty where it is not there any more. Where not even a name for it could be
// made, it has that of a temporary file.
func (t Target) Find(stored Stored) string {
	for _, name := range t.kept(stored.SHA256) {
		if Holds(name, stored) {
			return name
		}
	}
	for _, dir := range t.refuges() {
		for _, name := range temporaries(inDir(dir, filepath.Base(t.Path))) {
			if Holds(name, stored) {
				return name
			}
		}
	}
	return ""
}

// SameFile says whether there is one file at both paths.
func SameFile(one, other string) bool {
	a, errA := os.Lstat(one)
	b, errB := os.Lstat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// Holds says whether an archive lies at path, by its bytes.
func Holds(path string, stored Stored) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Size() == stored.Size && holdsQuietly(path, stored.SHA256)
}

// holdsQuietly is holds for a file that need not be there.
func holdsQuietly(path, sha256Hex string) bool {
	same, err := holds(path, sha256Hex)
	return err == nil && same
}
