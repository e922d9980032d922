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

// usage is what provider processes took.
type usage struct {
	// memory is the highest peak of resident memory of one of them in bytes
	// (VmHWM).
	memory int64
	// seconds of processor time of all of them, and total with terraform's.
	seconds, total float64
}

// watch follows the provider processes of one terraform.
type watch struct {
	parent string
	end    chan struct{}
	done   chan usage
	// ticks is the processor time of each process in hundredths of a second.
	ticks map[string]int64
	usage usage
}

func watchProviders(terraform int) *watch {
	w := &watch{parent: strconv.Itoa(terraform), end: make(chan struct{}), done: make(chan usage), ticks: map[string]int64{}}
	go w.run()
	return w
}

// stop returns what was seen.
func (w *watch) stop() usage {
	close(w.end)
	return <-w.done
}

func (w *watch) run() {
	tick := time.NewTicker(memoryLook)
	defer tick.Stop()
	for {
		select {
		case <-w.end:
			for _, ticks := range w.ticks {
				w.usage.seconds += float64(ticks) / 100
			}
			w.done <- w.usage
			return
		case <-tick.C:
			w.look()
		}
	}
}

// statOf finds parent, user and system time of a provider process in its stat
// file (proc(5), fields 4, 14 and 15). The kernel cuts names to 15 characters.
var statOf = regexp.MustCompile(`^(\d+) \(terraform-provi\) \S (\d+) (?:\S+ ){9}(\d+) (\d+) `)

// look reads what the processes took as of now. They may end meanwhile.
func (w *watch) look() {
	// The pattern is well-formed.
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		match := statOf.FindSubmatch(data)
		if match == nil || string(match[2]) != w.parent {
			continue
		}
		var user, system int64
		if n, err := fmt.Sscan(string(match[3])+" "+string(match[4]), &user, &system); n == 2 && err == nil {
			w.ticks[string(match[1])] = user + system
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err == nil {
			w.usage.memory = max(w.usage.memory, peakIn(status))
		}
	}
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
