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
// error is an *OccupiedError.
func SaveNew(ctx context.Context, path string, stream io.Reader, accept func(io.ReaderAt, int64) error) (Stored, error) {
	return save(ctx, path, stream, accept, publishNew)
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

// moveNew gives a file a name that nothing has, at once and whole: whoever
// looks, and whatever is left of a killed run, is the archive or nothing.
func moveNew(from, to string) error {
	err := os.Link(from, to)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without links to files, such as FAT.
		return claimAndRename(from, to)
	}
	if err == nil {
		// The archive has its name. What a failure leaves, Prepare removes.
		_ = os.Remove(from)
	}
	return err
}

// claimAndRename makes an empty file first, which fails on every system if
// there is something already, also a link that leads nowhere.
func claimAndRename(from, to string) error {
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}
