package provider_test

import (
	"encoding/binary"
	"syscall"
)

// opens counts how often any process opens a file while do runs.
func (s *stage) opens(name string, want int, do func()) {
	s.t.Helper()
	watch, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = syscall.Close(watch) }()
	if _, err := syscall.InotifyAddWatch(watch, s.path(name), syscall.IN_OPEN|syscall.IN_CLOSE); err != nil {
		s.t.Fatal(err)
	}
	do()
	count, buffer := 0, make([]byte, 64<<10)
	for {
		n, err := syscall.Read(watch, buffer)
		if n <= 0 || err != nil {
			break
		}
		for at := 0; at < n; at += syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(buffer[at+12:])) {
			// Events of closing keep the kernel from merging those of opening.
			if binary.NativeEndian.Uint32(buffer[at+4:])&syscall.IN_OPEN != 0 {
				count++
			}
		}
	}
	if count != want {
		s.t.Errorf("%s was opened %d times, want %d", name, count, want)
	}
}
