package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

func (m exportModel) withJob(job jobModel) exportModel {
	m.jobModel = job
	return m
}

// asked is what the export asks for, in canonical text.
func (m exportModel) asked(kinds platform.Kinds) (text string, isKnown bool) {
	return kinds.ExportText(m.options(), m.Platform)
}

func (m exportModel) spec(kinds platform.Kinds) jobrun.Spec {
	options, _ := m.asked(kinds)
	return jobrun.Spec{
		Kind: "export", Platform: m.Platform.ValueString(), Instance: m.Instance.ValueString(),
		Options: options, Triggers: m.triggers(),
	}
}

// asks is the fingerprint of what the export asks for; empty where a plan does not know it.
func (m exportModel) asks(kinds platform.Kinds) string {
	if _, optionsKnown := m.asked(kinds); !optionsKnown || !tfvalue.Known(m.Triggers) || !tfvalue.Known(m.Platform) || !tfvalue.Known(m.Instance) {
		return ""
	}
	return m.spec(kinds).Fingerprint()
}

// settled says whether it is known where the archive goes and what is in it.
func (m exportModel) settled(kinds platform.Kinds) bool {
	return m.asks(kinds) != "" && !m.Path.IsNull() && tfvalue.Known(m.Path)
}

// left is the job of this state, for a run that continues it.
func (m exportModel) left(kinds platform.Kinds) *jobrun.Pending {
	u := m.pending(kinds, asset.Job{ID: m.JobID.ValueString()}, m.kept())
	u.Path, u.ArchiveID = m.Path.ValueString(), m.ArchiveID.ValueString()
	if was := tfvalue.Field[types.String](m.Archive, "path").ValueString(); was != "" && u.SHA256 != "" {
		// Its path may have changed since it was kept.
		u.Path = was
	}
	u.Begin, u.End = tfvalue.TimeOf(m.BeginTime), tfvalue.TimeOf(m.EndTime)
	return u
}

// kept is the archive of an unfinished state that arrived and is not at its path.
// Its id is in the state only then.
func (m exportModel) kept() asset.Stored {
	if !m.running() || m.ArchiveID.ValueString() == "" {
		return asset.Stored{}
	}
	return archiveOf(m.Archive)
}

// own is the archive that this export, or the one whose place it took, put at the path.
func (m exportModel) own() asset.Stored {
	if m.kept().SHA256 != "" {
		return asset.Stored{}
	}
	return archiveOf(m.Archive)
}

// pending is what a run leaves that did not end well: its job, and the
// archive if it arrived whole.
func (m exportModel) pending(kinds platform.Kinds, job asset.Job, kept asset.Stored) *jobrun.Pending {
	return &jobrun.Pending{
		Fingerprint: m.spec(kinds).Fingerprint(), Job: job.ID, Path: m.Path.ValueString(), ArchiveID: job.ArchiveID,
		Begin: job.Begin, End: job.End, SHA256: kept.SHA256, ContentDigest: kept.ContentDigest, Size: kept.Size,
	}
}

// identityOf is the identity of an export; empty where there is none yet.
func identityOf(m *exportModel) string {
	if m == nil {
		return ""
	}
	return m.identity()
}

// identity tells the export of this state from others in one configuration.
func (m exportModel) identity() string {
	return m.Instance.ValueString() + " " + m.JobID.ValueString() + " " + m.BeginTime.ValueString() + " " + archiveOf(m.Archive).SHA256
}

// sameSettings says whether the configuration is the one of the state, so
// that no update is planned for it.
func (m exportModel) sameSettings(prior exportModel) bool {
	return m.options().Equal(prior.options()) && m.Path.Equal(prior.Path) && m.Triggers.Equal(prior.Triggers) &&
		m.IfMissing.Equal(prior.IfMissing) && m.RemoveOnDestroy.Equal(prior.RemoveOnDestroy) && m.Timeouts.Equal(prior.Timeouts)
}

// begun is the state of a run that may be interrupted from now on. before is what the
// export whose place this one takes left at the path.
func (m exportModel) begun(job asset.Job, before asset.Stored) exportModel {
	m.jobModel = m.record(job, asset.Running)
	m.ArchiveID = types.StringNull()
	return m.holding(before)
}

// keptBack is the state of a run whose archive arrived and is not at its path yet.
func (m exportModel) keptBack(job asset.Job, kept asset.Stored) exportModel {
	m = m.begun(job, kept)
	m.ArchiveID = tfvalue.TextOrNull(job.ArchiveID)
	return m
}

// failed is the state of a run that left no job. Without it nobody would know
// whose the archive at the path is.
func (m exportModel) failed(before asset.Stored) exportModel {
	m.jobModel = m.record(asset.Job{}, asset.Failed)
	m.ArchiveID = types.StringNull()
	return m.holding(before)
}

func (m exportModel) holding(stored asset.Stored) exportModel {
	m.Archive = types.ObjectNull(exportArchiveTypes)
	if !m.Path.IsNull() {
		if stored.Path == "" {
			stored.Path = m.Path.ValueString()
		}
		m.Archive = exportArchive(stored)
	}
	return m
}

// finished is the state of a run that is done.
func (m exportModel) finished(job asset.Job, stored asset.Stored) exportModel {
	m.jobModel = m.record(job, asset.Succeeded)
	m.ArchiveID = tfvalue.TextOrNull(job.ArchiveID)
	m.Archive = types.ObjectNull(exportArchiveTypes)
	if !m.Path.IsNull() {
		m.Archive = exportArchive(stored)
	}
	return m
}

// exportArchive is the archive attribute; what is not known yet is null.
func exportArchive(stored asset.Stored) types.Object {
	size := types.Int64Null()
	if stored.SHA256 != "" {
		size = types.Int64Value(stored.Size)
	}
	return types.ObjectValueMust(exportArchiveTypes, map[string]attr.Value{
		"path":           types.StringValue(stored.Path),
		"sha256":         tfvalue.TextOrNull(stored.SHA256),
		"content_digest": tfvalue.TextOrNull(stored.ContentDigest),
		"size":           size,
	})
}
