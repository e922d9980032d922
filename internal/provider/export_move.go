package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
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
	case errors.Is(err, object.ErrNothingThere):
		diags.Append(nothingToMove(from, to))
	default:
		diags.Append(notMoved(from, to, err))
	}
	values := prior.Archive.Attributes()
	values["path"] = at
	return types.ObjectValueMust(exportArchiveTypes, values)
}

// bring brings an archive with these bytes to another location, and removes it where it was if that
// is a file.
func (r *exportResource) bring(ctx context.Context, from, to string, archive asset.Stored) (asset.Stored, error) {
	target, err := r.data.locationOf(to, []string{archive.SHA256})
	if err != nil {
		return asset.Stored{}, err
	}
	source, fromStore := addressOf(from)
	inStore, toStore := target.(*object.Location)
	file := from
	if fromStore {
		file = ""
	}
	if toStore {
		if stored, there := inStore.Arrived(ctx, file, archive); there {
			return stored, nil
		}
	}
	if !fromStore {
		if !toStore || !asset.Holds(from, archive) {
			return asset.Stored{}, object.ErrNothingThere
		}
		return inStore.Take(ctx, from, archive)
	}
	client, err := r.data.connectStore(source)
	if err != nil {
		return asset.Stored{}, &object.Error{At: source, Err: err}
	}
	return object.Copy(ctx, client, source, target, archive)
}

// removeObject removes what this export put into a store: that version, or the object if it
// still holds those bytes. A refusal is a warning: the object may be protected.
func (r *exportResource) removeObject(ctx context.Context, state exportModel) diag.Diagnostics {
	text := state.lies()
	at, _ := addressOf(text)
	client, err := r.data.connectStore(at)
	if err != nil {
		return diag.Diagnostics{objectNotRemoved(text, &object.Error{At: at, Err: err})}
	}
	ctx, cancel := jobrun.Within(ctx, defaultTimeout)
	defer cancel()
	err = object.Remove(ctx, client, at, archiveOf(state.Archive))
	failed, isFailed := errors.AsType[*object.Error](err)
	switch {
	case isFailed:
		return diag.Diagnostics{objectNotRemoved(text, failed)}
	case errors.Is(err, object.ErrOthers):
		return diag.Diagnostics{objectIsAnothers(text)}
	}
	return nil
}
