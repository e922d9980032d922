package provider

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
)

// upload is the archive of one run of an import.
type upload struct {
	plan importModel
	data *providerData
	// remove removes what was fetched from a store; nil for a file.
	remove  func()
	archive *asset.Archive
	note    *runNote
	// verified: the archive's bytes are those that source_hash names.
	verified bool
}

// errNotFetched: nobody has looked at the source yet, because a job is to be continued.
var errNotFetched = errors.New("the source was not fetched")

// open opens the archive at the source, fetching an object first, and proves that it is
// complete.
func (u *upload) open(ctx context.Context, timeout time.Duration) error {
	ctx, cancel := jobrun.Within(ctx, timeout)
	defer cancel()
	source := u.plan.Source.ValueString()
	var archive *asset.Archive
	var err error
	if at, isObject := addressOf(source); isObject {
		archive, u.remove, err = u.data.fetchObject(ctx, at)
	} else {
		archive, err = asset.OpenArchive(source)
	}
	if err == nil {
		if err = archive.Check(); err != nil {
			err = errors.Join(err, archive.Close())
		}
	}
	if err != nil {
		return &sourceError{path: source, err: err}
	}
	u.archive = archive
	return nil
}

// verify proves, before anything is sent, that the open archive is the one that
// source_hash names. The error is an *unapprovedError.
func (u *upload) verify(ctx context.Context) error {
	found := asset.Stored{ContentDigest: u.archive.ContentDigest, Size: u.archive.Size}
	if u.verified || u.plan.approves(found) {
		return nil
	}
	if found.SHA256 = u.archive.SHA256; found.SHA256 == "" {
		sum, err := u.archive.Sum(ctx)
		if err != nil {
			return &sourceError{path: u.plan.Source.ValueString(), err: err}
		}
		found.SHA256 = sum
	}
	if !u.plan.approves(found) {
		return &unapprovedError{source: u.plan.Source.ValueString(), hash: u.plan.SourceHash.ValueString(), found: found}
	}
	u.verified = true
	return nil
}

func (u *upload) close() {
	if u.archive != nil {
		// Nothing was written.
		_ = u.archive.Close()
	}
	if u.remove != nil {
		u.remove()
	}
}

func (u *upload) content() string {
	if u.archive == nil {
		return ""
	}
	return u.archive.ContentDigest
}

// send sends the archive, and tells which bytes these were.
func (u *upload) send(ctx context.Context, importer asset.Importer) (asset.Job, asset.Stored, error) {
	sent := jobrun.Pending{SHA256: u.archive.SHA256, ContentDigest: u.archive.ContentDigest, Size: u.archive.Size}
	u.note.write(sent)
	job, err := importer.Start(ctx, u.archive)
	if job.ID != "" {
		sent.Job, sent.SHA256 = job.ID, u.archive.SHA256
		u.note.write(sent)
	} else if err != nil && !errors.Is(err, asset.ErrOutcomeUnknown) {
		u.note.withdraw()
	}
	return job, asset.Stored{SHA256: u.archive.SHA256, ContentDigest: u.archive.ContentDigest, Size: u.archive.Size}, err
}

// continued is the job of a run that was cut off, if it sent the same; that is said, and also where it is not known
// whether there is such a job.
func (u *upload) continued(diags *diag.Diagnostics) *jobrun.Pending {
	n := u.note
	if !n.claim() {
		return nil
	}
	left, unsure := n.left(u.content()), n.unsure(u.content())
	n.stays = left == nil && n.asked() && u.content() == ""
	if left != nil || !n.stays && !n.handed && (n.before.Job != "" || !unsure) {
		diags.Append(runWasCutOff(n, left != nil))
	}
	if unsure {
		diags.Append(mayBeImported(u.plan.Source.ValueString()))
	}
	return left
}

// sourceError is a source that cannot be sent.
type sourceError struct {
	path string
	err  error
}

func (e *sourceError) Error() string { return e.path + ": " + e.err.Error() }

func (e *sourceError) Unwrap() error { return e.err }

// unapprovedError is an archive that is not the one that source_hash names.
type unapprovedError struct {
	source, hash string
	found        asset.Stored
}

func (e *unapprovedError) Error() string {
	return e.source + ": another archive than source_hash names"
}
