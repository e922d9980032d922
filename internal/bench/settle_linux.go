package main

import "syscall"

// settle writes to disk what earlier measurements left in memory, so that it
// is not written during the next one.
func settle() { syscall.Sync() }
