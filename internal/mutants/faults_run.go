package main

// runFaults are in what internal/provider does at apply.
var runFaults = []fault{
	{
		name: "an export runs before there is a place for its archive",
		file: "internal/provider/export_apply.go", in: "provider", run: `^TestPathIsTaken$`,
		text: "if err := to.Prepare(limited); err != nil {\n\t\treturn &pathError{path: file, err: err}\n\t}\n\trun.Deliver",
		with: "_ = limited\n\trun.Deliver",
	}, {
		name: "an archive is asked for although its place is taken by now",
		file: "internal/provider/export_apply.go", in: "provider", run: `^TestPathIsTakenBeforeTheDownload$`,
		text: "there is a place for it.\n\tif err := to.Ready(); err != nil {",
		with: "there is a place for it.\n\tif err := to.Ready(); err != nil && ctx.Err() != nil {",
	}, {
		name: "a broken download is repeated three times",
		file: "internal/provider/jobrun/run.go", in: "provider", run: `^TestBrokenDownload$`,
		text: `mostRepeats = 2`,
		with: `mostRepeats = 3`,
	}, {
		name: "each repetition has the whole timeout",
		file: "internal/provider/jobrun/run.go", in: "provider/jobrun", run: `^TestTimeoutCoversRepetitions$`,
		text: `r.Timeout-*spent`,
		with: `r.Timeout`,
	}, {
		name: "the default timeout is 20 minutes",
		file: "internal/provider/private_state.go", in: "provider", run: `^TestDefaultTimeoutIsDocumented$`,
		text: `defaultTimeout = 30 * time.Minute`,
		with: `defaultTimeout = 20 * time.Minute`,
	}, {
		name: "the next job waits until an archive was downloaded",
		file: "internal/provider/jobrun/run.go", in: "provider/jobrun", run: `^TestTurnEndsBeforeTheDownload$`,
		text: "\tleave()\n\tif r.Deliver == nil {",
		with: "\tif r.Deliver == nil {",
	}, {
		name: "two exports write to one path at once",
		file: "internal/provider/path_memory.go", in: "provider", run: `^TestOneWriterOfAPath$`,
		text: "\tif m.writing[key] {",
		with: "\tif m.writing[path+key] {",
	}, {
		name: "two data sources download to one path at once",
		file: "internal/provider/archive_download.go", in: "provider", run: `^TestDownloadsOfOnePath$`,
		text: "\ts.fetching.Lock()\n\tdefer s.fetching.Unlock()\n",
		with: "",
	}, {
		name: "an archive is downloaded although there is a file",
		file: "internal/provider/archive_download.go", in: "provider", run: `^TestDownload(Once|NeverOverAFile)$`,
		text: "if occupied(file) {\n\t\treturn true, nil\n\t}\n\tarchiveID",
		with: "archiveID",
	}, {
		name: "an archive that an earlier read kept is asked for again",
		file: "internal/provider/archive_download.go", in: "provider", run: `^TestDownload(WhoseDirectoryGoes|LosesItsPlace)$`,
		text: `if to.TakeKept() {`,
		with: `if file == "" && to.TakeKept() {`,
	}, {
		name: "an update of an export leaves its unfinished job in private state",
		file: "internal/provider/export_apply.go", in: "provider", run: `^TestInterruptedUpdate$`,
		text: "\tresp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)\n",
		with: "",
	}, {
		name: "an update of an import leaves its unfinished job in private state",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestFailedUpdate$`,
		text: "\tresp.Diagnostics.Append(resp.Private.SetKey(ctx, privateKey, nil)...)\n",
		with: "",
	}, {
		name: "a job that failed is continued",
		file: "internal/provider/jobrun/outcome.go", in: "provider", run: `^TestFailedJobOfAnUpdateIsNotContinued$`,
		text: "if o.Left == AJob {\n\t\tp.Job",
		with: "if o.Left != Nothing {\n\t\tp.Job",
	}, {
		name: "one unfinished job is given to two resources",
		file: "internal/provider/jobrun/handover.go", in: "provider/jobrun", run: `^TestHandOver$`,
		text: "\t\t\th.released = slices.Delete(h.released, i, i+1)\n\t\t\treturn &p",
		with: "\t\t\t_ = i\n\t\t\treturn &p",
	}, {
		name: "the job of a destroyed resource is continued",
		file: "internal/provider/jobrun/handover.go", in: "provider", run: `^TestDestroyedJobIsNotContinued$`,
		text: `if !destroyed {`,
		with: `if !destroyed || p.Job != "" {`,
	}, {
		name: "a job that sent another archive is continued",
		file: "internal/provider/jobrun/spec.go", in: "provider/jobrun", run: `^TestHandOver$`,
		text: `return p.ContentDigest == content`,
		with: `return p.ContentDigest != ""`,
	}, {
		name: "a job for other triggers is continued",
		file: "internal/provider/jobrun/spec.go", in: "provider", run: `^TestInterruptedUpdate$`,
		text: "`json:\"triggers\"`",
		with: "`json:\"-\"`",
	}, {
		name: "a plan does not say that a destroy follows",
		file: "internal/provider/change.go", in: "provider", run: `^TestDestroyedJobIsNotContinued$`,
		text: `return mark{Next: followsDestroy}.encode()`,
		with: `return nil`,
	}, {
		name: "a plan does not say what a successor asks for",
		file: "internal/provider/change.go", in: "provider", run: `^TestSuccessorWithAnUnknownPath$`,
		text: `Path: path.ValueString(), Asks: asks}`,
		with: `Path: path.ValueString()}`,
	}, {
		name: "what another export asks for is inherited",
		file: "internal/provider/path_memory.go", in: "provider", run: `^Test(OnlyTheSuccessorInherits|SuccessorWithAnUnknownPath)$`,
		text: `l.For == "" || l.For == asks`,
		with: `l.For == "" || asks != ""`,
	}, {
		name: "the note of a deleted export stays when its successor is there",
		file: "internal/provider/export_apply.go", in: "provider", run: `^TestReplacementThatEndsHalfWay$`,
		text: `defer asset.SuccessorNote.Remove(plan.Path.ValueString())`,
		with: `defer asset.SuccessorNote.Read(plan.Path.ValueString())`,
	}, {
		name: "a destroy removes an archive without remove_on_destroy",
		file: "internal/provider/export_end.go", in: "provider", run: `^Test(OnlyTheSuccessorInherits|WhatStaysIsTold)$`,
		text: `case own.Own.SHA256 != "" && state.RemoveOnDestroy.ValueBool():`,
		with: `case own.Own.SHA256 != "":`,
	}, {
		name: "a destroy does not tell that an archive could not be removed",
		file: "internal/provider/export_end.go", in: "provider", run: `^TestArchiveThatCannotBeRemoved$`,
		text: `resp.Diagnostics.Append(notRemoved(file, err))`,
		with: `_ = notRemoved(file, err)`,
	}, {
		name: "a destroyed export removes what its successor wrote",
		file: "internal/provider/path_memory.go", in: "provider", run: `^TestRewritten$`,
		text: `m.writing[key] || written && by != identity`,
		with: `m.writing[key] && written && by != identity`,
	}, {
		name: "a source_hash may not be a content_digest",
		file: "internal/provider/import_model.go", in: "provider", run: `^TestSourceHashIsVerified$`,
		text: `digest == archive.SHA256 || digest == archive.ContentDigest`,
		with: `digest == archive.SHA256`,
	}, {
		name: "an archive that nobody approved is sent where a job cannot be continued",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestImportThatCannotBeContinuedIsVerified$`,
		text: "this is the first look.\n\t\tif err := u.verify(ctx); err != nil {",
		with: "this is the first look.\n\t\tif err := u.verify(ctx); err != nil && ctx.Err() != nil {",
	}, {
		name: "an archive that CSA would refuse is sent",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestCSASourceHash$`,
		text: `if err := client.CheckSource(options, u.plan.Source.ValueString(), u.archive); err != nil {`,
		with: `if err := client.CheckSource(options, u.plan.Source.ValueString(), u.archive); err != nil && ctx.Err() != nil {`,
	}, {
		name: "an update that sent something else than planned does not say so",
		file: "internal/provider/import_resource.go", in: "provider", run: `^TestApprovedArchiveIsWrittenToWhileItIsSent$`,
		text: "resp.Diagnostics.Append(changedMeanwhile(plan, out.Sent)...)\n\tresp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Sent))...)\n\tresp.Diagnostics.Append(resp.Private",
		with: "resp.Diagnostics.Append(resp.State.Set(ctx, plan.finished(out.Job, out.Sent))...)\n\tresp.Diagnostics.Append(resp.Private",
	}, {
		name: "imports into CSA run at the same time",
		file: "internal/provider/platform/csaplatform/client.go", in: "provider", run: `^TestCSAImportsQueue$`,
		text: `if v == message.Export {`,
		with: `if v != message.Export {`,
	}, {
		name: "ten thousand and one entries of an archive are listed",
		file: "internal/provider/archive_inspection.go", in: "provider", run: `^TestArchive`,
		text: `len(i.entries) == mostEntries`,
		with: `len(i.entries) > mostEntries`,
	}, {
		name: "a job that was cut off is continued although other runs came between",
		file: "internal/provider/run_note.go", in: "provider", run: `^TestNoteOfAnEarlierState$`,
		text: `n.before == nil || n.before.Since != n.since ||`,
		with: `n.before == nil ||`,
	}, {
		name: "two imports of a process continue one job that was cut off",
		file: "internal/provider/run_note.go", in: "provider", run: `^TestNoteIsContinuedOnce$`,
		text: "\tif n.all.own[n.key()] {\n\t\tn.before,",
		with: "\tif n.all.own[n.beside] {\n\t\tn.before,",
	}, {
		name: "objects of two keys share a note",
		file: "internal/provider/run_note.go", in: "provider", run: `^TestNotesOfObjects$`,
		text: `return kind.Of(locationKey(path))`,
		with: `return kind.Of(localName(path))`,
	}, {
		name: "an import that was refused may have been done, says its note",
		file: "internal/provider/import_upload.go", in: "provider", run: `^TestNoteOfARefusedImport$`,
		text: "\t\tu.note.withdraw()\n",
		with: "",
	},
}
