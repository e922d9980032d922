package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// moveObject brings the archive of a state to another path, where one of the two is an
// object: a file is removed when the store has it, an object stays.
func (r *exportResource) moveObject(ctx context.Context, prior exportModel, to string, diags *diag.Diagnostics) types.Object {
	archive := archiveOf(prior.Archive)
	at := types.StringValue(to)
	from := prior.lies()
	stored, err := r.bring(ctx, from, to, archive)
	switch {
	case err == nil:
		at = types.StringValue(stored.Path)
		r.data.paths.left(prior.Path.ValueString())
		r.data.paths.wrote(to, prior.identity())
	case errors.Is(err, errNothingThere):
		diags.Append(nothingToMove(from, to))
	default:
		diags.Append(notMoved(from, to, err))
	}
	values := prior.Archive.Attributes()
	values["path"] = at
	return types.ObjectValueMust(exportArchiveTypes, values)
}

// errNothingThere: the archive of the state is not where the state says.
var errNothingThere = errors.New("the archive is not there")

// bring copies an archive with these bytes to a place, and removes it where it was if that
// is a file.
func (r *exportResource) bring(ctx context.Context, from, to string, archive asset.Stored) (asset.Stored, error) {
	target, err := r.data.placeAt(to, []string{archive.SHA256})
	if err != nil {
		return asset.Stored{}, err
	}
	source, fromStore := addressOf(from)
	object, toStore := target.(*objectPlace)
	if toStore {
		// An earlier run may have brought it, and could not say so.
		if there, err := object.client.Head(ctx, object.at); err == nil && holds(there, archive) {
			if fromStore {
				from = ""
			}
			return object.arrived(there, from, archive), nil
		}
	}
	if !fromStore {
		if !toStore || !asset.Holds(from, archive) {
			return asset.Stored{}, errNothingThere
		}
		return object.take(ctx, from, archive)
	}
	client, err := r.data.connectStore(source)
	if err != nil {
		return asset.Stored{}, &storeError{at: source, err: err}
	}
	if err := target.prepare(ctx); err != nil {
		return asset.Stored{}, err
	}
	body, _, err := client.Get(ctx, source, s3.Range{}, "")
	if s3.KindOf(err) == s3.NotFound {
		return asset.Stored{}, errNothingThere
	}
	if err != nil {
		return asset.Stored{}, &storeError{at: source, err: err}
	}
	sum := sha256.New()
	stored, err := target.save(ctx, asset.Job{}, io.TeeReader(body, sum), sameBytes(sum, archive.SHA256))
	if kept, ok := errors.AsType[*asset.KeptError](err); ok {
		// It still is where it was: nobody needs this copy, and nothing would tell of it.
		_, _ = asset.Remove(kept.Kept, archive.SHA256)
		err = kept.Err
	}
	return stored, errors.Join(err, body.Close())
}

// errOtherBytes: an object is not what the state says.
var errOtherBytes = errors.New("other bytes")

// sameBytes accepts what has this SHA-256, when all of it went through sum.
func sameBytes(sum hash.Hash, want string) func(io.ReaderAt, int64) error {
	return func(io.ReaderAt, int64) error {
		if hex.EncodeToString(sum.Sum(nil)) != want {
			return errOtherBytes
		}
		return nil
	}
}

// take uploads a file and removes it when the store has it.
func (p *objectPlace) take(ctx context.Context, file string, archive asset.Stored) (asset.Stored, error) {
	if err := p.look(ctx); err != nil {
		return asset.Stored{}, err
	}
	object, err := p.put(ctx, file, archive)
	if err != nil {
		return asset.Stored{}, err
	}
	return p.arrived(object, file, archive), nil
}

// removeObject removes what this export put into a store: that version, or the object if it
// still holds those bytes. A refusal is a warning: the object may be protected.
func (r *exportResource) removeObject(ctx context.Context, state exportModel) diag.Diagnostics {
	archive := archiveOf(state.Archive)
	text := state.lies()
	at, _ := addressOf(text)
	client, err := r.data.connectStore(at)
	if err != nil {
		return diag.Diagnostics{objectNotRemoved(text, &storeError{at: at, err: err})}
	}
	ctx, cancel := jobrun.Within(ctx, defaultTimeout)
	defer cancel()
	object, err := client.Head(ctx, at)
	switch {
	case s3.KindOf(err) == s3.NotFound:
		return nil
	case err != nil:
	case object.SHA256 != archive.SHA256:
		return diag.Diagnostics{objectIsAnothers(text)}
	default:
		err = client.Delete(ctx, at)
	}
	if err != nil {
		return diag.Diagnostics{objectNotRemoved(text, &storeError{at: at, err: err})}
	}
	return nil
}
