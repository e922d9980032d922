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

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/fastpath"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/csaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// stateTypes are the types of the states of resources, by their names.
var stateTypes = sync.OnceValue(func() map[string]attr.Type {
	return map[string]attr.Type{"asset_export": typeOf(new(exportResource)), "asset_import": typeOf(new(importResource))}
})

func typeOf(r resource.Resource) attr.Type {
	var resp resource.SchemaResponse
	r.Schema(context.Background(), resource.SchemaRequest{}, &resp)
	return resp.Schema.Type()
}

// fastPath says which resources rest, by the same methods with which they are planned.
func (p *assetProvider) fastPath() fastpath.Options {
	rests := func(kind string, plans func(context.Context, *providerData, map[string]attr.Value, bool) bool) fastpath.Resource {
		return fastpath.Resource{
			Type: stateTypes()[kind], Unfinished: string(asset.Running), Pending: privateKey,
			Rests: func(ctx context.Context, state map[string]attr.Value, private []byte) bool {
				data := p.data.Load()
				return data != nil && plans(ctx, data, state, bytes.Contains(private, []byte(`"`+madeKey+`"`)))
			},
		}
	}
	return fastpath.Options{
		Resources: map[string]fastpath.Resource{"asset_export": rests("asset_export", exportRests), "asset_import": rests("asset_import", importRests)},
		Around:    keepLook,
	}
}

// exportRests needs the defaults in the state: what the configuration does not
// say any more is still in the proposed one otherwise.
func exportRests(_ context.Context, s *providerData, state map[string]attr.Value, made bool) bool {
	prior := exportState(state)
	if prior.IfMissing.ValueString() != ifMissingKeep || prior.RemoveOnDestroy.IsNull() || prior.RemoveOnDestroy.ValueBool() {
		return false
	}
	var diags diag.Diagnostics
	c := change[exportModel]{prior: &prior, planned: aimed(s, prior, &prior, &diags), made: made}
	planned, ok := (&exportResource{s.kinds, s}).plan(c, &diags)
	return ok && len(diags) == 0 && planned.equal(prior.jobModel) && planned.ArchiveID.Equal(prior.ArchiveID) && planned.Archive.Equal(prior.Archive)
}

func importRests(ctx context.Context, s *providerData, state map[string]attr.Value, _ bool) bool {
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
