package asset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// openShared opens a file for reading so that another one may take its name meanwhile:
// package os opens files without FILE_SHARE_DELETE, and until they are closed nobody
// can rename, replace or remove them.
func openShared(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return os.Open(path)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE|syscall.FILE_SHARE_DELETE,
		nil, syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		// Package os knows how to write long names, and what to say.
		return os.Open(path)
	}
	return os.NewFile(uintptr(handle), path), nil
}

// replace gives a file the name of another one, which is gone then, even where somebody
// reads it with openShared. MoveFileEx refuses that; the rename that os.Root asks for
// (FILE_RENAME_POSIX_SEMANTICS, Windows 10 1607 or newer with NTFS) does not, and
// elsewhere what is read steps aside first.
func replace(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, syscall.ERROR_ACCESS_DENIED) && !errors.Is(err, errSharingViolation) {
		return err
	}
	if replaceAtOnce(from, to) == nil || stepAside(from, to) == nil {
		return nil
	}
	return fmt.Errorf("another program may have it open: %w", err)
}

func replaceAtOnce(from, to string) error {
	if dirOf(from) != dirOf(to) {
		return errors.ErrUnsupported
	}
	root, err := os.OpenRoot(dirOf(to))
	if err != nil {
		return err
	}
	err = root.Rename(filepath.Base(from), filepath.Base(to))
	// Nothing was written to it.
	_ = root.Close()
	return err
}

// stepAside leaves what is at to under the name of a temporary file until it is closed.
func stepAside(from, to string) error {
	aside, err := temporary(to)
	if err != nil {
		return err
	}
	if err = aside.Close(); err == nil {
		err = os.Rename(to, aside.Name())
	}
	if err != nil {
		return errors.Join(err, os.Remove(aside.Name()))
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Rename(aside.Name(), to))
	}
	// It goes when its reader closes it.
	_ = os.Remove(aside.Name())
	return nil
}

// errSharingViolation is ERROR_SHARING_VIOLATION (winerror.h), which package syscall has no name for.
const errSharingViolation = syscall.Errno(32)
