package asset

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Queue lets the jobs of one user run one after another, in the order in
// which they came: the server refuses a second one ("a user can have only one
// job at a time", ImportAsset and ExportAsset, ROMA Connect API reference).
// The zero value is ready.
type Queue struct {
	mu      sync.Mutex
	running int
	waiting []chan struct{}
}

// Enter waits for the caller's turn. The returned function ends the turn and
// may be called more than once. If ctx ends first, the others keep their order.
func (q *Queue) Enter(ctx context.Context) (leave func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	q.mu.Lock()
	if q.running == 0 && len(q.waiting) == 0 {
		q.running++
		q.mu.Unlock()
		return sync.OnceFunc(q.leave), nil
	}
	turn := make(chan struct{})
	q.waiting = append(q.waiting, turn)
	q.mu.Unlock()

	select {
	case <-turn:
		return sync.OnceFunc(q.leave), nil
	case <-ctx.Done():
		if !q.forget(turn) {
			// The turn came at the same moment: hand it on.
			q.leave()
		}
		return nil, context.Cause(ctx)
	}
}

// Join counts a job that is running on the server already: nobody enters
// until it has left. It does not wait.
func (q *Queue) Join() (leave func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running++
	return sync.OnceFunc(q.leave)
}

func (q *Queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	if q.running == 0 && len(q.waiting) > 0 {
		q.running++
		close(q.waiting[0])
		q.waiting = q.waiting[1:]
	}
}

// forget takes a waiter out of the queue; false means that its turn came.
func (q *Queue) forget(turn chan struct{}) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.waiting {
		if other == turn {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return true
		}
	}
	return false
}

const (
	firstBusyGap = time.Second
	longBusyGap  = 20 * time.Second
)

// BusyError is a start that was given up while the server went on answering
// that another job of the user is running.
type BusyError struct {
	// Cause is the context's cause.
	Cause error
	// Last is the server's refusal.
	Last error
	// Waited is the time since the first refusal.
	Waited time.Duration
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("waited %s for another job to end: %v", e.Waited.Round(time.Second), e.Cause)
}

// Unwrap makes the cause and the refusal visible to errors.Is and As.
func (e *BusyError) Unwrap() []error { return []error{e.Cause, e.Last} }

// StartWhenFree calls start until the server does not answer ErrBusy any
// more, with growing gaps, and gives up with a *BusyError when ctx ends.
// observe, if not nil, is told of each refusal and of the gap that follows.
func StartWhenFree(ctx context.Context, start func() (Job, error), observe func(error, time.Duration)) (Job, error) {
	var begin time.Time
	gap := firstBusyGap
	for {
		job, err := start()
		if !errors.Is(err, ErrBusy) {
			return job, err
		}
		if begin.IsZero() {
			begin = time.Now()
		}
		wait := max(jitter(gap), Delay(err))
		if observe != nil {
			observe(err, wait)
		}
		if cause := pause(ctx, wait); cause != nil {
			return job, &BusyError{Cause: cause, Last: err, Waited: time.Since(begin)}
		}
		gap = min(gap*3/2, longBusyGap)
	}
}
