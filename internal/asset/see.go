package asset

import (
	"errors"
	"io/fs"
	"os"
)

// Seen is what lies at a path, as far as one can tell without opening it.
type Seen struct {
	// Size is the length in bytes.
	Size int64
	// Directory: it is none that holds an archive.
	Directory bool
}

// See tells what somebody would read who opened path. The error is one of package os.
func See(path string) (Seen, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Seen{}, err
	}
	return Seen{Size: info.Size(), Directory: info.IsDir()}, nil
}

// Occupied says whether something has the name, and be it a link that leads nowhere. Where
// that cannot be told the error is one of package os.
func Occupied(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
