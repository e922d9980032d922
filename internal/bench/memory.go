package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// memoryLook is how often memory is looked at. The kernel keeps the peak, so
// only what a process takes right before its end could be missed.
const memoryLook = 20 * time.Millisecond

// watch follows the provider processes of one terraform.
type watch struct {
	parent  string
	end     chan struct{}
	highest chan int64
}

func watchMemory(terraform int) *watch {
	w := &watch{parent: strconv.Itoa(terraform), end: make(chan struct{}), highest: make(chan int64)}
	go w.run()
	return w
}

// stop returns the highest peak of resident memory of a provider process in
// bytes (VmHWM); 0 if none was seen.
func (w *watch) stop() int64 {
	close(w.end)
	return <-w.highest
}

func (w *watch) run() {
	var highest int64
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		select {
		case <-w.end:
			w.highest <- highest
			return
		case <-tick.C:
			highest = max(highest, w.look())
		}
	}
}

// parentOf finds the parent of a provider process in its stat file. The kernel
// cuts names to 15 characters.
var parentOf = regexp.MustCompile(`^\d+ \(terraform-provi\) \S (\d+) `)

// look reads the peaks of the processes as of now. They may end meanwhile.
func (w *watch) look() (highest int64) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	for _, file := range stats {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		match := parentOf.FindSubmatch(data)
		if match == nil || string(match[1]) != w.parent {
			continue
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err == nil {
			highest = max(highest, peakIn(status))
		}
	}
	return highest
}

func peakIn(status []byte) int64 {
	for line := range bytes.Lines(status) {
		var kib int64
		if n, err := fmt.Sscanf(string(line), "VmHWM: %d kB", &kib); n == 1 && err == nil {
			return kib << 10
		}
	}
	return 0
}

// mib writes bytes as MiB.
func mib(n int64) string { return number(float64(n)/(1<<20), "MiB") }
