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
	for i := range mostNames {
		free := path
		if i > 0 {
			free = fmt.Sprintf("%s.%d", path, i)
		}
		err := claim(free)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := publish(file, free); err != nil {
			return errors.Join(err, os.Remove(free))
		}
		if free != path {
			return &OccupiedError{Path: path, Kept: free}
		}
		return nil
	}
	return fmt.Errorf("%s: %w", path, fs.ErrExist)
}

// claim makes an empty file, which fails on every system if there is
// something already, also a link that leads nowhere.
func claim(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}
