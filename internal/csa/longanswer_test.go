package csa

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

const goodRecord = `<ImportResult><importSummary>done</importSummary><status>SUCCESS</status></ImportResult>`

// An answer may have a section about relationships that makes it long: it is read.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	long := strings.Replace(importBody("SUCCESS"), "<importStatus>", "<relationships>"+strings.Repeat("<r>x</r>", 1<<18)+"</relationships><importStatus>", 1)
	s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, long)})
	job, err := startImport(t, s.known(), ImportOptions{})
	if err != nil || job.Status != asset.Succeeded || job.ID != recordID {
		t.Errorf("%+v, %v", job, err)
	}
}

// Where the end of an answer is lost, the record that was read before says what became of the import.
func TestAnswerWithoutItsEnd(t *testing.T) {
	t.Parallel()
	body := importBody("SUCCESS")
	end := strings.Index(body, "</importResultRecord>") + len("</importResultRecord>")
	for name, row := range map[string]struct {
		answer, record string
		succeeds       bool
		asked          int
	}{
		"the record says success":  {body[:end], goodRecord, true, 2},
		"another word":             {body[:end], strings.Replace(goodRecord, "SUCCESS", "RUNNING", 1), false, 2},
		"the record is cut off":    {body[:end-len("f</importResultRecord>")], goodRecord, false, 1},
		"nothing of it":            {"<ImportOperationResult>", goodRecord, false, 1},
		"cut inside another word":  {body[:end] + "<importStatus>FAIL", goodRecord, false, 1},
		"cut inside success":       {body[:end] + "<importStatus>SUCC", goodRecord, true, 2},
		"far too long, and record": {strings.Replace(body, "<importStatus>", strings.Repeat("<r>x</r>", maxAnswer/8)+"<importStatus>", 1), goodRecord, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, row.answer), recordLine: answer(200, row.record)})
			job, err := startImport(t, s.known(), ImportOptions{})
			if row.succeeds != (err == nil) || row.succeeds && (job.Status != asset.Succeeded || job.ID != recordID) {
				t.Errorf("%+v, %v", job, err)
			}
			if !row.succeeds && !errors.Is(err, asset.ErrOutcomeUnknown) {
				t.Errorf("got %v", err)
			}
			if lines := s.lines(); len(lines) < row.asked || row.asked == 1 && len(lines) != 1 {
				t.Errorf("requests %v", lines)
			}
		})
	}
}

// A preview whose answer lost its end is no good one, whatever the record says: the import is not sent.
func TestPreviewWithoutItsEnd(t *testing.T) {
	t.Parallel()
	begin := `<ImportOperationResult><importResultRecord>` + recordID + `</importResultRecord><additionalSummaryMessages>Service off`
	s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, begin), recordLine: answer(200, goodRecord)})
	_, err := startImport(t, s.known(), ImportOptions{Preview: true})
	if _, ok := errors.AsType[*PreviewError](err); !ok || !errors.Is(err, asset.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if lines := s.lines(); len(lines) != 1 {
		t.Errorf("requests %v", lines)
	}
}

// An address that ends in /rest is where the API lies.
func TestEndpointOfASuccessor(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{
		"GET /tenant/dnd/rest/login/CSA-Provider/admin/": answer(200, personBody),
		"POST /tenant/dnd/rest/import":                   answer(200, importBody("SUCCESS")),
	})
	config := s.known()
	config.Endpoint, config.UserIdentifier = s.URL+"/tenant/dnd/rest", ""
	if job, err := startImport(t, config, ImportOptions{}); err != nil || job.Status != asset.Succeeded {
		t.Errorf("%+v, %v; requests %v", job, err, s.lines())
	}
}

// An answer that says itself that the import failed is believed, whatever is wrong with it, and whatever the
// record says.
func TestFailureWithoutItsEnd(t *testing.T) {
	t.Parallel()
	body := importBody("FAILURE")
	status := strings.Index(body, "</importStatus>") + len("</importStatus>")
	for name, text := range map[string]string{
		"cut off":         body[:status] + "<importSumm",
		"not well-formed": body[:status] + "<importSummary>5 &nbsp; failed</importSummary></ImportOperationResult>",
	} {
		s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, text), recordLine: answer(200, goodRecord)})
		job, err := startImport(t, s.known(), ImportOptions{})
		if err != nil || job.Status != asset.Failed || len(job.Reasons) == 0 || job.Reasons[0].Code != "FAILURE" {
			t.Errorf("%s: %+v, %v", name, job, err)
		}
	}
}

// Nor does it matter with which status an answer came.
func TestLongAnswerWithABadStatus(t *testing.T) {
	t.Parallel()
	section := "<relationships>" + strings.Repeat("<r>x</r>", 1<<15) + "</relationships><importStatus>"
	body := strings.Replace(importBody("FAILURE"), "<importStatus>", section, 1)
	begin, _, _ := strings.Cut(body, "<relationships>")
	for name, row := range map[string]struct {
		answer string
		status asset.Status
	}{
		"whole":   {body, asset.Failed},
		"cut off": {begin, asset.Succeeded},
	} {
		s := serve(t, map[string]http.HandlerFunc{importLine: answer(500, row.answer), recordLine: answer(200, goodRecord)})
		job, err := startImport(t, s.known(), ImportOptions{})
		if err != nil || job.Status != row.status || job.ID != recordID {
			t.Errorf("%s: %+v, %v; requests %v", name, job, err, s.lines())
		}
	}
}
