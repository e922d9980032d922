package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// exportCases are changes of a finished export: what a plan decides, and what
// the update decides with the same values, when nothing can change any more.
var exportCases = []struct {
	name           string
	change         func(prior, planned *exportModel, facts *exportFacts)
	inPlan, update decision
}{
	{"nothing", func(_, _ *exportModel, _ *exportFacts) {}, rest, rest},
	{"created", func(_, _ *exportModel, f *exportFacts) { f.prior = nil }, run, run},
	{"a job was left", func(_, _ *exportModel, f *exportFacts) { f.pending = true }, run, run},
	{"interrupted", func(prior, _ *exportModel, _ *exportFacts) { prior.Status = str(string(asset.Running)) }, run, run},
	{"apps", func(_, p *exportModel, _ *exportFacts) { p.Roma = exportOf(ids("b"), noIDSet) }, run, run},
	{"an app more", func(_, p *exportModel, _ *exportFacts) { p.Roma = exportOf(ids("a", "b"), noIDSet) }, run, run},
	{"tasks", func(_, p *exportModel, _ *exportFacts) { p.Roma = exportOf(ids("a"), ids("t")) }, run, run},
	{"no tasks, written out", func(_, p *exportModel, _ *exportFacts) { p.Roma = exportOf(ids("a"), ids()) }, rest, rest},
	{"unknown apps", func(_, p *exportModel, _ *exportFacts) {
		p.Roma = exportOf(types.SetUnknown(types.StringType), noIDSet)
	}, undecided, undecided},
	{"unknown app", func(_, p *exportModel, _ *exportFacts) {
		p.Roma = exportOf(types.SetValueMust(types.StringType, []attr.Value{unknownText}), noIDSet)
	}, undecided, undecided},
	{"unknown roma", func(_, p *exportModel, _ *exportFacts) { p.Roma = types.ObjectUnknown(romaExportTypes) }, undecided, undecided},
	{"triggers", func(_, p *exportModel, _ *exportFacts) { p.Triggers = texts(map[string]attr.Value{"a": str("b")}) }, run, run},
	{"no triggers, written out", func(_, p *exportModel, _ *exportFacts) { p.Triggers = texts(nil) }, rest, rest},
	{"unknown triggers", func(_, p *exportModel, _ *exportFacts) { p.Triggers = types.MapUnknown(types.StringType) }, undecided, undecided},
	{"unknown trigger", func(_, p *exportModel, _ *exportFacts) { p.Triggers = texts(map[string]attr.Value{"a": unknownText}) }, undecided, undecided},
	{"instance", func(_, p *exportModel, _ *exportFacts) { p.Instance = str("prod") }, run, run},
	{"unknown instance", func(_, p *exportModel, _ *exportFacts) { p.Instance = unknownText }, undecided, undecided},
	{"platform", func(_, p *exportModel, _ *exportFacts) { p.Platform = str("csa") }, run, run},
	{"unknown platform and triggers", func(_, p *exportModel, _ *exportFacts) {
		p.Platform, p.Triggers = unknownText, texts(map[string]attr.Value{"a": str("b")})
	}, run, run},
	{"timeouts", func(_, p *exportModel, _ *exportFacts) { p.Timeouts = someTimeouts() }, rest, rest},
	{"remove_on_destroy", func(_, p *exportModel, _ *exportFacts) { p.RemoveOnDestroy = types.BoolValue(true) }, rest, rest},
	{"path", func(_, p *exportModel, _ *exportFacts) { p.Path = str("b.zip") }, rest, rest},
	{"path removed", func(_, p *exportModel, _ *exportFacts) { p.Path = noText }, rest, rest},
	{"path unknown", func(_, p *exportModel, _ *exportFacts) { p.Path = unknownText }, rest, rest},
	{"path added", func(prior, _ *exportModel, _ *exportFacts) { prior.Path = noText }, undecided, undecided},
	{"path perhaps added", func(prior, p *exportModel, _ *exportFacts) { prior.Path, p.Path = noText, unknownText }, undecided, undecided},
	{"never a path", func(prior, p *exportModel, _ *exportFacts) { prior.Path, p.Path = noText, noText }, rest, rest},
	{"gone, keep", func(_, _ *exportModel, f *exportFacts) { f.fileGone = true }, rest, rest},
	{"gone, export", func(prior, p *exportModel, f *exportFacts) { exportIfMissing(prior, p); f.fileGone = true }, run, run},
	{"there, export", func(prior, p *exportModel, _ *exportFacts) { exportIfMissing(prior, p) }, rest, rest},
	{"gone, export from now on", func(_, p *exportModel, f *exportFacts) { exportIfMissing(p); f.fileGone = true }, run, run},
	{"there, export from now on", func(_, p *exportModel, _ *exportFacts) { exportIfMissing(p) }, undecided, rest},
	{"there, export, timeouts", func(prior, p *exportModel, _ *exportFacts) {
		exportIfMissing(prior, p)
		p.Timeouts = someTimeouts()
	}, undecided, rest},
	{"gone, export, path", func(prior, p *exportModel, f *exportFacts) {
		exportIfMissing(prior, p)
		p.Path, f.fileGone = str("b.zip"), true
	}, undecided, run},
	{"gone, export, path removed", func(prior, p *exportModel, f *exportFacts) {
		exportIfMissing(prior, p)
		p.Path, f.fileGone = noText, true
	}, rest, rest},
	{"there, export, path", func(prior, p *exportModel, _ *exportFacts) {
		exportIfMissing(prior, p)
		p.Path = str("b.zip")
	}, undecided, rest},
	{"export no more", func(prior, _ *exportModel, f *exportFacts) { exportIfMissing(prior); f.fileGone = true }, rest, rest},
	{"if_missing unknown", func(_, p *exportModel, _ *exportFacts) { p.IfMissing = unknownText }, undecided, rest},
}

