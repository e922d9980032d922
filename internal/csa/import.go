package csa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Mode says what becomes of an artifact that exists on the server, that is one
// of the same type and internal name. The words are those of the console.
type Mode string

const (
	// Create imports what does not exist. What does may be skipped without a
	// word; the documents contradict each other. It is the default.
	Create Mode = "create"
	// Update overwrites what exists.
	Update Mode = "update"
	// UpdatePreserveExisting renames what exists and creates anew: each
	// repetition leaves one more renamed copy.
	UpdatePreserveExisting Mode = "update_preserve_existing"
)

// ImportOptions say how an archive is imported (Import API, CSA 4.80 API
// reference). What is unset is left to the server.
type ImportOptions struct {
	Mode Mode
	// OrgForCatalogImport is the name of the organization that will own a
	// catalog. It is required if the archive is one.
	OrgForCatalogImport string
	// ValidateType is one of the kinds, passed as it is; the server refuses an
	// archive of another.
	ValidateType string
	// AssociateProviders binds providers in the archive to what exists with
	// the same provider type and display name.
	AssociateProviders bool
	// Preview has the server validate the archive before the import is sent.
	// CSA 4.80 and later know it. A server that does not may perform the
	// import instead.
	Preview bool
}

func (o ImportOptions) query(person string) (url.Values, error) {
	query := url.Values{queryPerson: {person}}
	// The two flags exclude each other.
	switch o.Mode {
	case "", Create:
	case Update:
		query.Set("update", "true")
	case UpdatePreserveExisting:
		query.Set("updatePreserveExisting", "true")
	default:
		return nil, fmt.Errorf("unknown mode %q", o.Mode)
	}
	if o.OrgForCatalogImport != "" {
		query.Set("orgForCatalogImport", o.OrgForCatalogImport)
	}
	if o.ValidateType != "" {
		query.Set("validateType", o.ValidateType)
	}
	if o.AssociateProviders {
		query.Set("associateProviders", "true")
	}
	return query, nil
}

// Importer returns the imports into the server.
func (c *Client) Importer(options ImportOptions) asset.Importer {
	return &importer{client: c, options: options}
}

type importer struct {
	client  *Client
	options ImportOptions
}

// Start sends an archive, waits for the answer as long as ctx lasts, and
// returns a job that has ended: its ID is the import result record, or "". It
// has failed if the server reports any status but SUCCESS, with whatever HTTP
// status. The error wraps
//
//   - asset.ErrNotSent, with an error of the look-up of the person or of the
//     connection,
//   - asset.ErrOutcomeUnknown if the answer was lost or says nothing,
//   - *PreviewError or *PreviewImportedError,
//   - else an error of mapped: the server refused the request.
//
// Nothing is sent a second time, unless it certainly did not arrive.
func (i *importer) Start(ctx context.Context, archive *asset.Archive) (asset.Job, error) {
	c := i.client
	person, err := c.person.resolve(ctx, c)
	if err != nil {
		return asset.Job{}, &kindError{asset.ErrNotSent, err}
	}
	query, err := i.options.query(person)
	if err != nil {
		return asset.Job{}, &kindError{asset.ErrNotSent, err}
	}
	body, err := httpapi.NewUpload("file", "archive.zip", archive.Size, archive.Reader)
	if err != nil {
		return asset.Job{}, &kindError{asset.ErrNotSent, err}
	}
	if i.options.Preview {
		if err := c.preview(ctx, body, query); err != nil {
			return asset.Job{}, err
		}
	}
	done, err := c.sendImport(ctx, body, query)
	if err != nil {
		return asset.Job{}, err
	}
	c.addRecord(ctx, &done)
	return done.job, nil
}

// Job reads the import result record with the id. An import is over when its
// id is known, so the job never runs. The error wraps asset.ErrUnknownJob if
// the server has no such record, which says nothing of what was imported.
func (i *importer) Job(ctx context.Context, id string) (asset.Job, error) {
	result, err := i.client.importResult(ctx, httpapi.Poll, id)
	if err != nil {
		return asset.Job{}, err
	}
	return result.Job(), nil
}

