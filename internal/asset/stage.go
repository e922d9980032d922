package asset

import (
	"context"
	"io"
)

// Stage is Save for an archive that goes on to another place, such as a store: it
// streams it into a file beside Path that has the name of an archive that could not
// be put there, so that whatever happens on the way, Find finds it. The caller removes it when it
// has arrived. The errors are those of Save.
func (t Target) Stage(ctx context.Context, stream io.Reader, accept func(io.ReaderAt, Stored) error) (file string, stored Stored, err error) {
	received, stored, err := receive(ctx, t.Path, stream, accept)
	if err != nil {
		return "", Stored{}, err
	}
	if received, err = t.refuge(received); err != nil {
		return "", Stored{}, err
	}
	err = seal(received)
	kept := t.keep(received.Name(), stored, err)
	if err != nil {
		return "", Stored{}, kept
	}
	return kept.Kept, stored, nil
}
