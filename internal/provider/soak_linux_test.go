//go:build soak

package provider_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// soakPairs is how many exports, each with its import, a configuration of the soak has, and
	// soakReleases how many releases it promotes: one that creates, and one that updates.
	soakPairs, soakReleases = 10, 2
	soakPerSite             = soakPairs * soakReleases
)

// TestSoak promotes, half of it through a store, while requests are disturbed at random and processes
// are killed at random, applying until everything is done. Then the ledger is closed: what the simulators
// recorded against states, files, objects and messages.
func TestSoak(t *testing.T) {
	promotions := fromEnvironment(t, "SOAK_PROMOTIONS", 500)
	seed := uint64(fromEnvironment(t, "SOAK_SEED", int(rand.Uint32())))
	t.Logf("%d promotions, seed %d (SOAK_SEED=%d draws the same faults and kills)", promotions, seed, seed)
	begin, sum := time.Now(), &tally{counts: map[string]int{}}
	t.Run("sites", func(t *testing.T) {
		for i := range (promotions + soakPerSite - 1) / soakPerSite {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				newSoakSite(t, seed, uint64(i), sum).promote()
			})
		}
	})
	t.Logf("seed %d, %s:\n%s", seed, time.Since(begin).Round(time.Second), sum)
	if left := peaksOfChildren(t, os.Getpid()); len(left) > 0 {
		t.Errorf("provider processes are left: %v", left)
	}
}

// tally counts what happened in all sites.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (s *tally) add(what string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[what] += n
}

func (s *tally) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, what := range slices.Sorted(maps.Keys(s.counts)) {
		lines = append(lines, fmt.Sprintf("%6d %s", s.counts[what], what))
	}
	return strings.Join(lines, "\n")
}

func fromEnvironment(t *testing.T, name string, fallback int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
