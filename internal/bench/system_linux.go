package main

import "syscall"

// settle writes to disk what earlier measurements left in memory, so that it
// is not written during the next one.
func settle() { syscall.Sync() }

// freeSpace is how many bytes may be written to the file system of a directory.
func freeSpace(dir string) (int64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return 0, err
	}
	return int64(stat.Bavail * uint64(stat.Bsize)), nil
}
