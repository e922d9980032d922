package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// deliver applies a change that runs no job: it moves the archive if its path
// changed, and records the settings.
func (r *exportResource) deliver(ctx context.Context, prior, plan exportModel, state *tfsdk.State) (diags diag.Diagnostics) {
	plan.jobModel = plan.keep(prior.jobModel)
	plan.ArchiveID = prior.ArchiveID
	plan.Archive = movedArchive(prior, plan.Path)
	if prior.movesTo(plan.Path) {
		from, to := prior.Path.ValueString(), plan.Path.ValueString()
		end, free := r.data.paths.begin(to)
		if !free {
			diags.Append(twoExports(to))
			return diags
		}
		defer end()
		if isObject(from) || isObject(to) {
			timeout, more := plan.Timeouts.Update(ctx, defaultTimeout)
			diags.Append(more...)
			limited, cancel := jobrun.Within(ctx, timeout)
			defer cancel()
			plan.Archive = r.moveObject(limited, prior, to, &diags)
		} else {
			r.moveFile(prior, from, to, &diags)
		}
		if diags.HasError() {
			return diags
		}
	}
	diags.Append(state.Set(ctx, plan)...)
	return diags
}

func (r *exportResource) moveFile(prior exportModel, from, to string, diags *diag.Diagnostics) {
	switch here := prior.archiveAt(to); {
	case prior.archiveAt(from):
		err := asset.Move(from, to)
		if _, taken := errors.AsType[*asset.TakenError](err); taken {
			diags.Append(pathTaken(to))
			return
		}
		if err != nil {
			diags.Append(moveFailed(from, to, err))
			return
		}
		r.data.paths.left(from)
		r.data.paths.wrote(to, prior.identity())
	case !here && occupied(to):
		// Another file at the old path is not this export's to move.
		diags.Append(pathTaken(to))
	case !here:
		diags.Append(nothingToMove(from, to))
	}
}

// Delete sends nothing but what removes an object. Before a successor it hands over an unfinished job, and
// what lies at the path: that stays until there is another archive to replace it.
func (r *exportResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state exportModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	next := readMark(ctx, req.Private, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	left := pendingJob(ctx, req.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(r.data.handOverAll(ctx, message.Export, state.jobModel, state.left(r.kinds), left, next)...)
	if left == nil && state.running() {
		left = state.left(r.kinds)
	}
	file, own := state.Path.ValueString(), legacy{Own: state.own(), Job: left}
	note := r.data.noteOf(message.Export, file, state.spec(r.kinds))
	note.settled(state.jobModel, state.own().SHA256, &resp.Diagnostics)
	if left != nil && isObject(file) && !next.destroys() {
		// A file has a note of its own, which also says whose it is.
		note.handOver(left)
	}
	r.data.paths.ends(file)
	defer r.data.paths.outgrown(file, state.identity())
	switch {
	case file == "":
	case own.Own.SHA256 != "" && r.data.paths.rewritten(file, state.identity()):
		if at, isObject := addressOf(state.lies()); isObject && at.Version != "" && state.RemoveOnDestroy.ValueBool() {
			// Its successor has another version, and this one is its own alone.
			resp.Diagnostics.Append(r.removeObject(ctx, state)...)
		}
	case next.writes(file):
		r.data.paths.leave(file, own)
	case next.mayWrite():
		own.For = next.Asks
		r.data.paths.leave(file, own)
	case own.Own.SHA256 != "" && state.RemoveOnDestroy.ValueBool():
		if isObject(file) {
			resp.Diagnostics.Append(r.removeObject(ctx, state)...)
		} else if _, err := asset.Remove(file, own.Own.SHA256); err != nil {
			resp.Diagnostics.Append(notRemoved(file, err))
		}
	case next.Next == "":
		// The plan of an earlier version does not say what follows.
		r.data.paths.leave(file, own)
	}
}

// fileGone says whether there is no file any more where the state has it.
func (m exportModel) fileGone() bool {
	if m.Path.IsNull() || m.Archive.IsNull() || isObject(m.Path.ValueString()) {
		return false
	}
	_, err := asset.See(m.Path.ValueString())
	return missing(err)
}

// movesTo says whether path is another one than that of the state.
func (m exportModel) movesTo(path types.String) bool {
	from, to := m.Path.ValueString(), path.ValueString()
	return from != "" && to != "" && from != to
}

// cannotMoveTo says whether the archive of the state, or its name, cannot move to path
// because something else is there.
func (m exportModel) cannotMoveTo(path string) bool {
	if isObject(path) {
		// A plan asks no store.
		return false
	}
	// What cannot be seen is for apply to find out.
	there, _ := asset.Occupied(path)
	switch {
	case !there || asset.SameFile(m.Path.ValueString(), path):
		return false
	case m.archiveAt(m.Path.ValueString()):
		return true
	}
	return !m.archiveAt(path)
}

// archiveAt says whether the archive of the state lies at path: a user may
// have moved it himself.
func (m exportModel) archiveAt(path string) bool {
	archive := archiveOf(m.Archive)
	return archive.SHA256 != "" && !isObject(path) && asset.Holds(path, archive)
}
