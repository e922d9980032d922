//go:build !windows

package asset

import "os"

// openShared opens a file for reading. Another one may take its name meanwhile.
func openShared(path string) (*os.File, error) { return os.Open(path) }

// replace gives a file the name of another one, which is gone then, even where
// somebody reads it.
func replace(from, to string) error { return os.Rename(from, to) }
