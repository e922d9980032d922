package asset_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

func TestQueueKeepsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queue asset.Queue
		var order []int
		cancelled, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("gone")
		for i := range 10 {
			ctx := t.Context()
			if i == 4 {
				ctx = cancelled
			}
			go func() {
				leave, err := queue.Enter(ctx)
				if err != nil {
					if i != 4 || !errors.Is(err, gone) {
						t.Errorf("waiter %d: %v", i, err)
					}
					return
				}
				order = append(order, i)
				time.Sleep(time.Second)
				leave()
				leave()
			}()
			synctest.Wait()
		}
		cancel(gone)
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []int{0, 1, 2, 3, 5, 6, 7, 8, 9}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

func TestQueueEnterWithAnEndedContext(t *testing.T) {
	t.Parallel()
	var queue asset.Queue
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := queue.Enter(ctx); !errors.Is(err, gone) {
		t.Fatalf("got %v", err)
	}
	if leave, err := queue.Enter(t.Context()); err != nil {
		t.Fatalf("the queue is stuck: %v", err)
	} else {
		leave()
	}
}

// endingContext ends when somebody begins to wait for its end, and something else happens then.
type endingContext struct {
	context.Context
	end func()
}

func (c endingContext) Done() <-chan struct{} {
	c.end()
	return c.Context.Done()
}

// A turn that comes to somebody who gives up at the same moment goes to the next.
func TestQueueTurnOfSomebodyWhoGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queue asset.Queue
		// Which of the two counts is chance.
		for range 64 {
			first, err := queue.Enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			second, err := queue.Enter(endingContext{ctx, func() { first(); cancel() }})
			if err == nil {
				second()
			} else if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	})
}

func TestQueueWaitsForJobsThatJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queue asset.Queue
		one, two := queue.Join(), queue.Join()
		entered := false
		go func() {
			leave, err := queue.Enter(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			entered = true
			leave()
		}()
		synctest.Wait()
		one()
		one()
		synctest.Wait()
		if entered {
			t.Error("entered while a job was running")
		}
		two()
		synctest.Wait()
		if !entered {
			t.Error("did not enter after the last job")
		}
	})
}

func TestStartWhenFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var gaps []time.Duration
		tries := 0
		job, err := asset.StartWhenFree(t.Context(), func() (asset.Job, error) {
			if tries++; tries < 9 {
				return asset.Job{}, fmt.Errorf("refused: %w", asset.ErrBusy)
			}
			return asset.Job{ID: "mine"}, nil
		}, func(_ error, gap time.Duration) { gaps = append(gaps, gap) })
		if err != nil || job.ID != "mine" || len(gaps) != 8 {
			t.Fatalf("got %+v, %v, %d refusals", job, err, len(gaps))
		}
		if gaps[0] > 1100*time.Millisecond || gaps[7] < 10*time.Second || gaps[7] > 22*time.Second {
			t.Errorf("gaps %v", gaps)
		}
		if time.Since(begin) < 30*time.Second {
			t.Errorf("only %s passed", time.Since(begin))
		}
	})
}

// delayedError is a refusal that says how long the server wants to be left alone.
type delayedError struct{ time.Duration }

func (delayedError) Error() string { return "busy" }

func (delayedError) Unwrap() error { return asset.ErrBusy }

func (e delayedError) Delay() time.Duration { return e.Duration }

func TestStartWhenFreeObeysRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		tries := 0
		job, err := asset.StartWhenFree(t.Context(), func() (asset.Job, error) {
			if tries++; tries == 1 {
				return asset.Job{}, delayedError{2 * time.Minute}
			}
			return asset.Job{ID: "mine"}, nil
		}, nil)
		if err != nil || job.ID != "mine" || time.Since(begin) != 2*time.Minute {
			t.Errorf("got %+v, %v after %s", job, err, time.Since(begin))
		}
	})
}

func TestStartWhenFreeGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		late := errors.New("too late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Minute, late)
		defer cancel()
		refused := fmt.Errorf("refused: %w", asset.ErrBusy)
		_, err := asset.StartWhenFree(ctx, func() (asset.Job, error) { return asset.Job{}, refused }, nil)
		busy, ok := errors.AsType[*asset.BusyError](err)
		if !ok || !errors.Is(err, late) || !errors.Is(busy.Last, refused) || busy.Waited != 10*time.Minute {
			t.Fatalf("got %#v", err)
		}
	})
}

func TestStartWhenFreePassesOtherErrorsOn(t *testing.T) {
	t.Parallel()
	if _, err := asset.StartWhenFree(t.Context(), func() (asset.Job, error) { return asset.Job{}, errGarbled }, nil); !errors.Is(err, errGarbled) {
		t.Fatalf("got %v", err)
	}
}
