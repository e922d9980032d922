//go:build !linux

package main

// settle does nothing: a portable program cannot ask for all of a system's
// files to be written.
func settle() {}
