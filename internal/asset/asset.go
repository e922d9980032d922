// Package asset is the domain of the provider: archives, the jobs that make
// and import them, and the rules for waiting and queueing. It knows neither
// HTTP nor Terraform; a platform is anything that implements Exporter and
// Importer.
package asset

import (
	"context"
	"io"
	"time"
)

// Status is the state of a job in one vocabulary for all platforms.
type Status string

// The three states of a job. A server's word that maps to none of them is an
// error of the platform's Job method, not a status.
const (
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
)

// Job is a platform's asset job, or the finished result of a synchronous one.
type Job struct {
	// ID is empty where the platform has no id for it.
	ID string
	// Type is the platform's word, for example "exportAsset".
	Type   string
	Status Status
	// Progress is a fraction from 0 to 1; 0 where the server reports none.
	Progress float64
	// ArchiveID names the package an export made. It is empty while the job
	// runs, and in a succeeded export whose package was taken already.
	ArchiveID string
	Reasons   []Reason
	// Begin and End are the server's times, zero where it gave none.
	Begin, End time.Time
	// Messages is what the platform said about a finished import.
	Messages []string
	// Artifacts is what the platform reported as imported.
	Artifacts []Artifact
	// RequestID is the server's id of the answer this was read from.
	RequestID string
	// RetryAfter is how long the server asked to wait before the next look.
	RetryAfter time.Duration
}

// Reason is one cause of a failed job, in the server's words.
type Reason struct {
	ResourceType, ResourceName, Code, Message string
}

// Artifact is one thing that an import created or changed.
type Artifact struct {
	ID, Type, Name string
}

// Exporter starts, observes and fetches one kind of export. Its options are
// bound when it is made.
type Exporter interface {
	// Start sends the starting request once. It repeats it only when it
	// certainly did not arrive or was certainly refused; ErrOutcomeUnknown
	// means that it may have started a job. When ctx ends nothing more is sent,
	// and an answer that is awaited gets less than a second more, because the
	// job id is in it.
	Start(ctx context.Context) (Job, error)
	// Job looks once. ErrUnknownJob means that the server does not know it.
	Job(ctx context.Context, id string) (Job, error)
	// Download opens the one-time stream of a succeeded job's archive. The
	// stream ends with io.ErrUnexpectedEOF when bytes are missing.
	Download(ctx context.Context, job Job) (io.ReadCloser, error)
}

// Importer starts and observes one kind of import.
type Importer interface {
	// Start sends the archive once, under the same rules as Exporter.Start.
	Start(ctx context.Context, archive *Archive) (Job, error)
	Job(ctx context.Context, id string) (Job, error)
}
