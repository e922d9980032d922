package provider

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/object"
	"github.com/asset-promotion/terraform-provider-asset/internal/store/s3"
)

// storeTitle is how messages call a store.
func storeTitle(scheme string) string {
	if scheme == store.OBS {
		return "OBS"
	}
	return "the S3 store"
}

// storeReason says why an object cannot be reached, and what helps.
func storeReason(e *object.Error) (reason, next string) {
	block := e.At.Scheme
	login := "the credentials of roma in the provider block, or the variables HW_*"
	if block == store.S3 {
		login = "s3.access_key and s3.secret_key in the provider block, or the variables AWS_*"
	}
	incomplete, isIncomplete := errors.AsType[*platform.CredentialsError](e.Err)
	known, isKnown := errors.AsType[*s3.Error](e.Err)
	limit, isTimeout := errors.AsType[*jobrun.TimeoutError](e.Err)
	onDisk, isOnDisk := errors.AsType[*fs.PathError](e.Err)
	switch {
	case errors.Is(e.Err, context.Canceled):
		return "the run was interrupted", ""
	case isTimeout:
		return fmt.Sprintf("it did not end within the timeout of %s", limit.Limit), "Raise timeouts"
	case isOnDisk:
		return message.Reason(onDisk), "See to the directory for temporary files of this machine (TMPDIR, on Windows TMP), and to the working directory"
	case errors.Is(e.Err, errNoRegion):
		return "nothing says in which region the bucket is", "Set " + block + ".region (" + storeVariables(block)["region"] + ")"
	case errors.Is(e.Err, errNoPair):
		return "there is no key pair", "Give " + login
	case isIncomplete:
		return "there is no complete way to log in (" + strings.Join(incomplete.Missing, "; ") + ")", "Give " + login
	case errors.Is(e.Err, object.ErrNoMetadata):
		return "the upload was answered well, and the store does not show asset-sha256 in the metadata of the object",
			"Use a store that keeps the metadata x-amz-meta-* of objects"
	case errors.Is(e.Err, object.ErrNotWhole):
		return "what arrived has another length or SHA-256 than the store says", "Look at the object: something wrote it, or changed it, after it was promoted"
	case !isKnown:
		return message.RootCause(e.Err), "Check " + block + ".endpoint and the network"
	}
	switch known.Kind {
	case s3.NotFound:
		return "the bucket has no such object", "Check the address"
	case s3.Forbidden:
		reason = "the store refuses it: the credentials may not read it, or it is not there and they may not list the bucket"
		if known.Writes() {
			reason = "the store refuses it: the credentials may not write there"
		}
		return reason, "Check the address, and the rights of " + login
	case s3.NoBucket:
		return fmt.Sprintf("there is no bucket %q", e.At.Bucket), "Check the address, and " + block + ".region and " + block + ".endpoint"
	case s3.WrongRegion:
		where := "the bucket is in another region"
		if known.Region != "" {
			where += ", " + known.Region
		}
		return where, "Correct " + block + ".region (" + storeVariables(block)["region"] + "), or use a provider alias for that region"
	case s3.VirtualHostRequired:
		return "the store takes the bucket in the host name only", "Leave " + block + ".path_style out, and write a host name in " + block + ".endpoint"
	case s3.Clock:
		return "the time of this machine differs from that of the store by more than the store takes", "Set the clock of this machine"
	case s3.BadCredentials:
		return "the store refuses the credentials", "Check " + login
	case s3.NoCredentials:
		return "there are no credentials for it: " + message.RootCause(known.Cause), "Check " + login
	case s3.DottedBucket:
		return known.Kind.String(), "Use a bucket without dots in its name"
	case s3.Changed:
		return "the object was replaced while it was read", "Find out who writes it"
	case s3.Protected:
		return "the object is protected against it", "Leave it until its retention ends"
	case s3.TooLarge:
		return "the archive is larger than the 5 GB that one upload may have", "Split the export"
	case s3.SlowDown:
		return "the store asks for fewer requests", "Wait a moment"
	case s3.Other, s3.AlreadyExists:
	}
	return message.RootCause(e.Err), "Check " + block + ".endpoint, and that the store is well"
}

// unreachedStore makes messages about TLS, proxies and logins on the way to a store.
func (s *providerData) unreachedStore(e *object.Error, said func(summary, what string, err error, next string) diag.Diagnostic, again string) diag.Diagnostic {
	kept := message.Unreached{
		Block: e.At.Scheme, Variables: storeVariables(e.At.Scheme), AddressOf: func(string) string { return "endpoint" }, Said: said, Again: again,
	}
	if d := kept.Diagnostic(e.Err); d != nil || e.At.Scheme != store.OBS {
		return d
	}
	return s.storeLogin().ExplainLogin(platform.Op{Said: said, Again: again}, e.Err)
}

// storeMessage frames a message about an object.
type storeMessage struct {
	at    path.Path
	facts []message.Fact
}

func (m storeMessage) told(summary, what string, err error, next string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(m.at, summary, message.Text{
		What: what, Server: message.ServerWords(err), Facts: slices.Concat(m.facts, message.ServerFacts(err)), Next: next,
	}.String())
}

// failureOfStore is a run that ended because of a store.
func (f *failed) failureOfStore(err error) diag.Diagnostic {
	if file, ok := errors.AsType[*pathError](err); ok {
		return f.fileFailed(file)
	}
	ofStore, _ := errors.AsType[*object.Error](err)
	return notFetched(f.data, ofStore)
}

