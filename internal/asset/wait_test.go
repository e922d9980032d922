package asset_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

var errGarbled = errors.New("garbled answer")

// server is a job of a certain length, as a client sees it.
type server struct {
	begin    time.Time
	length   time.Duration
	progress bool
	looks    int
	// answer, if set, replaces the usual answer of look n (from 1).
	answer func(n int) (asset.Job, error)
}

func (s *server) look(_ context.Context, id string) (asset.Job, error) {
	s.looks++
	if s.answer != nil {
		return s.answer(s.looks)
	}
	since := time.Since(s.begin)
	job := asset.Job{ID: id, Status: asset.Running}
	if s.progress {
		job.Progress = min(float64(since)/float64(s.length), 1)
	}
	if since >= s.length {
		job.Status = asset.Succeeded
	}
	return job, nil
}

var started = asset.Job{ID: "j1", Status: asset.Running}

func TestWaitNoticesSoon(t *testing.T) {
	t.Parallel()
	for _, length := range []time.Duration{
		300 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second, time.Minute, 10 * time.Minute,
	} {
		for _, progress := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s progress=%t", length, progress), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					const runs = 200
					var delay time.Duration
					for range runs {
						s := &server{begin: time.Now(), length: length, progress: progress}
						job, err := asset.Wait(t.Context(), started, s.look, nil)
						if err != nil || job.Status != asset.Succeeded || job.ID != "j1" {
							t.Fatalf("got %+v, %v", job, err)
						}
						late := time.Since(s.begin) - length
						if late > 10*time.Second {
							t.Errorf("noticed %s late", late)
						}
						delay += late / runs
					}
					if limit := max(length/10, 500*time.Millisecond); delay > limit {
						t.Errorf("mean delay %s, want at most %s", delay, limit)
					}
				})
			})
		}
	}
}

func TestWaitFirstLook(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wait func(context.Context, asset.Look) (asset.Job, error)
		want time.Duration
	}{
		"started": {func(ctx context.Context, look asset.Look) (asset.Job, error) {
			return asset.Wait(ctx, started, look, nil)
		}, 500 * time.Millisecond},
		"resumed": {func(ctx context.Context, look asset.Look) (asset.Job, error) {
			return asset.Resume(ctx, "j1", look, nil)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &server{begin: time.Now()}
				if _, err := test.wait(t.Context(), s.look); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(s.begin); got != test.want {
					t.Errorf("first look after %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestWaitFinishedJobIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := &server{}
	job, err := asset.Wait(t.Context(), asset.Job{Status: asset.Succeeded, Messages: []string{"done"}}, s.look, nil)
	if err != nil || s.looks != 0 || job.Messages[0] != "done" {
		t.Fatalf("got %+v, %v after %d looks", job, err, s.looks)
	}
}

func TestWaitFailedJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reasons := []asset.Reason{{Code: "1"}, {Code: "2"}}
		s := &server{answer: func(int) (asset.Job, error) { return asset.Job{Status: asset.Failed, Reasons: reasons}, nil }}
		_, err := asset.Wait(t.Context(), started, s.look, nil)
		failed, ok := errors.AsType[*asset.FailedError](err)
		if !ok || len(failed.Job.Reasons) != 2 || failed.Job.ID != "j1" {
			t.Fatalf("got %v", err)
		}
	})
}

type slowDownError struct{ time.Duration }

func (s slowDownError) Error() string        { return "slow down" }
func (s slowDownError) Delay() time.Duration { return s.Duration }

func TestWaitRetryAfterWins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{begin: time.Now(), answer: func(n int) (asset.Job, error) {
			switch n {
			case 1:
				return asset.Job{}, fmt.Errorf("look: %w", slowDownError{42 * time.Second})
			case 2:
				return asset.Job{Status: asset.Running, RetryAfter: time.Minute}, nil
			}
			return asset.Job{Status: asset.Succeeded}, nil
		}}
		if _, err := asset.Wait(t.Context(), started, s.look, nil); err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(s.begin), 500*time.Millisecond+42*time.Second+time.Minute; got != want {
			t.Errorf("waited %s, want %s", got, want)
		}
	})
}

func TestWaitBadAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{begin: time.Now(), answer: func(int) (asset.Job, error) { return asset.Job{}, errGarbled }}
		_, err := asset.Wait(t.Context(), started, s.look, nil)
		if !errors.Is(err, asset.ErrBadAnswers) || !errors.Is(err, errGarbled) {
			t.Fatalf("got %v", err)
		}
		if waited := time.Since(s.begin); waited < 2*time.Minute || waited > 3*time.Minute || s.looks < 5 {
			t.Errorf("gave up after %s and %d looks", waited, s.looks)
		}
		if !strings.Contains(err.Error(), "garbled answer") {
			t.Errorf("the last bad answer is not in %q", err)
		}
	})
}

func TestWaitGoodAnswerEndsTheRowOfBadOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{begin: time.Now()}
		s.answer = func(n int) (asset.Job, error) {
			if time.Since(s.begin) > time.Hour {
				return asset.Job{Status: asset.Succeeded}, nil
			}
			if n%5 == 0 {
				return asset.Job{Status: asset.Running}, nil
			}
			return asset.Job{}, errGarbled
		}
		if _, err := asset.Wait(t.Context(), started, s.look, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func TestWaitEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, end := range []error{asset.ErrUnknownJob, asset.ErrDenied} {
		t.Run(end.Error(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &server{answer: func(int) (asset.Job, error) { return asset.Job{}, fmt.Errorf("look: %w", end) }}
				_, err := asset.Wait(t.Context(), started, s.look, nil)
				if waited, ok := errors.AsType[*asset.WaitError](err); !ok || !errors.Is(err, end) || waited.Job.ID != "j1" || s.looks != 1 {
					t.Fatalf("got %v after %d looks", err, s.looks)
				}
			})
		})
	}
}

func TestWaitTimeoutTellsTheLastBadAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("30 minutes have passed")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
		defer cancel()
		s := &server{answer: func(n int) (asset.Job, error) {
			if n < 3 {
				return asset.Job{Status: asset.Running, Progress: 0.25}, nil
			}
			return asset.Job{}, errGarbled
		}}
		_, err := asset.Wait(ctx, started, s.look, nil)
		waited, ok := errors.AsType[*asset.WaitError](err)
		if !ok || !errors.Is(err, cause) || !errors.Is(waited.Last, errGarbled) || waited.Job.Progress != 0.25 || waited.Waited != time.Minute {
			t.Fatalf("got %#v", err)
		}
	})
}

func TestWaitReturnsWhenCancelledDuringALook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		time.AfterFunc(7*time.Second, cancel)
		_, err := asset.Wait(ctx, started, func(ctx context.Context, _ string) (asset.Job, error) {
			<-ctx.Done()
			return asset.Job{}, ctx.Err()
		}, nil)
		if !errors.Is(err, context.Canceled) || time.Since(begin) != 7*time.Second {
			t.Fatalf("got %v after %s", err, time.Since(begin))
		}
	})
}

func TestWaitTreatsAHangingLookAsABadAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		job, err := asset.Wait(t.Context(), started, func(ctx context.Context, _ string) (asset.Job, error) {
			if n++; n == 1 {
				<-ctx.Done()
				return asset.Job{}, ctx.Err()
			}
			return asset.Job{Status: asset.Succeeded}, nil
		}, nil)
		if err != nil || job.Status != asset.Succeeded {
			t.Fatalf("got %+v, %v", job, err)
		}
	})
}

func TestWaitTellsEachGoodAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &server{begin: time.Now(), length: 5 * time.Second, progress: true}
		told := 0
		if _, err := asset.Wait(t.Context(), started, s.look, func(asset.Job) { told++ }); err != nil {
			t.Fatal(err)
		}
		if told != s.looks {
			t.Errorf("told %d of %d looks", told, s.looks)
		}
	})
}