func exportIfMissing(models ...*exportModel) {
	for _, m := range models {
		m.IfMissing = str(ifMissingExport)
	}
}

func TestPlanExport(t *testing.T) {
	t.Parallel()
	for _, test := range exportCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			prior, planned := finishedExport(), finishedExport()
			// What the configuration does not say is unknown before the plan.
			planned.jobModel = planned.unknown()
			planned.ArchiveID, planned.Archive = unknownText, types.ObjectUnknown(exportArchiveTypes)
			facts := exportFacts{kinds: platforms(), prior: &prior}
			test.change(&prior, &planned, &facts)

			got, what := planExport(facts, planned)
			if what != test.inPlan {
				t.Errorf("decided %d in the plan, want %d", what, test.inPlan)
			}
			checkExportPlan(t, facts, got, what)

			facts.settled = true
			if what := decideExport(facts, planned); what != test.update {
				t.Errorf("decided %d in the update, want %d", what, test.update)
			}
			if test.inPlan == rest && test.update != rest {
				t.Error("the plan knew values that the update may change")
			}
		})
	}
}

// checkExportPlan checks that everything is unknown that may change, and that
// everything else is what it was.
func checkExportPlan(t *testing.T, facts exportFacts, got exportModel, what decision) {
	t.Helper()
	for name, value := range map[string]attr.Value{
		"job_id": got.JobID, "archive_id": got.ArchiveID, "status": got.Status, "begin_time": got.BeginTime, "end_time": got.EndTime,
	} {
		if value.IsUnknown() != (what != rest) {
			t.Errorf("%s is %s", name, value)
		}
	}
	switch {
	case got.Path.IsNull():
		if !got.Archive.IsNull() {
			t.Errorf("archive without path is %s", got.Archive)
		}
	case what != rest || got.Path.IsUnknown():
		if !got.Archive.IsUnknown() {
			t.Errorf("archive is %s", got.Archive)
		}
	case facts.prior.Archive.IsNull():
	default:
		want := facts.prior.Archive.Attributes()
		want["path"] = got.Path
		if !got.Archive.Equal(types.ObjectValueMust(exportArchiveTypes, want)) {
			t.Errorf("archive is %s, was %s", got.Archive, facts.prior.Archive)
		}
	}
}