// storeFailed is an export whose archive cannot be put into a store, before there is one.
func (f *failed) storeFailed(e *object.Error) diag.Diagnostic {
	next := ""
	if f.Left == jobrun.AJob {
		next = " " + f.Continues()
	}
	m := storeMessage{path.Root("path"), f.Run.Facts(f.Job)}
	if d := f.data.unreachedStore(e, m.told, "then apply again."); d != nil {
		return d
	}
	reason, advice := storeReason(e)
	what := fmt.Sprintf("The archive cannot be put at %q: %s.", e.At, reason)
	if f.Job.ID == "" {
		what += " No job was started."
	}
	return m.told("Store cannot be written to", what, e.Err, then("apply", advice)+next)
}

// notUploaded is about an archive that arrived whole and is not in its store.
func (f *failed) notUploaded(e *asset.KeptError, failed *object.Error) diag.Diagnostic {
	kept, next := fmt.Sprintf(" The archive was kept at %q.", e.Kept), " The next apply exports again."
	if f.Left == jobrun.AJob {
		kept += " That may be the only copy."
		next = " The next apply on this machine uploads it and asks the platform for nothing; on another one it asks the platform, and exports again if the archive is no longer there."
		if f.Run.Remember != nil {
			next += "\n" + jobrun.UntaintAdvice
		}
	}
	reason, advice := storeReason(failed)
	what := fmt.Sprintf("The archive was exported and is not at %q: %s.", failed.At, reason)
	if failed.Unproven {
		what = fmt.Sprintf("The archive was uploaded to %q, and that it is there could not be shown: %s.", failed.At, reason)
	}
	return storeMessage{path.Root("path"), f.Run.Facts(f.Job)}.told("Archive is not in the store yet", what+kept, failed.Err, then("apply", advice)+next)
}

// notFetched is an import whose archive cannot be had from its store.
func notFetched(s *providerData, e *object.Error) diag.Diagnostic {
	m := storeMessage{at: path.Root("source")}
	if d := s.unreachedStore(e, m.told, "then apply again."); d != nil {
		return d
	}
	reason, advice := storeReason(e)
	if s3.KindOf(e.Err) == s3.NotFound {
		return m.told("Archive is not in the store", fmt.Sprintf("The import has to run, and there is no object at %q. Nothing was sent.", e.At), e.Err,
			"Check the address: it is that of archive.path of the export, with its version. If it was removed, export again.")
	}
	return m.told("Archive cannot be fetched", fmt.Sprintf("The archive cannot be fetched from %q: %s. Nothing was sent.", e.At, reason), e.Err, then("apply", advice))
}

// notMoved is an archive that stays where it is, because a store does not give or take it.
func notMoved(from, to string, err error) diag.Diagnostic {
	if taken, ok := errors.AsType[*asset.TakenError](err); ok {
		return pathTaken(taken.Path)
	}
	m := storeMessage{at: path.Root("path")}
	reason, advice := message.RootCause(err), "Correct path or the settings of the store"
	if errors.Is(err, object.ErrOtherBytes) {
		reason, advice = "it holds another archive than the state says", "Look at the object: something wrote it after this export"
	}
	if failed, ok := errors.AsType[*object.Error](err); ok {
		reason, advice = storeReason(failed)
	}
	return m.told("Archive not moved", fmt.Sprintf("The archive could not be brought from %q to %q: %s. It is still at the old address.", from, to, reason), err,
		then("apply", advice))
}

// then ends the advice of a message.
func then(again, advice string) string {
	if advice == "" {
		return strings.ToUpper(again[:1]) + again[1:] + " again."
	}
	return advice + ", then " + again + " again."
}

// storeNotReady reports, in a plan, a store that no request could be sent to.
func storeNotReady(at path.Path, e *object.Error) diag.Diagnostic {
	reason, advice := storeReason(e)
	setting, isSetting := errors.AsType[*httpapi.ConfigError](e.Err)
	if isSetting {
		reason, advice = message.Reason(setting), "Correct "+e.At.Scheme+"."+setting.Field+" in the provider block"
	}
	t := message.Text{What: fmt.Sprintf("The archive is to lie in %s, and %s.", storeTitle(e.At.Scheme), reason), Next: advice + "."}
	if errors.Is(e.Err, errNoRegion) || isSetting {
		return diag.NewAttributeErrorDiagnostic(at, "Store cannot be used", t.String())
	}
	return diag.NewAttributeWarningDiagnostic(at, "Store has no credentials", t.String())
}

// objectNotInspected says why there is nothing to tell of an object.
func (s *providerData) objectNotInspected(e *object.Error) diag.Diagnostic {
	m := storeMessage{at: path.Root("path")}
	if d := s.unreachedStore(e, m.told, "then plan again."); d != nil {
		return d
	}
	if errors.Is(e.Err, context.Canceled) {
		return diag.NewErrorDiagnostic("Look-up interrupted", fmt.Sprintf("The run was interrupted while it read %q.", e.At))
	}
	reason, advice := storeReason(e)
	summary := "Archive cannot be read"
	if s3.KindOf(e.Err) == s3.NotFound {
		summary = "Archive is not in the store"
	}
	return m.told(summary, fmt.Sprintf("%q cannot be read: %s.", e.At, reason), e.Err, then("plan", advice))
}
