//go:build soak

package provider_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// blow is a signal at a moment that is drawn.
type blow struct {
	// victim is "provider", "terraform", "group" (all get SIGKILL) or "interrupt" (terraform gets SIGINT).
	victim string
	// moment is a kind of request, "placed" (there is a new archive at a path), "part" (a temporary
	// file), or "later".
	moment string
	nth    int
	delay  time.Duration
}

var soakMoments = []string{
	"export", "export", "job", "download", "download", "download", "placed", "placed", "placed", "part",
	"store_head", "store_begin", "store_put", "store_put", "store_put", "import", "import", "import", "store_get", "later",
}

func drawBlow(random *rand.Rand) blow {
	victims := []string{"provider", "provider", "provider", "provider", "terraform", "group", "interrupt"}
	return blow{
		victim: victims[random.IntN(len(victims))], moment: soakMoments[random.IntN(len(soakMoments))],
		nth: 1 + random.IntN(3), delay: time.Duration(random.IntN(12_000)) * time.Microsecond * time.Duration(random.IntN(3)),
	}
}

// strikes waits for the moment of a blow, and strikes; it says whether it came to that before over was
// closed.
func (s *soakSite) strikes(r *running, b blow, over <-chan struct{}) bool {
	begin, before, seen := time.Now(), s.moments(b.moment), map[int]bool{}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-over:
			return false
		case <-tick.C:
		}
		if i%40 == 0 {
			seen = s.providers()
		}
		if came := s.moments(b.moment)-before >= b.nth; !came && (b.moment != "later" || time.Since(begin) < time.Duration(b.nth)*time.Second) {
			continue
		}
		time.Sleep(b.delay)
		if b.victim == "provider" && len(seen) == 0 {
			seen = s.providers()
		}
		s.strike(r, b.victim, seen)
		return true
	}
}

func (s *soakSite) strike(r *running, victim string, providers map[int]bool) {
	// What has ended meanwhile cannot be hit.
	switch victim {
	case "provider":
		for pid := range providers {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	case "terraform":
		_ = r.cmd.Process.Kill()
	case "group":
		_ = signalGroup(r.cmd, syscall.SIGKILL)
	case "interrupt":
		_ = r.cmd.Process.Signal(syscall.SIGINT)
	}
}

// providers are the provider processes of the site now.
func (s *soakSite) providers() map[int]bool {
	out := map[int]bool{}
	for _, link := range s.processes() {
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			out[pid] = true
		}
	}
	return out
}

// moments counts how often a moment came.
func (s *soakSite) moments(moment string) int {
	switch moment {
	case "later":
		return 0
	case "part":
		return len(s.temporaries())
	case "placed":
		n := 0
		files, err := os.ReadDir(s.path("archives"))
		for _, file := range files {
			if info, failed := file.Info(); failed == nil && err == nil && info.ModTime().After(s.runBegan) && file.Name()[0] != '.' {
				n++
			}
		}
		return n
	}
	return s.count(moment)
}
