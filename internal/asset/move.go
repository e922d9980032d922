package asset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Move brings an archive from one path to another, also across file systems.
// fs.ErrNotExist means that there is nothing at from, ErrNotRegular that it is
// no archive of Save: a link, say, which is left alone with what it leads to. A
// *TakenError means that there is something at to already: it stays.
func Move(from, to string) error {
	source, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if !source.Mode().IsRegular() {
		return fmt.Errorf("%s: %w", from, ErrNotRegular)
	}
	if err := Prepare(to); err != nil {
		return err
	}
	if there, err := os.Lstat(to); err == nil && os.SameFile(source, there) {
		if twoNames(from, to) {
			// A move ended between its two steps.
			return os.Remove(from)
		}
		if filepath.Base(from) == filepath.Base(to) {
			return nil
		}
		// Another way to write the same name.
		return os.Rename(from, to)
	}
	err = moveNew(from, to)
	if errors.Is(err, fs.ErrExist) {
		return &TakenError{to}
	}
	return err
}

// twoNames says whether two paths of one file are two names of it, and not two
// ways to write one name, as there are where upper and lower case are the same.
func twoNames(one, other string) bool {
	a, errA := os.Stat(dirOf(one))
	b, errB := os.Stat(dirOf(other))
	if errA != nil || errB != nil {
		return false
	}
	if !os.SameFile(a, b) {
		return true
	}
	entries, err := os.ReadDir(dirOf(one))
	has := func(path string) bool {
		return slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return entry.Name() == filepath.Base(path) })
	}
	return err == nil && filepath.Base(one) != filepath.Base(other) && has(one) && has(other)
}

// moveNew gives a file a name that nothing has, at once and whole: whoever
// looks, and whatever is left of a killed run, is the archive or nothing. What
// has the name already is fs.ErrExist.
func moveNew(from, to string) error {
	err := os.Link(from, to)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without links to files, such as FAT, or another one.
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
	if err := renameOrCopy(from, to); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// renameOrCopy replaces what is at to. The usual reason why a file cannot be
// renamed is another file system; copying also tells any other.
func renameOrCopy(from, to string) error {
	if replace(from, to) == nil {
		return nil
	}
	return copyAndRemove(from, to)
}

func copyAndRemove(from, to string) error {
	in, err := openShared(from)
	if err != nil {
		return err
	}
	out, err := temporary(to)
	if err != nil {
		return errors.Join(err, in.Close())
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, in.Close()); err == nil {
		err = seal(out)
	}
	if err == nil {
		err = replace(out.Name(), to)
	}
	if err != nil {
		return errors.Join(err, discard(out))
	}
	// The archive has its name. To fail now would throw the copy away.
	_ = os.Remove(from)
	return nil
}
