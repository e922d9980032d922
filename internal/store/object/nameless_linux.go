package object

import (
	"os"

	"golang.org/x/sys/unix"
)

// nameless is an open file without a name from its first moment on, of which a kill leaves nothing. Some
// file systems have none: there it has a name for a moment.
func nameless() (*os.File, error) {
	fd, err := unix.Open(os.TempDir(), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return named()
	}
	return os.NewFile(uintptr(fd), ""), nil
}
