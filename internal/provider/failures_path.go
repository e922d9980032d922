package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

func (w *work) fileFailed(e *pathError) diag.Diagnostic {
	at := path.Root("path")
	t := message.Text{Facts: w.facts(w.job), Next: "Correct path or its directory, then apply again."}
	switch {
	case e.asked:
		t.Next += " " + w.fetchesAgain()
	case w.open:
		t.Next += " " + w.continues()
	}
	_, isTaken := errors.AsType[*asset.TakenError](e.err)
	kept, isKept := errors.AsType[*asset.KeptError](e.err)
	ofStore, isStore := errors.AsType[*storeError](e.err)
	switch {
	case isStore && isKept:
		return w.notUploaded(kept, ofStore)
	case isStore:
		return w.storeFailed(ofStore)
	case errors.Is(e.err, errPathTwice):
		return twoExports(e.path)
	case isKept:
		return w.archiveKept(e.path, kept, isTaken)
	case isTaken && w.open:
		return diag.NewAttributeErrorDiagnostic(at, "Path is taken", message.Text{
			What: fmt.Sprintf(isTakenBySomething, e.path) + " The archive was not asked for.", Facts: t.Facts,
			Next: "Move what is there away, or give the export another path, then apply again. " + w.continues(),
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
			Facts: t.Facts, Next: "Apply again. " + w.fetchesAgain(),
		}.String())
	}
	if limit, ok := errors.AsType[*timeoutError](e.err); ok {
		return w.downloadTooLong(limit)
	}
	reason := e.err
	if errors.Is(e.err, asset.ErrNotRegular) {
		reason = asset.ErrNotRegular
	}
	t.What = fmt.Sprintf("The archive cannot be written to %q: %v. Nothing half-written was left, and what was there before is still there.", e.path, reason)
	return diag.NewAttributeErrorDiagnostic(at, "Archive cannot be written", t.String())
}

// archiveKept is about an archive that arrived whole and is not at its path.
func (w *work) archiveKept(file string, e *asset.KeptError, isTaken bool) diag.Diagnostic {
	kept, next := fmt.Sprintf(" The archive was kept at %q.", e.Kept), " The next apply exports again."
	if w.open {
		kept += " That may be the only copy."
		next = " The next apply puts it in place and asks the server for nothing."
		if w.remember != nil {
			next += "\n" + untaintAdvice
		}
	}
	if isTaken {
		return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Path is taken", message.Text{
			What: fmt.Sprintf(isTakenBySomething, file) + kept, Facts: w.facts(w.job),
			Next: "Move what is there away, or give the export another path, then apply again." + next,
		}.String())
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("path"), "Archive cannot be written", message.Text{
		What:  fmt.Sprintf("The archive arrived whole and cannot be put at %q: %v. What was there before is still there.%s", file, e.Err, kept),
		Facts: w.facts(w.job), Next: "Correct path or its directory, then apply again." + next,
	}.String())
}

func (w *work) downloadTooLong(e *timeoutError) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Download took too long", message.Text{
		What:  fmt.Sprintf("The download did not end within the timeout of %s. Nothing was left at path.", e.limit),
		Facts: w.facts(w.job), Next: "Raise timeouts, then apply again. " + w.fetchesAgain(),
	}.String())
}
