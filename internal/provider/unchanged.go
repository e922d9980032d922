package provider

import (
	"bytes"
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// Most of the resources of most plans have nothing to do. The framework spends
// ten times as much on each of these as the provider, walking through all
// attributes for defaults, modifiers and unknown values, where the answer is
// what came with the request. This file recognizes them; whatever is in doubt
// goes to the framework.

// shape is what is known of a resource type: its schema as types, and whether a
// plan leaves a prior state as it is.
type shape struct {
	object    attr.Type
	terraform tftypes.Type
	rests     func(ctx context.Context, s *session, state map[string]attr.Value, made bool) bool
}

// shapes are those of the resource types by their names.
var shapes = sync.OnceValue(func() map[string]shape {
	return map[string]shape{
		"asset_export": shapeOf(new(exportResource), exportRests),
		"asset_import": shapeOf(new(importResource), importRests),
	}
})

func shapeOf(r resource.Resource, rests func(context.Context, *session, map[string]attr.Value, bool) bool) shape {
	ctx := context.Background()
	var resp resource.SchemaResponse
	r.Schema(ctx, resource.SchemaRequest{}, &resp)
	object := resp.Schema.Type()
	return shape{object, object.TerraformType(ctx), rests}
}

// readsAsIs says whether a refresh answers with the state that it got: it looks
// at nothing but unfinished jobs.
func readsAsIs(req *tfprotov6.ReadResourceRequest) bool {
	_, ours := shapes()[req.TypeName]
	return ours && req.CurrentState != nil && len(req.CurrentState.MsgPack) > 0 &&
		!bytes.Contains(req.CurrentState.MsgPack, []byte(asset.Running))
}

// plansAsIs says whether a plan answers with the state that was proposed: it is
// the prior one, an earlier update left nothing behind, and the resource would
// plan the same without having anything to say.
func plansAsIs(ctx context.Context, s *session, req *tfprotov6.PlanResourceChangeRequest) bool {
	shape, ours := shapes()[req.TypeName]
	if !ours || s == nil || req.PriorState == nil || req.ProposedNewState == nil || len(req.PriorState.MsgPack) == 0 ||
		!bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) || bytes.Contains(req.PriorPrivate, []byte(privateKey)) {
		return false
	}
	raw, err := req.PriorState.Unmarshal(shape.terraform)
	if err != nil || raw.IsNull() {
		return false
	}
	value, err := shape.object.ValueFromTerraform(ctx, raw)
	object, ok := value.(types.Object)
	return err == nil && ok && shape.rests(ctx, s, object.Attributes(), bytes.Contains(req.PriorPrivate, []byte(`"`+madeKey+`"`)))
}

// exportRests needs the defaults in the state: what the configuration does not
// say any more is still in the proposed one otherwise.
func exportRests(_ context.Context, s *session, state map[string]attr.Value, made bool) bool {
	prior := exportState(state)
	if prior.IfMissing.ValueString() != ifMissingKeep || prior.RemoveOnDestroy.IsNull() || prior.RemoveOnDestroy.ValueBool() {
		return false
	}
	var diags diag.Diagnostics
	c := change[exportModel]{prior: &prior, planned: aimed(s, prior, &prior, &diags), made: made}
	planned, ok := (&exportResource{s.kinds, s}).plan(c, &diags)
	return ok && len(diags) == 0 && planned.equal(prior.jobModel) && planned.ArchiveID.Equal(prior.ArchiveID) && planned.Archive.Equal(prior.Archive)
}

func importRests(ctx context.Context, s *session, state map[string]attr.Value, _ bool) bool {
	prior := importState(state)
	var diags diag.Diagnostics
	c := change[importModel]{prior: &prior, planned: aimed(s, prior, &prior, &diags)}
	planned, ok := (&importResource{s.kinds, s}).plan(ctx, c, &diags)
	return ok && len(diags) == 0 && planned.equal(prior.jobModel) && planned.Archive.Equal(prior.Archive) &&
		planned.Messages.Equal(prior.Messages) && planned.Artifacts.Equal(prior.Artifacts)
}

func (m jobModel) equal(other jobModel) bool {
	return m.Triggers.Equal(other.Triggers) && m.Platform.Equal(other.Platform) && m.Instance.Equal(other.Instance) &&
		m.JobID.Equal(other.JobID) && m.Status.Equal(other.Status) && m.BeginTime.Equal(other.BeginTime) && m.EndTime.Equal(other.EndTime)
}

// exportState is the model of a state, without the reflection of the framework.
func exportState(state map[string]attr.Value) exportModel {
	return exportModel{
		platformModel: platformState(state), jobModel: jobState(state), Path: tfvalue.Of[types.String](state, "path"),
		IfMissing: tfvalue.Of[types.String](state, "if_missing"), RemoveOnDestroy: tfvalue.Of[types.Bool](state, "remove_on_destroy"),
		Timeouts: tfvalue.Of[timeouts.Value](state, "timeouts"), ArchiveID: tfvalue.Of[types.String](state, "archive_id"),
		Archive: tfvalue.Of[types.Object](state, "archive"),
	}
}

func importState(state map[string]attr.Value) importModel {
	return importModel{
		platformModel: platformState(state), jobModel: jobState(state), Source: tfvalue.Of[types.String](state, "source"),
		SourceHash: tfvalue.Of[types.String](state, "source_hash"), Timeouts: tfvalue.Of[timeouts.Value](state, "timeouts"),
		Archive: tfvalue.Of[types.Object](state, "archive"), Messages: tfvalue.Of[types.List](state, "messages"),
		Artifacts: tfvalue.Of[types.List](state, "artifacts"),
	}
}

func platformState(state map[string]attr.Value) platformModel {
	return platformModel{Roma: tfvalue.Of[types.Object](state, romaplatform.Name), Csa: tfvalue.Of[types.Object](state, csaplatform.Name)}
}

func jobState(state map[string]attr.Value) jobModel {
	text := func(name string) types.String { return tfvalue.Of[types.String](state, name) }
	return jobModel{
		Triggers: tfvalue.Of[types.Map](state, "triggers"), Platform: text("platform"), Instance: text("instance"), JobID: text("job_id"),
		Status: text("status"), BeginTime: text("begin_time"), EndTime: text("end_time"),
	}
}
