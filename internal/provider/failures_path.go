package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
)

func (f *failed) fileFailed(e *pathError) diag.Diagnostic {
	at := path.Root("path")
	t := message.Text{Facts: f.Run.Facts(f.Job), Next: "Correct path or its directory, then apply again."}
	switch {
	case e.asked:
		t.Next += " " + f.FetchesAgain()
	case f.Left == jobrun.AJob:
		t.Next += " " + f.Continues()
	}
	_, isTaken := errors.AsType[*asset.TakenError](e.err)
	kept, isKept := errors.AsType[*asset.KeptError](e.err)
	ofStore, isStore := errors.AsType[*object.Error](e.err)
	switch {
	case isStore && isKept:
		return f.notUploaded(kept, ofStore)
	case isStore:
		return f.storeFailed(ofStore)
	case errors.Is(e.err, errPathTwice):
		return twoExports(e.path)
	case isKept:
		return f.archiveKept(e.path, kept, isTaken)
	case isTaken && f.Left == jobrun.AJob:
		return diag.NewAttributeErrorDiagnostic(at, "Path is taken", message.Text{
			What: fmt.Sprintf(isTakenBySomething, e.path) + " The archive was not asked for.", Facts: t.Facts,
			Next: "Move what is there away, or give the export another path, then apply again. " + f.Continues(),
		}.String())
	case isTaken:
		return pathTaken(e.path)
	case errors.Is(e.err, asset.ErrBroken):
		return diag.NewErrorDiagnostic("Download broke", message.Text{
			What: fmt.Sprintf("The archive did not arrive whole, also not after the export had run again: %s. Nothing was written to %q; what was "+
				"there before is still there.", message.RootCause(e.err), e.path),
			Facts: t.Facts, Next: "Check the network between this machine and the server, then apply again.",
		}.String())
	case errors.Is(e.err, context.Canceled):
		return diag.NewErrorDiagnostic("Download interrupted", message.Text{
			What:  fmt.Sprintf("The run was interrupted while it downloaded the archive. Nothing was written to %q.", e.path),
			Facts: t.Facts, Next: "Apply again. " + f.FetchesAgain(),
		}.String())
	}
	if told := f.ExplainFetching(e.err); told != nil {
		return told
	}
	reason := e.err
	if errors.Is(e.err, asset.ErrNotRegular) {
		reason = asset.ErrNotRegular
	}
	t.What = fmt.Sprintf("The archive cannot be written to %q: %s. Nothing half-written was left, and what was there before is still there.", e.path, message.Reason(reason))
	return diag.NewAttributeErrorDiagnostic(at, "Archive cannot be written", t.String())
}

// archiveKept is about an archive that arrived whole and is not at its path.
func (f *failed) archiveKept(file string, e *asset.KeptError, isTaken bool) diag.Diagnostic {
	kept, next := fmt.Sprintf(" The archive was kept at %q.", e.Kept), " The next apply exports again."
	if f.Left == jobrun.AJob {
		kept += " That may be the only copy."
		next = " The next apply puts it in place and asks the server for nothing."
		if f.Run.Remember != nil {
			next += "\n" + jobrun.UntaintAdvice
		}
	}
	if isTaken {
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path is taken", message.Text{
			What: fmt.Sprintf(isTakenBySomething, file) + kept, Facts: f.Run.Facts(f.Job),
			Next: "Move what is there away, or give the export another path, then apply again." + next,
		}.String())
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", message.Text{
		What:  fmt.Sprintf("The archive arrived whole and cannot be put at %q: %s. What was there before is still there.%s", file, message.Reason(e.Err), kept),
		Facts: f.Run.Facts(f.Job), Next: "Correct path or its directory, then apply again." + next,
	}.String())
}
