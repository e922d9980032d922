package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// The digests of the archive that was imported.
var sumHex, contentHex = strings.Repeat("5a", 32), strings.Repeat("c0", 32)

// importCases are changes of a finished import, as in exportCases. The file
// at source has the content of the state unless a case says otherwise.
var importCases = []struct {
	name           string
	change         func(prior, planned *importModel, facts *importFacts)
	inPlan, update decision
}{
	{"nothing", func(_, _ *importModel, _ *importFacts) {}, rest, rest},
	{"created", func(_, _ *importModel, f *importFacts) { f.prior = nil }, run, run},
	{"a job was left", func(_, _ *importModel, f *importFacts) { f.pending = true }, run, run},
	{"interrupted", func(prior, _ *importModel, _ *importFacts) { prior.Status = str(string(asset.Running)) }, run, run},
	{"no file", func(_, _ *importModel, f *importFacts) { f.content = "" }, rest, rest},
	{"other content", func(_, _ *importModel, f *importFacts) { f.content = "other" }, run, run},
	{"type", func(_, p *importModel, _ *importFacts) {
		p.Roma = importOf(map[string]attr.Value{"type": str("Merge")})
	}, run, run},
	{"prefix", func(_, p *importModel, _ *importFacts) { p.Roma = importOf(map[string]attr.Value{"prefix": str("p")}) }, run, run},
	{"datasource_overwrite", func(_, p *importModel, _ *importFacts) {
		p.Roma = importOf(map[string]attr.Value{"datasource_overwrite": types.BoolValue(true)})
	}, run, run},
	{"datasource_overwrite, false and unset", func(_, p *importModel, _ *importFacts) {
		p.Roma = importOf(map[string]attr.Value{"datasource_overwrite": types.BoolValue(false)})
	}, run, run},
	{"unknown prefix", func(_, p *importModel, _ *importFacts) {
		p.Roma = importOf(map[string]attr.Value{"prefix": unknownText})
	}, undecided, undecided},
	{"unknown roma", func(_, p *importModel, _ *importFacts) { p.Roma = types.ObjectUnknown(romaImportTypes) }, undecided, undecided},
	{"roma left out", func(_, p *importModel, _ *importFacts) { p.Roma = types.ObjectNull(romaImportTypes) }, undecided, rest},
	{"the same instance, written out", func(_, p *importModel, _ *importFacts) {
		p.Roma = importOf(map[string]attr.Value{"instance_id": str("prod")})
	}, undecided, rest},
	{"instance", func(_, p *importModel, _ *importFacts) { p.Instance = str("dev") }, run, run},
	{"unknown instance", func(_, p *importModel, _ *importFacts) { p.Instance = unknownText }, undecided, undecided},
	{"platform", func(_, p *importModel, _ *importFacts) { p.Platform = str("csa") }, run, run},
	{"triggers", func(_, p *importModel, _ *importFacts) { p.Triggers = texts(map[string]attr.Value{"a": str("b")}) }, run, run},
	{"a trigger that is null", func(_, p *importModel, _ *importFacts) { p.Triggers = texts(map[string]attr.Value{"a": noText}) }, run, run},
	{"no triggers, written out", func(_, p *importModel, _ *importFacts) { p.Triggers = texts(nil) }, undecided, rest},
	{"unknown triggers", func(_, p *importModel, _ *importFacts) { p.Triggers = types.MapUnknown(types.StringType) }, undecided, undecided},
	{"timeouts", func(_, p *importModel, _ *importFacts) { p.Timeouts = someTimeouts() }, undecided, rest},
	{"timeouts, no file", func(_, p *importModel, f *importFacts) { p.Timeouts, f.content = someTimeouts(), "" }, undecided, rest},
	{"timeouts, other content", func(_, p *importModel, f *importFacts) { p.Timeouts, f.content = someTimeouts(), "other" }, run, run},
	{"timeouts, a hash", func(prior, p *importModel, _ *importFacts) {
		prior.SourceHash, p.SourceHash, p.Timeouts = str("word"), str("word"), someTimeouts()
	}, rest, rest},
	{"source, the same content", func(_, p *importModel, _ *importFacts) { p.Source = str("b.zip") }, undecided, rest},
	{"source, other content", func(_, p *importModel, f *importFacts) { p.Source, f.content = str("b.zip"), "other" }, run, run},
	{"source, no file", func(_, p *importModel, f *importFacts) { p.Source, f.content = str("b.zip"), "" }, undecided, undecided},
	{"source, no file, a hash", func(prior, p *importModel, f *importFacts) {
		prior.SourceHash, p.SourceHash, p.Source, f.content = str("word"), str("word"), str("b.zip"), ""
	}, rest, rest},
	{"unknown source", func(_, p *importModel, f *importFacts) { p.Source, f.content = unknownText, "" }, undecided, undecided},
	{"unknown source, a hash", func(prior, p *importModel, f *importFacts) {
		prior.SourceHash, p.SourceHash, p.Source, f.content = str("word"), str("word"), unknownText, ""
	}, rest, rest},
	{"hash: the sha256", func(_, p *importModel, f *importFacts) { p.SourceHash, f.content = str(sumHex), "" }, rest, rest},
	{"hash: the content_digest", func(_, p *importModel, f *importFacts) { p.SourceHash, f.content = str(contentHex), "" }, rest, rest},
	{"hash: a word", func(_, p *importModel, f *importFacts) { p.SourceHash, f.content = str("word"), "" }, run, run},
	{"hash: the word of before", func(prior, p *importModel, _ *importFacts) { prior.SourceHash, p.SourceHash = str("word"), str("word") }, rest, rest},
	{"hash: the word of before, other content", func(prior, p *importModel, f *importFacts) {
		prior.SourceHash, p.SourceHash, f.content = str("word"), str("word"), "other"
	}, rest, rest},
	{"hash: the digest of before, and another was imported", func(prior, p *importModel, _ *importFacts) {
		prior.SourceHash, p.SourceHash = str(strings.Repeat("0", 64)), str(strings.Repeat("0", 64))
	}, run, run},
	{"hash: the sha256 in upper case", func(_, p *importModel, f *importFacts) { p.SourceHash, f.content = str(strings.ToUpper(sumHex)), "" }, rest, rest},
	{"hash: almost a digest, and the word of before", func(prior, p *importModel, _ *importFacts) {
		prior.SourceHash, p.SourceHash = str(sumHex[:63]), str(sumHex[:63])
	}, rest, rest},
	{"hash: from one word to the digest", func(prior, p *importModel, _ *importFacts) {
		prior.SourceHash, p.SourceHash = str("word"), str(contentHex)
	}, rest, rest},
	{"unknown hash", func(_, p *importModel, f *importFacts) { p.SourceHash, f.content = unknownText, "" }, undecided, undecided},
	{"hash taken away", func(prior, _ *importModel, _ *importFacts) { prior.SourceHash = str("word") }, undecided, rest},
	{"hash taken away, other content", func(prior, _ *importModel, f *importFacts) { prior.SourceHash, f.content = str("word"), "other" }, run, run},
}

