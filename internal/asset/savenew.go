package asset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// OccupiedError means that somebody else put something at the path while the
// archive was on its way. It was left alone.
type OccupiedError struct {
	Path string
	// Kept is where the archive is now: it may be the only copy.
	Kept string
}

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("there is something at %s now, the archive was kept at %s", e.Path, e.Kept)
}

// SaveNew is Save for a path where nothing is: what appears there meanwhile
// is never replaced. Then the archive gets another name beside path, and the
// error is an *OccupiedError. Where it can get no name there, it is a *KeptError.
func (t Target) SaveNew(ctx context.Context, stream io.Reader, accept func(io.ReaderAt, Stored) error) (Stored, error) {
	file, stored, err := receive(ctx, t.Path, stream, accept)
	if err != nil {
		return Stored{}, err
	}
	if file, err = t.refuge(file); err != nil {
		return Stored{}, err
	}
	err = publishNew(file, t.Path)
	if _, occupied := errors.AsType[*OccupiedError](err); err != nil && !occupied {
		return Stored{}, t.keep(file.Name(), stored, err)
	}
	stored.Path = t.Path
	return stored, err
}

// TakeKept puts an archive in place that an earlier SaveNew kept for the same job, which
// is told by its name alone. It says whether there was one.
func (t Target) TakeKept() bool {
	for _, dir := range t.refuges() {
		name := inDir(dir, keptName(t.Path, t.Job))
		if isWhole(name) && Prepare(t.Path) == nil && moveNew(name, t.Path) == nil {
			return true
		}
	}
	return false
}

// mostNames limits the search for a free name.
const mostNames = 100

// publishNew publishes the file at path, or at path with a number behind it.
func publishNew(file *os.File, path string) error {
	if err := seal(file); err != nil {
		return err
	}
	for i := range mostNames {
		free := path
		if i > 0 {
			free = fmt.Sprintf("%s.%d", path, i)
		}
		err := moveNew(file.Name(), free)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil && free != path {
			err = &OccupiedError{Path: path, Kept: free}
		}
		return err
	}
	return fmt.Errorf("%s: %w", path, fs.ErrExist)
}
