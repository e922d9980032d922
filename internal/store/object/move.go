package object

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// ErrNothingThere means that the archive is not where it was to be.
var ErrNothingThere = errors.New("the archive is not there")

// Arrived says whether an archive lies there already: an earlier run may have brought it, and could not say
// so. The file that it was brought from is removed; empty where it came from a store.
func (l *Location) Arrived(ctx context.Context, file string, archive asset.Stored) (asset.Stored, bool) {
	there, err := l.client.Head(ctx, l.at)
	if err != nil || !Holds(there, archive) {
		return asset.Stored{}, false
	}
	return l.arrived(there, file, archive), true
}

// Take uploads a file and removes it when the store has it.
func (l *Location) Take(ctx context.Context, file string, archive asset.Stored) (asset.Stored, error) {
	if err := l.look(ctx); err != nil {
		return asset.Stored{}, err
	}
	object, err := l.put(ctx, file, archive)
	if err != nil {
		return asset.Stored{}, err
	}
	return l.arrived(object, file, archive), nil
}

// Copy brings an object with these bytes to another location, and leaves it where it is.
func Copy(ctx context.Context, client *s3.Client, at store.Address, to asset.Location, archive asset.Stored) (asset.Stored, error) {
	if err := to.Prepare(ctx); err != nil {
		return asset.Stored{}, err
	}
	body, _, err := client.Get(ctx, at, s3.Range{}, "")
	if s3.KindOf(err) == s3.NotFound {
		return asset.Stored{}, ErrNothingThere
	}
	if err != nil {
		return asset.Stored{}, &Error{At: at, Err: err}
	}
	sum := sha256.New()
	stored, err := to.Save(ctx, "", io.TeeReader(body, sum), sameBytes(sum, archive.SHA256))
	if kept, ok := errors.AsType[*asset.KeptError](err); ok {
		// It still is where it was: nobody needs this copy, and nothing would tell of it.
		_, _ = asset.Remove(kept.Kept, archive.SHA256)
		err = kept.Err
	}
	return stored, errors.Join(err, body.Close())
}

// ErrOtherBytes means that an object is not what the state says.
var ErrOtherBytes = errors.New("other bytes")

// sameBytes accepts what has this SHA-256, when all of it went through sum.
func sameBytes(sum hash.Hash, want string) func(io.ReaderAt, asset.Stored) error {
	return func(io.ReaderAt, asset.Stored) error {
		if hex.EncodeToString(sum.Sum(nil)) != want {
			return ErrOtherBytes
		}
		return nil
	}
}

// ErrOthers means that an object holds other bytes than it was to hold.
var ErrOthers = errors.New("another archive")

// Remove deletes an object, or that version of it, if it holds these bytes; else the error is ErrOthers. One that
// is not there is removed.
func Remove(ctx context.Context, client *s3.Client, at store.Address, archive asset.Stored) error {
	object, err := client.Head(ctx, at)
	switch {
	case s3.KindOf(err) == s3.NotFound:
		return nil
	case err != nil:
	case object.SHA256 != archive.SHA256:
		return ErrOthers
	default:
		err = client.Delete(ctx, at)
	}
	if err != nil {
		return &Error{At: at, Err: err}
	}
	return nil
}
