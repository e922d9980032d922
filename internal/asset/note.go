package asset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A note says, beside a path, whose the file there is while no state does: between
// the end of one export and the beginning of its successor.

const (
	noteTail = ".asset-note"
	// longestNote is far above what a note needs, in bytes.
	longestNote = 64 << 10
)

func notePath(path string) string {
	return inDir(dirOf(path), "."+shortened(filepath.Base(path), longestName-len(".")-len(noteTail))+noteTail)
}

// WriteNote leaves a note (0600) for path, whole or not at all. ErrNotRegular means that
// something else has its name, such as a link that somebody put there: it is left alone,
// with what it leads to.
func WriteNote(path string, note []byte) error {
	name := notePath(path)
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", name, ErrNotRegular)
	}
	file, err := temporary(path)
	if err != nil {
		return err
	}
	_, err = file.Write(note)
	if err = errors.Join(err, file.Close()); err == nil {
		err = replace(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// ReadNote returns the note for path, nil where there is none that can be read.
func ReadNote(path string) []byte {
	info, err := os.Lstat(notePath(path))
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestNote {
		return nil
	}
	note, err := os.ReadFile(notePath(path))
	if err != nil {
		return nil
	}
	return note
}

// RemoveNote removes the note for path, if there is one.
func RemoveNote(path string) {
	if info, err := os.Lstat(notePath(path)); err != nil || !info.Mode().IsRegular() {
		return
	}
	// One that stays is about a file that is gone or has other bytes.
	_ = os.Remove(notePath(path))
}
