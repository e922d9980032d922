package asset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A note says, beside a path, what no state says yet, or no more.

// Note is which note of a path it is.
type Note string

// SuccessorNote says whose the file at the path is between the end of one export and the beginning of its
// successor. ExportNote says what an export has begun that is not in a state yet.
const (
	SuccessorNote Note = "note"
	ExportNote    Note = "export"
)

// ImportNote says what an import from the path has begun; to is its target, of which there may be more than one.
func ImportNote(to string) Note { return Note("import").Of(to) }

// Of is a note of its own for one of several that lie beside the same name.
func (n Note) Of(which string) Note { return n + Note("-"+short(which)) }

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// longestNote is far above what a note needs, in bytes.
const longestNote = 64 << 10

func (n Note) path(path string) string { return n.named(path, "") }

// fresh is the name of a note that is being written.
func (n Note) fresh(path string) string { return n.named(path, "-new") }

func (n Note) named(path, more string) string {
	tail := keptMark + string(n) + more
	base, room := filepath.Base(path), longestName-len(".")-len(tail)
	if len(base) > room {
		// Two long names may begin with the same.
		end := "-" + short(base)
		base = shortened(base, room-len(end)) + end
	}
	return inDir(dirOf(path), "."+base+tail)
}

// Write leaves a note (0600) for path, whole or not at all. ErrNotRegular means that
// something else has its name, such as a link that somebody put there: it is left alone,
// with what it leads to.
func (n Note) Write(path string, note []byte) error {
	name := n.path(path)
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", name, ErrNotRegular)
	}
	// One of a run that was killed in between has the same name, and nothing else has it: a link is not followed.
	_ = os.Remove(n.fresh(path))
	file, err := os.OpenFile(n.fresh(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
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

// Read returns the note for path, nil where there is none that can be read.
func (n Note) Read(path string) []byte {
	info, err := os.Lstat(n.path(path))
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestNote {
		return nil
	}
	note, err := os.ReadFile(n.path(path))
	if err != nil {
		return nil
	}
	return note
}

// Remove removes the note for path, if there is one.
func (n Note) Remove(path string) {
	if info, err := os.Lstat(n.fresh(path)); err == nil && info.Mode().IsRegular() {
		_ = os.Remove(n.fresh(path))
	}
	if info, err := os.Lstat(n.path(path)); err != nil || !info.Mode().IsRegular() {
		return
	}
	// One that stays is about a file that is gone or has other bytes.
	_ = os.Remove(n.path(path))
}
