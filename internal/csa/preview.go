package csa

import (
	"context"
	"errors"
	"maps"
	"net/url"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// PreviewError is a preview that did not say that the import could succeed.
// The import was not sent. It wraps asset.ErrNotSent if nothing happened on
// the server, and asset.ErrOutcomeUnknown if the answer to the preview was
// lost: a server that does not know previews may have imported.
type PreviewError struct {
	// Job is what the server found, with its reasons; its ID is not of an
	// import. It is empty if Cause is set.
	Job asset.Job
	// Cause is why there is no answer that could be used.
	Cause error
}

func (e *PreviewError) Error() string {
	if e.Cause != nil {
		return "the preview of the import failed: " + e.Cause.Error()
	}
	return "the preview says that the import could not succeed"
}

// Unwrap returns asset.ErrNotSent, the cause, or both.
func (e *PreviewError) Unwrap() []error {
	switch {
	case e.Cause == nil:
		return []error{asset.ErrNotSent}
	case errors.Is(e.Cause, asset.ErrOutcomeUnknown):
		return []error{e.Cause}
	}
	return []error{asset.ErrNotSent, e.Cause}
}

// PreviewImportedError is an answer to a preview that carries ids of
// artifacts: the server seems to have performed an import. No second one was
// sent.
type PreviewImportedError struct {
	// Job is what the server reported, by its Status as succeeded or failed.
	Job asset.Job
}

func (e *PreviewImportedError) Error() string {
	return "the answer to the preview of the import names artifacts as imported"
}

const queryPreview = "previewImport"

// Preview asks the server whether the import of an archive could succeed, without
// importing. A server that does not know previews, as before CSA 4.80, may import: with
// names of artifacts in its answer that is a *PreviewImportedError. Other errors are a
// *PreviewError, and asset.ErrNotSent with an error of the look-up of the person.
func (c *Client) Preview(ctx context.Context, archive *asset.Archive, options ImportOptions) error {
	person, err := c.person.resolve(ctx, c)
	if err != nil {
		return &kindError{asset.ErrNotSent, err}
	}
	query, err := options.query(person)
	if err != nil {
		return &kindError{asset.ErrNotSent, err}
	}
	body, err := httpapi.NewUpload("file", "archive.zip", archive.Size, archive.Reader)
	if err != nil {
		return &kindError{asset.ErrNotSent, err}
	}
	return c.preview(ctx, body, query)
}

// preview sends the import with previewImport (documented for CSA 4.80, in use
// on 4.20). Nothing shows an answer to it: that of an import is expected,
// without ids.
func (c *Client) preview(ctx context.Context, body *httpapi.Upload, query url.Values) error {
	query = maps.Clone(query)
	query.Set(queryPreview, "true")
	done, err := c.sendImport(ctx, body, query)
	switch {
	case err != nil:
		return &PreviewError{Cause: err}
	case len(done.job.Artifacts) > 0:
		return &PreviewImportedError{Job: done.job}
	case done.job.Status != asset.Succeeded:
		return &PreviewError{Job: done.job}
	}
	return nil
}