// sendImport sends the archive once, as an import or as a preview of one.
func (c *Client) sendImport(ctx context.Context, body *httpapi.Upload, query url.Values) (imported, error) {
	call, err := c.call(http.MethodPost, query, "import")
	if err != nil {
		return imported{}, &kindError{asset.ErrNotSent, err}
	}
	call.Kind = httpapi.Start
	// An import result may come with any status, and be as long.
	call.LongestError = maxAnswer
	call.Header.Set("Accept", mediaXML)
	call.Header.Set("Content-Type", body.ContentType)
	call.Body, call.Length = body.Open, body.Length
	answer, err := c.archives.Do(ctx, call)
	if err != nil {
		return c.importError(ctx, err, query.Has(queryPreview))
	}
	defer func() { _ = answer.Close() }()
	var done imported
	begin := &kept{Reader: answer, most: maxAnswer}
	err = c.readFrom(begin, answer, maxAnswer, func(data []byte) (err error) {
		done, err = parseImport(data)
		return err
	})
	if err != nil {
		// The server got the archive, and what it did with it is not known, unless
		// the record tells that was read before the end was lost.
		lost := &kindError{asset.ErrOutcomeUnknown, err}
		if query.Has(queryPreview) {
			// What is missing of it may be the ids that tell of an import.
			return imported{}, lost
		}
		return c.recorded(ctx, begin.data, lost)
	}
	done.job.RequestID = c.Redact(httpapi.RequestID(answer.Header))
	done.clean(c.secrets.Clean)
	return done, nil
}

// RecordedError is an import whose answer lost its end, and whose record, which
// was read before that, does not tell either.
type RecordedError struct {
	// Record is the id of the import result record.
	Record string
	Err    error
}

func (e *RecordedError) Error() string {
	return e.Err.Error() + " (import result record " + e.Record + ")"
}

func (e *RecordedError) Unwrap() error { return e.Err }

// recorded looks for the record that the beginning of an answer names, and takes what that
// says in place of the answer, unless the answer says itself that the import failed.
func (c *Client) recorded(ctx context.Context, begin []byte, lost error) (imported, error) {
	partial, failed := parseRefusal(string(begin))
	record := partial.job.ID
	if word := partial.word(); failed && word != "" && statusEnd.Match(begin) {
		partial.clean(c.secrets.Clean)
		return partial, nil
	} else if failed && record != "" && !strings.HasPrefix(statusSuccess, strings.ToUpper(word)) {
		// The word was cut off, and was about to say something else.
		return imported{}, &RecordedError{Record: record, Err: lost}
	}
	if record == "" || !recordEnd.Match(begin) {
		// Of an id that was cut off, too, the rest is missing.
		return imported{}, lost
	}
	ctx, cancel := context.WithTimeoutCause(ctx, recordTime, errRecordTime)
	defer cancel()
	result, err := c.importResult(ctx, httpapi.Lookup, record)
	if err != nil || !strings.EqualFold(result.Status, statusSuccess) {
		// Only SUCCESS is documented: another word may be that of an import that goes on.
		return imported{}, &RecordedError{Record: record, Err: lost}
	}
	partial.job.Status, partial.job.Reasons = asset.Succeeded, nil
	partial.clean(c.secrets.Clean)
	return partial, nil
}

var statusEnd = regexp.MustCompile(`</(\w+:)?importStatus\s*>`)

var recordEnd = regexp.MustCompile(`</(\w+:)?importResultRecord\s*>`)

// kept remembers the beginning of what is read.
type kept struct {
	io.Reader
	data []byte
	most int
}

func (k *kept) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	k.data = append(k.data, p[:min(n, k.most-len(k.data))]...)
	return n, err
}

// importError says what became of an import that was not answered with a good
// status. An import result with a bad one is a job that failed.
func (c *Client) importError(ctx context.Context, err error, preview bool) (imported, error) {
	if transport, ok := errors.AsType[*httpapi.TransportError](err); ok {
		if transport.Sent == httpapi.SentWhole {
			return imported{}, &kindError{asset.ErrOutcomeUnknown, err}
		}
		return imported{}, &kindError{asset.ErrNotSent, err}
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return imported{}, &kindError{asset.ErrNotSent, err}
	}
	done, isResult := parseRefusal(string(answer.Own().Body))
	if isResult && (!done.cut || answer.Status < http.StatusInternalServerError) {
		done.job.RequestID = answer.RequestID
		done.clean(c.secrets.Clean)
		return done, nil
	}
	err = c.mapped(err)
	if answer.Status == http.StatusRequestTimeout || answer.Status >= http.StatusInternalServerError {
		// 500 is documented as "anything else", which says nothing of what had
		// been imported until then.
		err = &kindError{asset.ErrOutcomeUnknown, err}
		if done.cut && !preview {
			// Its beginning may name a record all the same.
			return c.recorded(ctx, answer.Own().Body, err)
		}
	}
	return imported{}, err
}
