package year_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// leaks compare what is in use after a night with what was before the first one.
type leaks struct {
	goroutines int
	memory     int64
}

func (l *leaks) begin() { l.goroutines = len(bubble()) }

// bubble are the stacks of the goroutines that live in simulated time.
func bubble() (stacks []string) {
	buffer := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buffer, true)
		if n < len(buffer) {
			buffer = buffer[:n]
			break
		}
		buffer = make([]byte, 2*len(buffer))
	}
	for stack := range bytes.SplitSeq(buffer, []byte("\n\n")) {
		if head, _, _ := bytes.Cut(stack, []byte("\n")); bytes.Contains(head, []byte("synctest bubble")) {
			stacks = append(stacks, string(stack))
		}
	}
	return stacks
}

func (l *leaks) check(y *year, n int) {
	if stacks := bubble(); len(stacks) > l.goroutines {
		y.t.Errorf("night %d: %d goroutines, %d before the first one:\n%s", n, len(stacks), l.goroutines, strings.Join(stacks, "\n\n"))
	}
	if open := y.network.connections(); open > 0 {
		y.t.Errorf("night %d: %d ends of connections are open", n, open)
	}
	l.files(y, n)
	switch n {
	case measured:
		l.memory = y.inUse()
	case nights - 1:
		now := y.inUse()
		y.t.Logf("the provider uses %d KiB after the last night, %d KiB after night %d", now>>10, l.memory>>10, measured)
		if now > l.memory+l.memory/2+256<<10 {
			y.t.Errorf("the provider uses %d KiB after the last night, %d KiB after night %d", now>>10, l.memory>>10, measured)
		}
	}
}

// files: there is no file but the archives.
func (l *leaks) files(y *year, n int) {
	want := map[string]bool{idTokenFile: true}
	for _, a := range y.apps {
		if !a.object && !a.fleeting {
			want[a.path(y, n)] = true
		}
	}
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !want[path] {
			y.t.Errorf("night %d: left over: %s", n, path)
		}
		delete(want, path)
		return err
	})
	if err != nil || len(want) > 0 {
		y.t.Errorf("night %d: missing: %v %v", n, want, err)
	}
}

// sampled is how many bytes are allocated between two samples.
const sampled = 16 << 10

// inUse is how many bytes the product has in use: what functions of the product allocated, as far as it
// was sampled, and not what the simulator keeps.
func (y *year) inUse() (bytes int64) {
	for _, t := range y.teams {
		// The framework keeps a few hundred bytes of each request until Terraform stops it. That is not ours.
		if _, err := t.plans.server.StopProvider(y.t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
			y.t.Error(err)
		}
	}
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 1<<14)
	n, ok := runtime.MemProfile(records, false)
	for !ok {
		records = make([]runtime.MemProfileRecord, 2*n)
		n, ok = runtime.MemProfile(records, false)
	}
	for _, r := range records[:n] {
		if !ours(r.Stack()) || r.InUseObjects() == 0 {
			continue
		}
		// Of small objects, few are sampled.
		size := float64(r.InUseBytes()) / float64(r.InUseObjects())
		bytes += int64(float64(r.InUseBytes()) / (1 - math.Exp(-size/sampled)))
	}
	return bytes
}

func ours(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	found := false
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "/internal/simulator.") {
			return false
		}
		for _, name := range []string{"roma.", "httpapi.", "asset.", "store/", "provider.", "provider/fastpath.", "provider/jobrun.", "provider/platform"} {
			found = found || strings.Contains(frame.Function, "/terraform-provider-asset/internal/"+name)
		}
		if !more {
			return found
		}
	}
}
