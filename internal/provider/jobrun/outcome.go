package jobrun

import (
	"errors"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// Phase is how far a run came.
type Phase int

// The phases in their order.
const (
	// Preparing: nothing was sent by this run.
	Preparing Phase = iota
	// Starting: the job was to be started.
	Starting
	// Waiting: the job was waited for.
	Waiting
	// Fetching: the job has succeeded, and what it made was fetched.
	Fetching
)

// Left is what a run that did not end well may have left on the server.
type Left int

const (
	// Nothing that the next run would have to know of.
	Nothing Left = iota
	// Maybe a job, which was or may have been started, and cannot be continued: the next run sends the
	// request again.
	Maybe
	// AJob that the next run continues.
	AJob
)

// Outcome is how a run ended.
type Outcome struct {
	Run   *Run
	Phase Phase
	Left  Left
	// Job is what is known of the job last.
	Job asset.Job
	// Sent is the archive that was sent, and Stored the one that was delivered.
	Sent, Stored asset.Stored
	// Err is nil where all went well.
	Err error
}

// lost says whether a job has ended without a result that could be fetched.
func (o *Outcome) lost() bool {
	_, failed := errors.AsType[*asset.FailedError](o.Err)
	return failed || errors.Is(o.Err, asset.ErrUnknownJob) || errors.Is(o.Err, asset.ErrTaken)
}

// over says that the job cannot be continued. One that only the prior state told of was not started by
// this run, nor by one that left an entry.
func (o *Outcome) over() {
	o.Left = Maybe
	if o.recorded() {
		o.Left = Nothing
	}
}

func (o *Outcome) recorded() bool { return o.Run.recorded && o.Job.ID == o.Run.adopted }

// Kept is the archive that arrived whole and could not be put in place; false where none did.
func (o *Outcome) Kept() (asset.Stored, bool) {
	kept, ok := errors.AsType[*asset.KeptError](o.Err)
	if !ok {
		return asset.Stored{}, false
	}
	return kept.Stored, true
}

// Entry is what the next run has to know of: nil where that is nothing. The
// job is in it only if it can be continued.
func (o *Outcome) Entry(p Pending) *Pending {
	if o.Left == Nothing || o.Left == AJob && o.recorded() {
		return nil
	}
	p.Job = ""
	if o.Left == AJob {
		p.Job = o.Job.ID
	}
	return &p
}
