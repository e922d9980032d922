package asset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	firstLook = 500 * time.Millisecond
	// A gap is a share of the time already waited, and a little more, so that
	// the delay between the end of a job and its notice, half a gap on average,
	// is less than a tenth of the job's time or half a second.
	gapShare = 0.12
	gapLeast = 400 * time.Millisecond
	longGap  = 10 * time.Second
	shortGap = 300 * time.Millisecond
	// lookTimeout makes a poll that hangs a bad answer. The gateway's own
	// limit for these calls is 30 s (OpenAPI definition of CheckAssetJobStatus).
	lookTimeout = 2 * time.Minute
	// A row of this many bad answers ends the wait, but not before badTime.
	badRow  = 5
	badTime = 2 * time.Minute
)

// ErrBadAnswers ends a wait in which the server went on answering badly.
var ErrBadAnswers = errors.New("the server did not answer properly")

// Look asks the server for a job once.
type Look func(ctx context.Context, id string) (Job, error)

// WaitError is a wait that ended before the job did. The job may go on.
type WaitError struct {
	// Job is what the server said last.
	Job Job
	// Cause is why the wait ended: the context's cause, ErrBadAnswers,
	// ErrUnknownJob or ErrDenied.
	Cause error
	// Last is the last bad answer, nil if the last answer was good.
	Last error
	// Waited is how long the wait took.
	Waited time.Duration
}

func (e *WaitError) Error() string {
	text := fmt.Sprintf("waited %s for job %s: %v", e.Waited.Round(time.Second), e.Job.ID, e.Cause)
	if e.Last != nil && !errors.Is(e.Cause, e.Last) {
		text += fmt.Sprintf(" (last answer: %v)", e.Last)
	}
	return text
}

// Unwrap makes the cause and the last answer visible to errors.Is and As.
func (e *WaitError) Unwrap() []error {
	if e.Last == nil {
		return []error{e.Cause}
	}
	return []error{e.Cause, e.Last}
}

// Wait looks at a job until it has ended and returns it. A job that the
// server calls failed is a *FailedError; a wait that ends earlier is a
// *WaitError. It returns at once when ctx ends. observe, if not nil, is told
// of each good answer.
func Wait(ctx context.Context, job Job, look Look, observe func(Job)) (Job, error) {
	return wait(ctx, job, firstLook, look, observe)
}

// Resume is Wait for a job that was started some time ago: it looks at once.
func Resume(ctx context.Context, id string, look Look, observe func(Job)) (Job, error) {
	return wait(ctx, Job{ID: id, Status: Running}, 0, look, observe)
}

func wait(ctx context.Context, job Job, gap time.Duration, look Look, observe func(Job)) (Job, error) {
	begin := time.Now()
	var (
		pace     = pace{fresh: gap > 0}
		last     error
		bad      int
		badSince time.Time
	)
	stop := func(cause error) (Job, error) {
		return job, &WaitError{Job: job, Cause: cause, Last: last, Waited: time.Since(begin)}
	}
	for job.Status == Running {
		if err := pause(ctx, gap); err != nil {
			return stop(err)
		}
		seen, err := lookOnce(ctx, look, job.ID)
		if ctx.Err() != nil && err != nil {
			return stop(context.Cause(ctx))
		}
		gap = pace.next(time.Since(begin), seen.Progress)
		switch {
		case err == nil:
			last, bad, job = nil, 0, seen
			gap = max(gap, seen.RetryAfter)
			if observe != nil {
				observe(job)
			}
		case errors.Is(err, ErrUnknownJob), errors.Is(err, ErrDenied):
			last = err
			return stop(err)
		default:
			if last = err; bad == 0 {
				badSince = time.Now()
			}
			bad++
			if bad >= badRow && time.Since(badSince) >= badTime {
				return stop(ErrBadAnswers)
			}
			gap = max(gap, Delay(err))
		}
	}
	if job.Status == Failed {
		return job, &FailedError{Job: job}
	}
	return job, nil
}

func lookOnce(ctx context.Context, look Look, id string) (Job, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	job, err := look(ctx, id)
	if err != nil {
		return Job{}, err
	}
	job.ID = id
	return job, nil
}

// pace chooses the gaps between looks: growing, with jitter, and shortened
// when the reported progress says that the end is near.
type pace struct {
	// fresh: the job was started right before the wait.
	fresh bool
	// at and progress are those of the first report; of the job's start as
	// long as there was none.
	at       time.Duration
	progress float64
	reported bool
}

func (p *pace) next(waited time.Duration, progress float64) time.Duration {
	gap := gapLeast + time.Duration(gapShare*float64(waited))
	gap = min(jitter(min(gap, longGap)), longGap)
	if progress <= 0 {
		return gap
	}
	if (p.reported || p.fresh) && progress > p.progress {
		rate := (progress - p.progress) / float64(waited-p.at)
		left := time.Duration((1 - progress) / rate)
		// A look just before the end would be in vain.
		if gap < left && left < gap*3/2 {
			gap = longGap
		}
		// A little later than the estimate finds the end in one look.
		left += left/16 + shortGap/3
		gap = min(gap, max(left, shortGap))
	}
	if !p.reported {
		p.at, p.progress, p.reported = waited, progress, true
	}
	return gap
}

// jitter keeps clients that started together from asking together.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(0.1*(2*rand.Float64()-1)*float64(d))
}

// pause sleeps for d and returns nil, or the context's cause if it ended.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
