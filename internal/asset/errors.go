package asset

import (
	"errors"
	"time"
)

// Kinds of failure on which somebody decides. A platform wraps its own error
// so that errors.Is finds one of these and errors.As finds the details.
var (
	// ErrBusy: the server refused to start a job because another one of the
	// same user is running.
	ErrBusy = errors.New("another asset job is running")
	// ErrUnknownJob: the server does not know the job.
	ErrUnknownJob = errors.New("the server does not know the job")
	// ErrTaken: the archive was downloaded before, or has expired.
	ErrTaken = errors.New("the archive is no longer on the server")
	// ErrNoArchive: the answer to a download was not an archive.
	ErrNoArchive = errors.New("the answer is not an archive")
	// ErrDenied: the server refused the credentials, and trying again with
	// the same ones would not help.
	ErrDenied = errors.New("the credentials were refused")
	// ErrOutcomeUnknown: the starting request was sent and its answer lost.
	ErrOutcomeUnknown = errors.New("the answer to the starting request was lost")
	// ErrNotSent: the request certainly did not reach the server whole.
	ErrNotSent = errors.New("the request was not sent")
)

// FailedError is a job that the server called failed.
type FailedError struct{ Job Job }

func (e *FailedError) Error() string { return "job " + e.Job.ID + " failed" }

// Delayer is an error that says how long the server wants the client to wait
// before the next request (Retry-After); 0 means that it did not say.
type Delayer interface {
	error
	Delay() time.Duration
}

// Delay returns the waiting time that an error carries, or 0.
func Delay(err error) time.Duration {
	if d, ok := errors.AsType[Delayer](err); ok {
		return d.Delay()
	}
	return 0
}
