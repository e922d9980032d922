package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

func (m importModel) withJob(job jobModel) importModel {
	m.jobModel = job
	return m
}

// asked is what the import asks for, in canonical text.
func (m importModel) asked(kinds platform.Kinds) (text string, isKnown bool) {
	return kinds.ImportText(m.options(), m.Platform)
}

func (m importModel) spec(kinds platform.Kinds) jobrun.Spec {
	options, _ := m.asked(kinds)
	return jobrun.Spec{
		Kind: "import", Platform: m.Platform.ValueString(), Instance: m.Instance.ValueString(),
		Options: options, Triggers: m.triggers(), Source: m.Source.ValueString(),
	}
}

// left is the job of this state, for a run that continues it.
func (m importModel) left(kinds platform.Kinds) *jobrun.Pending {
	return pendingImport(m.spec(kinds), m.JobID.ValueString(), archiveOf(m.Archive))
}

func pendingImport(r jobrun.Spec, job string, archive asset.Stored) *jobrun.Pending {
	return &jobrun.Pending{
		Fingerprint: r.Fingerprint(), Job: job, Source: r.Source,
		SHA256: archive.SHA256, ContentDigest: archive.ContentDigest, Size: archive.Size,
	}
}

// digestOf is the digest, in lower-case hex, that a source_hash of 64 hex digits
// is; empty where it is another word.
func digestOf(hash types.String) string {
	text := strings.ToLower(hash.ValueString())
	if len(text) != hex.EncodedLen(sha256.Size) || strings.Trim(text, "0123456789abcdef") != "" {
		return ""
	}
	return text
}

// approves says whether an archive is the one that source_hash names. Words that
// are no digest name none.
func (m importModel) approves(archive asset.Stored) bool {
	digest := digestOf(m.SourceHash)
	return digest == "" || digest == archive.SHA256 || digest == archive.ContentDigest
}

// imported says whether hash is one of the digests of what was imported last.
func (m importModel) imported(hash string) bool {
	archive := archiveOf(m.Archive)
	return hash != "" && (hash == archive.SHA256 || hash == archive.ContentDigest)
}

// sameSettings says whether the configuration is the one of the state, so
// that no update is planned for it.
func (m importModel) sameSettings(prior importModel) bool {
	return m.options().Equal(prior.options()) && m.Source.Equal(prior.Source) && m.SourceHash.Equal(prior.SourceHash) &&
		m.Triggers.Equal(prior.Triggers) && m.Timeouts.Equal(prior.Timeouts)
}

// begun is the state of a run that may be interrupted from now on.
func (m importModel) begun(job asset.Job, archive asset.Stored) importModel {
	m.jobModel = m.record(job, asset.Running)
	m.Archive = importArchive(archive)
	m.Messages, m.Artifacts = textList(nil), artifactList(nil)
	return m
}

// finished is the state of a run that is done.
func (m importModel) finished(job asset.Job, archive asset.Stored) importModel {
	m.jobModel = m.record(job, asset.Succeeded)
	m.Archive = importArchive(archive)
	m.Messages, m.Artifacts = textList(job.Messages), artifactList(job.Artifacts)
	return m
}

// kept is a planned state with the result of the prior one.
func (m importModel) kept(prior importModel) importModel {
	m.jobModel = m.keep(prior.jobModel)
	m.Archive, m.Messages, m.Artifacts = prior.Archive, prior.Messages, prior.Artifacts
	return m
}

func archiveOf(object types.Object) asset.Stored {
	return asset.Stored{
		SHA256:        tfvalue.Field[types.String](object, "sha256").ValueString(),
		ContentDigest: tfvalue.Field[types.String](object, "content_digest").ValueString(),
		Size:          tfvalue.Field[types.Int64](object, "size").ValueInt64(),
	}
}

func importArchive(archive asset.Stored) types.Object {
	return types.ObjectValueMust(importArchiveTypes, map[string]attr.Value{
		"sha256":         tfvalue.TextOrNull(archive.SHA256),
		"content_digest": tfvalue.TextOrNull(archive.ContentDigest),
		"size":           types.Int64Value(archive.Size),
	})
}

func textList(texts []string) types.List {
	values := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, types.StringValue(text))
	}
	return types.ListValueMust(types.StringType, values)
}

func artifactList(artifacts []asset.Artifact) types.List {
	values := make([]attr.Value, 0, len(artifacts))
	for _, a := range artifacts {
		values = append(values, types.ObjectValueMust(artifactType.AttrTypes, map[string]attr.Value{
			"id": types.StringValue(a.ID), "type": types.StringValue(a.Type), "name": types.StringValue(a.Name),
		}))
	}
	return types.ListValueMust(artifactType, values)
}
