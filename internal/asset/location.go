package asset

import (
	"context"
	"io"
)

// Location is where the archive of an export is to lie: a file, or an object of a store.
type Location interface {
	// Prepare proves, before anything is asked for, that an archive can be put there. Where something
	// is there that may not be replaced the error is a *TakenError.
	Prepare(ctx context.Context) error
	// Ready proves, right before an archive is asked for, that it can be received.
	Ready() error
	// Save puts the archive of a job there. accept may refuse a complete zip. An archive that arrived
	// whole is never thrown away: the error is then a *KeptError.
	Save(ctx context.Context, job string, stream io.Reader, accept func(io.ReaderAt, Stored) error) (Stored, error)
	// Restore puts an archive of a job there that an earlier run kept; beside is the file beside which
	// it was to lie then. fs.ErrNotExist means that there is none any more.
	Restore(ctx context.Context, job, beside string, stored Stored) (Stored, error)
}

// File is the location of a file; own are the SHA-256 of what may be replaced there.
func File(path string, own []string) Location { return fileLocation{Target{Path: path, Own: own}} }

type fileLocation struct{ target Target }

func (l fileLocation) Prepare(context.Context) error { return l.target.Prepare() }

func (l fileLocation) Ready() error { return l.target.Prepare() }

func (l fileLocation) Save(ctx context.Context, job string, stream io.Reader, accept func(io.ReaderAt, Stored) error) (Stored, error) {
	l.target.Job = job
	return l.target.Save(ctx, stream, accept)
}

func (l fileLocation) Restore(_ context.Context, job, beside string, stored Stored) (Stored, error) {
	l.target.Job = job
	return l.target.Restore(beside, stored)
}
