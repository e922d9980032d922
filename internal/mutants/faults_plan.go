package main

// decisions are tests of internal/provider of what is planned.
const decisions = `^Test(PlanExport|PlanImport|Decisions|Target|ChoosePlatform|CSAImportText)$`

// planFaults are in what internal/provider plans.
var planFaults = []fault{
	{
		name: "a destroyed import does not say what stays",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestSourceThatCannotBeUsed$`,
		text: "resp.Diagnostics.Append(destroyLeavesImport(c.prior.jobModel))\n",
		with: "",
	}, {
		name: "an import that moves to another instance does not say what stays",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestPlanRows/^2`,
		text: `diags.Append(movedElsewhere(message.Import, facts.prior.jobModel, planned.jobModel)...)`,
		with: `_ = movedElsewhere`,
	}, {
		name: "a plan does not say that the old file stays",
		file: "internal/provider/export_resource.go", in: "provider", run: `^TestOldFileStays$`,
		text: `diags.Append(oldFileStays(prior.Path.ValueString(), planned.Path.ValueString()))`,
		with: `_ = oldFileStays`,
	}, {
		name: "a plan does not say that a file stays whose path is removed",
		file: "internal/provider/export_resource.go", in: "provider", run: `^TestWhatStaysIsTold$`,
		text: `diags.Append(fileWithoutPath(prior.Path.ValueString()))`,
		with: `_ = fileWithoutPath`,
	}, {
		name: "a path that is added exports again",
		file: "internal/provider/export_plan.go", in: "provider", run: decisions,
		text: "exports again if it is gone.\n\t\twhat = max(what, undecided)",
		with: "exports again if it is gone.\n\t\twhat = max(what, run)",
	}, {
		name: "an archive that moved is exported again",
		file: "internal/provider/export_plan.go", in: "provider", run: decisions,
		text: `facts.fileGone && (facts.settled || planned.Path.Equal(prior.Path))`,
		with: `facts.fileGone`,
	}, {
		name: "no triggers and empty ones are not the same",
		file: "internal/provider/decision.go", in: "provider", run: decisions,
		text: `len(planned.Triggers.Elements())+len(prior.Triggers.Elements()) == 0`,
		with: `len(planned.Triggers.Elements())+len(prior.Triggers.Elements()) < 0`,
	}, {
		name: "a change of preview imports again",
		file: "internal/provider/platform/csaplatform/options.go", in: "provider/platform/csaplatform", run: `^TestCSAImportText$`,
		text: `if name == "preview" {`,
		with: `if name == "previews" {`,
	}, {
		name: "a source_hash that is a word is compared with digests",
		file: "internal/provider/import_plan.go", in: "provider", run: decisions,
		text: `digest != "" && prior.imported(digest) || digest == "" && hash.Equal(prior.SourceHash)`,
		with: `digest != "" && prior.imported(digest)`,
	}, {
		name: "a plan of a job that an update left says that nothing changes",
		file: "internal/provider/fastpath/server.go", in: "provider", run: `^TestUnchanged`,
		text: ` || bytes.Contains(req.PriorPrivate, []byte(ours.Pending))`,
		with: ``,
	}, {
		name: "a plan that has a warning is answered without it",
		file: "internal/provider/resting.go", in: "provider", run: `^TestUnchanged`,
		text: "return ok && len(diags) == 0 && planned.equal(prior.jobModel) && planned.Archive.Equal(prior.Archive) &&\n",
		with: "return ok && planned.equal(prior.jobModel) && planned.Archive.Equal(prior.Archive) &&\n",
	}, {
		name: "two exports of one path are planned",
		file: "internal/provider/export_resource.go", in: "provider", run: `^TestOnePathOfTwoExports$`,
		text: `diags.Append(twoExports(file))`,
		with: `_ = twoExports`,
	}, {
		name: "Terraform 1.13 starts a process for each plan",
		file: "internal/provider/provider.go", in: "provider", run: `^TestOnePathOfTwoExports$`,
		text: `v.Core().LessThan(manyWalks)`,
		with: `v.Core().LessThanOrEqual(manyWalks)`,
	}, {
		name: "an import plans to continue a job that a destroy left",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestDestroyedImportIsNotContinuedByAPlan$`,
		text: `r.data.jobs.Forget(*c.prior.left(r.kinds))`,
		with: `_ = c.prior.left(r.kinds)`,
	},
}

// settingFaults are in what internal/provider reads and checks of a configuration.
var settingFaults = []fault{
	{
		name: "a hundred ids are too many",
		file: "internal/provider/platform/romaplatform/options.go", in: "provider/platform/romaplatform", run: `^TestLimitsAreInclusive$`,
		text: `len(set.Elements()) > mostIDs`,
		with: `len(set.Elements()) >= mostIDs`,
	}, {
		name: "an instance_id of 64 characters is too long",
		file: "internal/provider/platform/romaplatform/settings.go", in: "provider/platform/romaplatform", run: `^Test(LimitsAreInclusive|BadSettings)$`,
		text: `utf8.RuneCountInString(s.config.InstanceID) > longestID`,
		with: `utf8.RuneCountInString(s.config.InstanceID) >= longestID`,
	}, {
		name: "an instance_id that is too long is shown at another attribute",
		file: "internal/provider/platform/romaplatform/settings.go", in: "provider/platform/romaplatform", run: `^TestBadSettings$`,
		text: `IDTooLong(at, "instance_id", s.config.InstanceID`,
		with: `IDTooLong(at, "project_id", s.config.InstanceID`,
	}, {
		name: "a max_retries of 100 is refused",
		file: "internal/provider/platform/settings.go", in: "provider/platform/romaplatform", run: `^Test(LimitsAreInclusive|BadSettings)$`,
		text: `n >= 0 && n <= 100`,
		with: `n >= 0 && n < 100`,
	}, {
		name: "a password loses the blanks at its ends",
		file: "internal/provider/platform/settings.go", in: "provider/platform/romaplatform", run: `^TestWhiteSpaceAroundValues$`,
		text: `strings.TrimRight(value, "\r\n")`,
		with: `strings.TrimSpace(value)`,
	}, {
		name: "a large archive is warned of where nothing is signed",
		file: "internal/provider/platform/romaplatform/options.go", in: "provider/platform/romaplatform", run: `^TestLargeArchiveIsWarnedOf$`,
		text: `s.config.Credentials.Signs() && size`,
		with: `size`,
	}, {
		name: "the log shows what is in the query of an address",
		file: "internal/provider/platform/settings.go", in: "provider/platform", run: `^TestShownAddress$`,
		text: `(&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()`,
		with: `u.String()`,
	}, {
		name: "a digest with sha256: in front is not warned of",
		file: "internal/provider/value_checks.go", in: "provider", run: `^Test(SourceHashThatIsNotVerified|ValuesAreWhatPeopleSee)$`,
		text: `isBase64 || prefixedDigest.MatchString(text) || `,
		with: `isBase64 || `,
	}, {
		name: "text that turns its direction is accepted",
		file: "internal/provider/message/values.go", in: "provider", run: `^Test(SourceHashThatIsNotVerified|ValuesAreWhatPeopleSee)$`,
		text: ` || r >= '\u202A' && r <= '\u202E'`,
		with: ``,
	}, {
		name: "a timeout of nothing is accepted",
		file: "internal/provider/diagnostics.go", in: "provider", run: `^Test(ChecksBeforeAnythingIsSent|ValuesAreWhatPeopleSee|UnusableBlocks)$`,
		text: `err == nil && d <= 0 {`,
		with: `err == nil && d < 0 {`,
	}, {
		name: "missing credentials are not told in a plan",
		file: "internal/provider/platform/romaplatform/settings.go", in: "provider/platform/romaplatform", run: `^TestPlanTellsOfMissingCredentials$`,
		text: `len(s.lookedFor) > 0 && !onCloudServer()`,
		with: `len(s.lookedFor) > 0 && onCloudServer()`,
	},
}
