package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

var noticingFile = flag.String("noticing", "", "write what was measured to this `file`")

// noticingJobs is how many jobs of each length are waited for.
const noticingJobs = 400

// simulated is a job, as a client sees it.
type simulated struct {
	begin    time.Time
	length   time.Duration
	progress bool
	looks    int
}

// look tells progress as servers do: in percent, rounded down, and all of it
// only at the end.
func (s *simulated) look(_ context.Context, id string) (asset.Job, error) {
	s.looks++
	since := time.Since(s.begin)
	job := asset.Job{ID: id, Status: asset.Running}
	if since >= s.length {
		job.Status, job.Progress = asset.Succeeded, 1
	} else {
		job.Progress = math.Floor(100*float64(since)/float64(s.length)) / 100
	}
	if !s.progress {
		job.Progress = 0
	}
	return job, nil
}

// poll is a wait with a fixed gap.
func poll(ctx context.Context, s *simulated, gap time.Duration) error {
	for {
		time.Sleep(gap)
		if job, err := s.look(ctx, "j1"); err != nil || job.Status != asset.Running {
			return err
		}
	}
}

// TestNoticing measures how soon ends of jobs are noticed. What a poll with a
// fixed gap comes to can be told beforehand; that holds the measuring itself.
func TestNoticing(t *testing.T) {
	t.Parallel()
	var all []noticed
	for _, length := range []time.Duration{300 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second, time.Minute, 10 * time.Minute} {
		for _, progress := range []bool{false, true} {
			kind := noticed{Job: length, Progress: progress}
			all = append(all, notice(t, kind, "wait", 0, func(ctx context.Context, s *simulated) error {
				_, err := asset.Wait(ctx, asset.Job{ID: "j1", Status: asset.Running}, s.look, nil)
				return err
			}))
			for _, gap := range []time.Duration{2 * time.Second, 10 * time.Second} {
				way := fmt.Sprintf("poll %s", gap)
				all = append(all, notice(t, kind, way, gap, func(ctx context.Context, s *simulated) error { return poll(ctx, s, gap) }))
			}
		}
	}
	if *noticingFile == "" {
		return
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(*noticingFile, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func notice(t *testing.T, kind noticed, way string, gap time.Duration, wait func(context.Context, *simulated) error) noticed {
	t.Helper()
	kind.Way = way
	synctest.Test(t, func(t *testing.T) {
		for range noticingJobs {
			s := &simulated{begin: time.Now(), length: time.Duration(float64(kind.Job) * (0.9 + 0.2*rand.Float64())), progress: kind.Progress}
			if err := wait(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			late := time.Since(s.begin) - s.length
			if want := int((s.length + gap - 1) / max(gap, 1)); gap > 0 && (s.looks != want || late >= gap) || late < 0 {
				t.Errorf("%s of %s: %d looks, %s late", way, s.length, s.looks, late)
			}
			kind.Mean += late / noticingJobs
			kind.Worst = max(kind.Worst, late)
			kind.Requests += float64(s.looks) / noticingJobs
		}
	})
	return kind
}
