package asset

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Key is equal for two paths that name one file: it is absolute, and its
// directory is the one that it really is in, whatever links lead there. What is
// not there yet has the name that it would get.
func Key(path string) string {
	path = absolute(path)
	dir, name := filepath.Split(path)
	return filepath.Join(realDir(dir), name)
}

// absolute is a path from the root that leads where the path does. Windows takes
// ".." out of a text before it looks at any directory, the others do not.
func absolute(path string) string {
	if runtime.GOOS != "windows" {
		if filepath.IsAbs(path) {
			return path
		}
		if here, err := os.Getwd(); err == nil {
			return inDir(here, path)
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// realDir walks a directory as the system does: ".." is the parent of what a link
// leads to. From a component on that is not there, it is the text that counts.
func realDir(dir string) string {
	at := filepath.VolumeName(dir) + string(filepath.Separator)
	for part := range strings.FieldsFuncSeq(dir[len(filepath.VolumeName(dir)):], func(c rune) bool { return c < 0x80 && os.IsPathSeparator(uint8(c)) }) {
		// What is walked already has no link in it, so that to clean it is right.
		next := filepath.Join(at, part)
		if info, err := os.Lstat(next); err == nil && info.Mode()&os.ModeSymlink != 0 {
			if target, err := filepath.EvalSymlinks(next); err == nil {
				next = target
			}
		}
		at = next
	}
	return at
}