func TestPlanImport(t *testing.T) {
	t.Parallel()
	for _, test := range importCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			prior, planned := finishedImport(), finishedImport()
			planned.jobModel = planned.unknown()
			planned.Archive = types.ObjectUnknown(importArchiveTypes)
			facts := importFacts{kinds: platforms(), prior: &prior, content: contentHex}
			test.change(&prior, &planned, &facts)

			got, what := planImport(facts, planned)
			if what != test.inPlan {
				t.Errorf("decided %d in the plan, want %d", what, test.inPlan)
			}
			for name, value := range map[string]attr.Value{
				"job_id": got.JobID, "status": got.Status, "begin_time": got.BeginTime, "end_time": got.EndTime,
				"archive": got.Archive, "messages": got.Messages, "artifacts": got.Artifacts,
			} {
				if value.IsUnknown() != (what != rest) {
					t.Errorf("%s is %s", name, value)
				}
			}
			if what == rest && (!got.Archive.Equal(prior.Archive) || !got.Messages.Equal(prior.Messages) || !got.JobID.Equal(prior.JobID)) {
				t.Errorf("planned %v, was %v", got, prior)
			}

			facts.settled = true
			if what := decideImport(facts, planned); what != test.update {
				t.Errorf("decided %d in the update, want %d", what, test.update)
			}
			if test.inPlan == rest && test.update != rest {
				t.Error("the plan knew values that the update may change")
			}
		})
	}
}
