// Package object puts archives into stores and takes them from there, as asset puts them into files: nothing is
// replaced, and nothing is thrown away before a store has shown that it has it.
package object

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// Location is an object as an asset.Location. The archive is a file of the working directory until the
// store has shown that it has it.
type Location struct {
	client *s3.Client
	at     store.Address
	local  asset.Target
	// again: there is an object, and the bucket keeps versions, so that it stays.
	again bool
}

var _ asset.Location = (*Location)(nil)

// At is the location of an object; beside is the file beside which its archive is kept as long as it is not
// there.
func At(client *s3.Client, at store.Address, beside string) *Location {
	return &Location{client: client, at: at, local: asset.Target{Path: beside}}
}

// Prepare looks for what is there, and begins and aborts an upload, which leaves nothing.
func (l *Location) Prepare(ctx context.Context) error {
	if err := l.Ready(); err != nil {
		return err
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	if err := l.client.ProveWritable(ctx, l.at); err != nil {
		return &Error{At: l.at, Err: err}
	}
	return nil
}

// Ready proves that the archive can be received.
func (l *Location) Ready() error { return asset.Prepare(l.local.Path) }

// look fails if there is something that an upload would replace.
func (l *Location) look(ctx context.Context) error {
	there, err := l.client.Head(ctx, l.at)
	return l.judge(there, err)
}

// judge is look at what a HEAD has told.
func (l *Location) judge(there s3.Object, err error) error {
	switch {
	case s3.KindOf(err) == s3.NotFound, s3.KindOf(err) == s3.Forbidden:
		// Where listing is not allowed, a key that is not there is forbidden too.
		return nil
	case err != nil:
		return &Error{At: l.at, Err: err}
	case there.VersionID == "":
		return &asset.TakenError{Path: l.at.String()}
	}
	l.again = true
	return nil
}

// Save receives the archive, uploads it, and removes the file when the store has it.
func (l *Location) Save(ctx context.Context, job string, stream io.Reader, accept func(io.ReaderAt, asset.Stored) error) (asset.Stored, error) {
	l.local.Job = job
	file, stored, err := l.local.Stage(ctx, stream, accept)
	if err != nil {
		return asset.Stored{}, err
	}
	return l.upload(ctx, file, stored)
}

// Restore uploads an archive that an earlier run kept, if it is not there by now.
func (l *Location) Restore(ctx context.Context, job, beside string, stored asset.Stored) (asset.Stored, error) {
	l.local.Job = job
	file := l.local.Find(stored)
	if file == "" {
		file = asset.Target{Path: beside, Job: job}.Find(stored)
	}
	object, err := l.client.Head(ctx, l.at)
	if err == nil && Holds(object, stored) {
		// It had arrived, and its answer was lost.
		return l.arrived(object, file, stored), nil
	}
	err = l.judge(object, err)
	_, isUnsure := errors.AsType[*Error](err)
	switch {
	case file == "" && isUnsure:
		// It may be there: nothing else is done before that is known.
		return asset.Stored{}, err
	case file == "":
		return asset.Stored{}, fs.ErrNotExist
	case err != nil:
		return asset.Stored{}, &asset.KeptError{Kept: file, Stored: stored, Err: err}
	}
	return l.upload(ctx, file, stored)
}

// upload sends a file, and removes it when the store has shown that it has it.
func (l *Location) upload(ctx context.Context, file string, stored asset.Stored) (asset.Stored, error) {
	object, err := l.put(ctx, file, stored)
	if err != nil {
		return asset.Stored{}, &asset.KeptError{Kept: file, Stored: stored, Err: err}
	}
	return l.arrived(object, file, stored), nil
}

func (l *Location) put(ctx context.Context, file string, stored asset.Stored) (s3.Object, error) {
	in, err := os.Open(file)
	if err != nil {
		return s3.Object{}, err
	}
	sent, err := l.client.Put(ctx, l.at, in, stored.Size, s3.PutOptions{
		OnlyIfAbsent: !l.again,
		Metadata:     map[string]string{s3.MetaSHA256: stored.SHA256, s3.MetaContentDigest: stored.ContentDigest},
	})
	// Nothing was written.
	_ = in.Close()
	at := l.at
	switch {
	case s3.KindOf(err) == s3.AlreadyExists:
		// The upload before may have arrived, and its answer got lost.
	case err != nil:
		return s3.Object{}, &Error{At: l.at, Err: err}
	case sent.VersionID != "":
		at = at.WithVersion(sent.VersionID)
	}
	shown, err := l.client.Head(ctx, at)
	switch {
	case err != nil:
		return s3.Object{}, &Error{At: l.at, Err: err, Unproven: true}
	case Holds(shown, stored):
		return shown, nil
	case shown.SHA256 == "" && shown.Size == stored.Size && sent.ETag != "" && sent.ETag == shown.ETag:
		return s3.Object{}, &Error{At: l.at, Err: ErrNoMetadata, Unproven: true}
	}
	return s3.Object{}, &asset.TakenError{Path: l.at.String()}
}

// ErrNoMetadata means that the store does not keep what is said of an object.
var ErrNoMetadata = errors.New("no metadata")

// Holds says whether an object is an archive, as far as the store tells.
func Holds(object s3.Object, archive asset.Stored) bool {
	return object.SHA256 == archive.SHA256 && object.Size == archive.Size
}

func (l *Location) arrived(object s3.Object, file string, stored asset.Stored) asset.Stored {
	if file != "" {
		// It is in the store. To fail now would be about a copy.
		_, _ = asset.Remove(file, stored.SHA256)
	}
	stored.Path = l.at.String()
	if object.VersionID != "" {
		stored.Path = l.at.WithVersion(object.VersionID).String()
	}
	return stored
}

// Error is an object that cannot be read, written or removed.
type Error struct {
	At  store.Address
	Err error
	// Unproven: the upload was answered well, and the store does not show it.
	Unproven bool
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.At, e.Err) }

func (e *Error) Unwrap() error { return e.Err }
