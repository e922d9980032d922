package csa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ImportResult is what the server recorded of an import (Import_result API,
// CSA 4.80). It holds no ids of artifacts.
type ImportResult struct {
	RecordID string
	// Status is the server's word; only SUCCESS is documented.
	Status  string
	Summary string
	// User is the name of the person who imported.
	User string
	// TimeOfImport is the server's text, such as "March 31, 2013 7:19:01 PM
	// UTC". Time is the same, or zero if it is not in UTC.
	TimeOfImport string
	Time         time.Time
	Entries      []ImportResultEntry
}

// ImportResultEntry is one artifact of an import.
type ImportResultEntry struct {
	Name, DisplayName, Description string
	// Type is the server's word, such as SERVICE_BLUEPRINT.
	Type string
	// Operation is the server's word. It decides nothing: the documented
	// sample says "Error" in every entry of an import with status SUCCESS.
	Operation string
}

// ImportResult reads the record of an import. The error wraps
// asset.ErrUnknownJob if there is none: how long records are kept is not
// documented, so this says nothing of what was imported. Else it is mapped's,
// an *httpapi.AnswerError, or one of the look-up of the person.
func (c *Client) ImportResult(ctx context.Context, recordID string) (ImportResult, error) {
	return c.importResult(ctx, httpapi.Lookup, recordID)
}

func (c *Client) importResult(ctx context.Context, kind httpapi.Kind, recordID string) (ImportResult, error) {
	var result ImportResult
	err := c.lookUp(ctx, kind, func(data []byte) (err error) {
		result, err = parseImportResult(data)
		return err
	}, "import_result", recordID)
	if errors.Is(err, ErrNotFound) {
		return ImportResult{}, &kindError{asset.ErrUnknownJob, err}
	}
	if err != nil {
		return ImportResult{}, err
	}
	result.RecordID = recordID
	result.clean(c.secrets.Clean)
	return result, nil
}

func parseImportResult(data []byte) (ImportResult, error) {
	var document struct {
		Entries []struct {
			Description string `xml:"artifactDescription"`
			DisplayName string `xml:"artifactDisplayName"`
			Name        string `xml:"artifactName"`
			Type        string `xml:"artifactType"`
			Operation   string `xml:"importOperation"`
		} `xml:"importResultLogEntry"`
		Summary string `xml:"importSummary"`
		Status  string `xml:"status"`
		Time    string `xml:"timeOfImport"`
		User    string `xml:"userInformation"`
	}
	if err := decodeXML(data, &document, "ImportResult"); err != nil {
		return ImportResult{}, err
	}
	if single(document.Status) == "" {
		return ImportResult{}, errors.New("an import result without a status")
	}
	result := ImportResult{
		Status:       single(document.Status),
		Summary:      single(document.Summary),
		User:         single(document.User),
		TimeOfImport: single(document.Time),
	}
	result.Time = importTime(result.TimeOfImport)
	for _, e := range document.Entries {
		result.Entries = append(result.Entries, ImportResultEntry{
			Name: single(e.Name), DisplayName: single(e.DisplayName), Description: single(e.Description),
			Type: solid(e.Type), Operation: single(e.Operation),
		})
	}
	return result, nil
}

// importTime reads the text of the documented sample. Abbreviations of other
// zones have no definite meaning.
func importTime(text string) time.Time {
	clock, ok := strings.CutSuffix(text, " UTC")
	if !ok {
		clock, ok = strings.CutSuffix(text, " GMT")
	}
	at, err := time.Parse("January 2, 2006 3:04:05 PM", clock)
	if !ok || err != nil {
		return time.Time{}
	}
	return at
}

func (r *ImportResult) clean(redact func(string) string) {
	r.Status, r.Summary, r.User = redact(r.Status), redact(r.Summary), redact(r.User)
	r.TimeOfImport = redact(r.TimeOfImport)
	for i, e := range r.Entries {
		r.Entries[i] = ImportResultEntry{
			Name: redact(e.Name), DisplayName: redact(e.DisplayName), Description: redact(e.Description),
			Type: redact(e.Type), Operation: redact(e.Operation),
		}
	}
}

// Job is the import as far as the record tells. It has no artifacts, whose ids
// the record does not know.
func (r *ImportResult) Job() asset.Job {
	job := asset.Job{ID: r.RecordID, Type: "import", Status: asset.Succeeded, End: r.Time}
	if r.Summary != "" {
		job.Messages = []string{r.Summary}
	}
	if !strings.EqualFold(r.Status, statusSuccess) {
		job.Status = asset.Failed
		job.Reasons = []asset.Reason{{Code: r.Status, Message: r.Summary}}
	}
	return job
}

// recordTime limits how long an import that is over waits for its record.
const recordTime = 15 * time.Second

var errRecordTime = fmt.Errorf("the import result did not come within %s", recordTime)

// addRecord adds to an import what its record knows and its answer did not
// say: the time, and types and names of artifacts from messages in unknown
// words. The answer has decided; a record that is not there, or says
// something else, changes nothing.
func (c *Client) addRecord(ctx context.Context, done *imported) {
	if done.job.ID == "" {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, recordTime, errRecordTime)
	defer cancel()
	result, err := c.importResult(ctx, httpapi.Poll, done.job.ID)
	if err != nil {
		return
	}
	done.job.End = result.Time
	described := 0
	for i := range done.job.Artifacts {
		if a := &done.job.Artifacts[i]; (a.Type == "" || a.Name == "") && len(done.sources[i]) <= longestMessage && described < mostDescribed {
			described++
			result.describe(a, done.sources[i])
		}
	}
	if reasons := done.job.Reasons; len(reasons) == 1 && reasons[0].Message == "" {
		reasons[0].Message = result.Summary
	}
}

const (
	// mostDescribed are the artifacts that are looked for in a record, each in a message of
	// longestMessage bytes at most: what an answer and a record may hold at once, all
	// compared with all, would take hours.
	mostDescribed  = 1000
	longestMessage = 1 << 10
)

// describe fills in type and name of an artifact from the entry whose display
// name its message has, the longest one if there are several.
func (r *ImportResult) describe(a *asset.Artifact, message string) {
	if a.Type != "" && a.Name != "" {
		return
	}
	best := -1
	for i, e := range r.Entries {
		if e.DisplayName == "" || !strings.Contains(message, e.DisplayName) || a.Type != "" && a.Type != kindOf(e.Type) {
			continue
		}
		if best < 0 || len(e.DisplayName) > len(r.Entries[best].DisplayName) {
			best = i
		}
	}
	if best >= 0 {
		a.Name = r.Entries[best].DisplayName
		a.Type = kindOf(r.Entries[best].Type)
	}
}
