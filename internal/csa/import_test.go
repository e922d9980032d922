package csa

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Messages as the documents show them, with line breaks from typesetting.
var sampleMessages = []string{
	"\n   Service offering Mail imported successfully. (Id=90cec2ff3dc1d73b013dc1d\n  f0b750028)\n",
	"Service design Mail\n design imported successfully. (Id=90cec2ff3dc1d73b013dc1df0b750029)",
}

func startImport(t *testing.T, config Config, options ImportOptions) (asset.Job, error) {
	t.Helper()
	archive, _ := newArchive(t)
	return newClient(t, config).Importer(options).Start(t.Context(), archive)
}

func TestImport(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{
		loginLine:  answer(200, personBody),
		importLine: answer(200, importBody("SUCCESS", sampleMessages...), "X-Request-Id", "r"),
		recordLine: answer(200, resultBody),
	})
	archive, data := newArchive(t)
	job, err := newClient(t, s.config()).Importer(ImportOptions{}).Start(t.Context(), archive)
	if err != nil {
		t.Fatal(err)
	}
	want := asset.Job{
		ID: recordID, Type: "import", Status: asset.Succeeded, RequestID: "r",
		Messages: []string{
			"The archive was looked at.",
			"Service offering Mail imported successfully. (Id=90cec2ff3dc1d73b013dc1d f0b750028)",
			"Service design Mail design imported successfully. (Id=90cec2ff3dc1d73b013dc1df0b750029)",
		},
		Artifacts: []asset.Artifact{
			{ID: artifactID, Type: "SERVICE_OFFERING", Name: "Mail"},
			{ID: "90cec2ff3dc1d73b013dc1df0b750029", Type: "SERVICE_DESIGN", Name: "Mail design"},
		},
		End: sampleTime,
	}
	if !reflect.DeepEqual(job, want) {
		t.Errorf("%+v\nwant %+v", job, want)
	}
	got := s.got()
	if len(got) != 3 || got[1].line != importLine || got[2].line != recordLine {
		t.Fatalf("requests %v", s.lines())
	}
	checkForm(t, got[1], data)
	if sum := sha256.Sum256(data); archive.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("sha256 %q", archive.SHA256)
	}
}

func checkForm(t *testing.T, got arrival, data []byte) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("%s, %v", kind, err)
	}
	want := "--" + parameters["boundary"] + "\r\n" +
		"Content-Disposition: form-data; name=\"file\"; filename=\"archive.zip\"\r\n" +
		"Content-Type: application/octet-stream\r\n\r\n" +
		string(data) + "\r\n--" + parameters["boundary"] + "--\r\n"
	if string(got.body) != want || got.length != int64(len(want)) {
		t.Errorf("sent %d bytes (%d announced); want %d", len(got.body), got.length, len(want))
	}
	if got.header.Get("Accept") != "application/xml" || !strings.HasPrefix(got.header.Get("Authorization"), "Basic ") {
		t.Errorf("header %v", got.header)
	}
}

func TestImportQuery(t *testing.T) {
	t.Parallel()
	const person = "&userIdentifier=" + personID
	for want, options := range map[string]ImportOptions{
		person:                                  {},
		person + "#":                            {Mode: Create},
		"&update=true" + person:                 {Mode: Update},
		"&updatePreserveExisting=true" + person: {Mode: UpdatePreserveExisting},
		"&associateProviders=true&orgForCatalogImport=My%20Org%26Co&update=true" + person + "&validateType=SERVICE_BLUEPRINT": {
			Mode: Update, OrgForCatalogImport: "My Org&Co", AssociateProviders: true, ValidateType: "SERVICE_BLUEPRINT",
		},
	} {
		s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, importBody("SUCCESS"))})
		if _, err := startImport(t, s.known(), options); err != nil {
			t.Fatal(err)
		}
		if query := "&" + s.got()[0].query; query != strings.TrimSuffix(want, "#") {
			t.Errorf("query %s; want %s", query, want)
		}
	}
	s := serve(t, nil)
	if _, err := startImport(t, s.known(), ImportOptions{Mode: "merge"}); !errors.Is(err, asset.ErrNotSent) || len(s.got()) != 0 {
		t.Errorf("%v after %v", err, s.lines())
	}
}

func TestFailedImport(t *testing.T) {
	t.Parallel()
	body := importBody("FAILURE", "Flow /Library/x\n is missing.", "")
	reasons := []asset.Reason{{Code: "FAILURE", Message: "The archive was looked at."}, {Message: "Flow /Library/x is missing."}}
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    []asset.Reason
	}{
		"200":           {answer(200, body), reasons},
		"400":           {answer(400, body), reasons},
		"500":           {answer(500, body), reasons},
		"no status":     {answer(200, importBody("")), []asset.Reason{{Message: "The archive was looked at."}}},
		"other word":    {answer(200, importBody("SUCCESS_WITH_WARNINGS")), []asset.Reason{{Code: "SUCCESS_WITH_WARNINGS", Message: "The archive was looked at."}}},
		"no words":      {answer(200, `<ImportOperationResult><importStatus>ERROR</importStatus></ImportOperationResult>`), []asset.Reason{{Code: "ERROR"}}},
		"400 cut short": {answer(400, "<ImportOperationResult><additionalSummaryMessages>Flow"), []asset.Reason{{}, {Message: "Flow"}}},
		"words from the record": {
			answer(200, `<ImportOperationResult><importResultRecord>`+recordID+`</importResultRecord><importStatus>ERROR</importStatus></ImportOperationResult>`),
			[]asset.Reason{{Code: "ERROR", Message: "Import of Service Offering archive completed."}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{importLine: row.handler, recordLine: answer(200, resultBody)})
			config := s.known()
			config.MaxRetries = 5
			job, err := startImport(t, config, ImportOptions{})
			if err != nil || job.Status != asset.Failed || !reflect.DeepEqual(job.Reasons, row.want) {
				t.Errorf("%+v, %v; want %+v", job, err, row.want)
			}
			if s.count(importLine) != 1 {
				t.Errorf("requests %v", s.lines())
			}
		})
	}
}

func TestImportErrors(t *testing.T) {
	t.Parallel()
	refused := errors.New("plain refusal")
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"400":               {answer(400, "bad"), refused},
		"401":               {answer(401, ""), asset.ErrDenied},
		"403":               {answer(403, ""), ErrForbidden},
		"404":               {answer(404, "<html><title>Not Found</title></html>"), ErrNotFound},
		"409":               {answer(409, ""), ErrDuplicate},
		"413":               {answer(413, ""), refused},
		"415":               {answer(415, "<html>"), refused},
		"redirect":          {answer(302, "", "Location", "/idm"), refused},
		"success with 400":  {answer(400, importBody("SUCCESS")), refused},
		"408":               {answer(408, ""), asset.ErrOutcomeUnknown},
		"500":               {answer(500, "<html><title>HTTP Status 500</title></html>"), asset.ErrOutcomeUnknown},
		"success with 500":  {answer(500, importBody("SUCCESS")), asset.ErrOutcomeUnknown},
		"502":               {answer(502, ""), asset.ErrOutcomeUnknown},
		"504":               {answer(504, ""), asset.ErrOutcomeUnknown},
		"page":              {answer(200, "<html><title>Log in</title></html>"), asset.ErrOutcomeUnknown},
		"empty":             {answer(200, ""), asset.ErrOutcomeUnknown},
		"JSON":              {answer(200, `{"importStatus":"SUCCESS"}`), asset.ErrOutcomeUnknown},
		"another document":  {answer(200, `<importMessageList/>`), asset.ErrOutcomeUnknown},
		"cut off":           {answer(200, importBody("SUCCESS")[:200]), asset.ErrOutcomeUnknown},
		"too long":          {answer(200, strings.Repeat(" ", maxAnswer)+importBody("SUCCESS")), asset.ErrOutcomeUnknown},
		"connection":        {hangUp(""), asset.ErrOutcomeUnknown},
		"connection, later": {hangUp("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<Import"), asset.ErrOutcomeUnknown},
		"entity":            {answer(200, `<!DOCTYPE x [<!ENTITY e "SUCCESS">]><ImportOperationResult><importStatus>&e;</importStatus></ImportOperationResult>`), asset.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{importLine: row.handler})
			config := s.known()
			config.MaxRetries = 5
			job, err := startImport(t, config, ImportOptions{})
			if err == nil || !reflect.DeepEqual(job, asset.Job{}) {
				t.Fatalf("%+v, %v", job, err)
			}
			for _, kind := range []error{
				asset.ErrOutcomeUnknown, asset.ErrNotSent, asset.ErrDenied, asset.ErrBusy, ErrForbidden, ErrNotFound, ErrDuplicate,
			} {
				if errors.Is(err, kind) != errors.Is(row.want, kind) {
					t.Errorf("%v: %v", kind, err)
				}
			}
			if (name == "500" || name == "success with 500") != errors.Is(err, ErrServer) {
				t.Errorf("server? %v", err)
			}
			if page, ok := errors.AsType[*PageError](err); ok != (name == "page") || ok && page.Title != "Log in" {
				t.Errorf("a page? %v", err)
			}
			wanted := 1
			if recorded, ok := errors.AsType[*RecordedError](err); ok {
				// The record was read before the answer broke off, and looked for.
				wanted = 2
				if name != "cut off" || recorded.Record != recordID {
					t.Errorf("the record %q", recorded.Record)
				}
			}
			if lines := s.lines(); len(lines) != wanted {
				t.Errorf("requests %v", lines)
			}
		})
	}
}

func TestImportThatWasNotSent(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	config := s.known()
	s.Close()
	if _, err := startImport(t, config, ImportOptions{}); !errors.Is(err, asset.ErrNotSent) {
		t.Errorf("no server: %v", err)
	}

	s = serve(t, map[string]http.HandlerFunc{importLine: answer(200, importBody("SUCCESS"))})
	archive, _ := newArchive(t)
	if err := os.Truncate(archive.Path, archive.Size-1); err != nil {
		t.Fatal(err)
	}
	_, err := newClient(t, s.known()).Importer(ImportOptions{}).Start(t.Context(), archive)
	if !errors.Is(err, asset.ErrNotSent) || s.count(importLine) != 0 {
		t.Errorf("shorter archive: %v", err)
	}
}

func TestImportEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, map[string]http.HandlerFunc{importLine: func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}})
	archive, _ := newArchive(t)
	_, err := newClient(t, s.known()).Importer(ImportOptions{}).Start(ctx, archive)
	if !errors.Is(err, asset.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) || s.count(importLine) != 1 {
		t.Errorf("error %v", err)
	}
}

// The record knows more, or nothing; it never decides.
func TestRecordIsNoJudge(t *testing.T) {
	t.Parallel()
	body := importBody("SUCCESS", "Angebot Mail importiert. (Id="+artifactID+")")
	for name, row := range map[string]struct {
		record http.HandlerFunc
		want   asset.Artifact
	}{
		"none":        {answer(404, ""), asset.Artifact{ID: artifactID}},
		"failed":      {answer(200, strings.ReplaceAll(resultBody, "SUCCESS", "FAILURE")), asset.Artifact{ID: artifactID, Type: KindServiceOffering, Name: "Mail"}},
		"more":        {answer(200, resultBody), asset.Artifact{ID: artifactID, Type: KindServiceOffering, Name: "Mail"}},
		"broken":      {answer(200, "<html>"), asset.Artifact{ID: artifactID}},
		"unavailable": {answer(503, ""), asset.Artifact{ID: artifactID}},
		"connection":  {hangUp(""), asset.Artifact{ID: artifactID}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, body), recordLine: row.record})
			config := s.known()
			config.MaxRetries = 5
			job, err := startImport(t, config, ImportOptions{})
			if err != nil || job.Status != asset.Succeeded || len(job.Artifacts) != 1 || job.Artifacts[0] != row.want {
				t.Errorf("%+v, %v", job, err)
			}
			if s.count(recordLine) != 1 || s.count(importLine) != 1 {
				t.Errorf("requests %v", s.lines())
			}
		})
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		preview http.HandlerFunc
		// want is "", "refused", "imported", "unknown" or "not sent".
		want string
	}{
		"good":             {answer(200, importBody("SUCCESS", "Would be imported.")), ""},
		"failure":          {answer(200, importBody("FAILURE", "Flow is missing.")), "refused"},
		"failure as 400":   {answer(400, importBody("FAILURE", "Flow is missing.")), "refused"},
		"ids":              {answer(200, importBody("SUCCESS", sampleMessages...)), "imported"},
		"ids of a failure": {answer(200, importBody("FAILURE", sampleMessages...)), "imported"},
		"refusal":          {answer(400, "unknown parameter"), "not sent"},
		"account":          {answer(401, ""), "not sent"},
		"page":             {answer(200, "<html>"), "unknown"},
		"connection":       {hangUp(""), "unknown"},
		"server":           {answer(500, ""), "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{importLine: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Has("previewImport") {
					row.preview(w, r)
					return
				}
				answer(200, importBody("SUCCESS", sampleMessages...))(w, r)
			}})
			archive, data := newArchive(t)
			job, err := newClient(t, s.known()).Importer(ImportOptions{Mode: Update, Preview: true}).Start(t.Context(), archive)
			got := s.got()
			checkForm(t, got[0], data)
			if got[0].query != "previewImport=true&update=true&userIdentifier="+personID {
				t.Errorf("query %s", got[0].query)
			}
			if row.want == "" {
				if err != nil || len(job.Artifacts) != 2 || s.count(importLine) != 2 || got[1].query != "update=true&userIdentifier="+personID {
					t.Errorf("%+v, %v after %v", job, err, s.lines())
				}
				checkForm(t, got[1], data)
				return
			}
			if s.count(importLine) != 1 {
				t.Errorf("requests %v", s.lines())
			}
			if got := previewErrorKind(t, err); got != row.want {
				t.Errorf("%s: %v", got, err)
			}
		})
	}
}

// One id is enough to tell that a preview imported.
func TestPreviewThatImportedOneArtifact(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{importLine: answer(200, importBody("SUCCESS", sampleMessages[0]))})
	_, err := startImport(t, s.known(), ImportOptions{Preview: true})
	if imported, ok := errors.AsType[*PreviewImportedError](err); !ok || len(imported.Job.Artifacts) != 1 || s.count(importLine) != 1 {
		t.Errorf("%v after %v", err, s.lines())
	}
}

func previewErrorKind(t *testing.T, err error) string {
	t.Helper()
	if imported, ok := errors.AsType[*PreviewImportedError](err); ok {
		if imported.Job.ID != recordID || len(imported.Job.Artifacts) != 2 || errors.Is(err, asset.ErrNotSent) {
			t.Errorf("%+v", imported)
		}
		return "imported"
	}
	preview, ok := errors.AsType[*PreviewError](err)
	switch {
	case !ok:
		return "other"
	case errors.Is(err, asset.ErrOutcomeUnknown) && !errors.Is(err, asset.ErrNotSent):
		return "unknown"
	case !errors.Is(err, asset.ErrNotSent) || errors.Is(err, asset.ErrOutcomeUnknown):
		return "contradictory"
	case preview.Cause != nil:
		return "not sent"
	}
	if len(preview.Job.Reasons) != 2 || preview.Job.Reasons[1].Message != "Flow is missing." {
		t.Errorf("%+v", preview.Job)
	}
	return "refused"
}

func TestImporterJob(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{
		recordLine:                           answer(200, resultBody),
		"GET /csa/rest/import_result/failed": answer(200, strings.ReplaceAll(resultBody, "SUCCESS", "FAILURE")),
	})
	i := newClient(t, s.known()).Importer(ImportOptions{})
	job, err := i.Job(t.Context(), recordID)
	if err != nil || job.Status != asset.Succeeded || job.ID != recordID || !job.End.Equal(sampleTime) {
		t.Errorf("%+v, %v", job, err)
	}
	job, err = i.Job(t.Context(), "failed")
	if err != nil || job.Status != asset.Failed || job.Reasons[0].Code != "FAILURE" {
		t.Errorf("%+v, %v", job, err)
	}
	if _, err := i.Job(t.Context(), "gone"); !errors.Is(err, asset.ErrUnknownJob) {
		t.Errorf("error %v", err)
	}
}

// The name of the account may be a word of what a server tells, which is data.
func TestNameOfTheAccountInAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{loginLine: answer(200, personBody), importLine: answer(200, importBody("SUCCESS", "Service design operations portal imported"))})
	config := s.config()
	config.Username = "operations"
	job, err := startImport(t, config, ImportOptions{})
	if err != nil || len(job.Messages) == 0 || !strings.Contains(strings.Join(job.Messages, "\n"), "operations portal") {
		t.Errorf("%+v, %v", job.Messages, err)
	}
}

// What a server echoes of the credentials is in no text of a job.
func TestSecretsInAnswers(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	echo := "Service offering " + personID + " imported successfully by " + password + ". (Id=" + artifactID + ")"
	s := serve(t, map[string]http.HandlerFunc{
		loginLine:  answer(200, personBody),
		importLine: answer(200, strings.ReplaceAll(importBody("FAILURE", echo), "looked at", strings.ToUpper(personID))),
		exportLine: answer(200, "<html><title>"+personID+"</title></html>"),
	})
	config := s.config()
	config.Log = func(_ context.Context, msg string, fields map[string]any) {
		_, _ = io.WriteString(&log, msg)
		for name, value := range fields {
			if text, ok := value.(string); ok {
				_, _ = io.WriteString(&log, name+"="+text+"\n")
			}
		}
	}
	archive, _ := newArchive(t)
	c := newClient(t, config)
	job, err := c.Importer(ImportOptions{}).Start(t.Context(), archive)
	if err != nil {
		t.Fatal(err)
	}
	texts := append([]string{log.String()}, job.Messages...)
	for _, r := range job.Reasons {
		texts = append(texts, r.Message)
	}
	for _, a := range job.Artifacts {
		texts = append(texts, a.Name)
	}
	_, err = c.Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), job)
	if page, ok := errors.AsType[*PageError](err); !ok || page.Title != "***" {
		t.Errorf("page %v", page)
	}
	bad, ok := errors.AsType[*httpapi.AnswerError](err)
	if !ok {
		t.Fatal(err)
	}
	texts = append(texts, err.Error(), bad.Text)
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), personID) || strings.Contains(text, password) {
			t.Errorf("a secret in %s", text)
		}
	}
}
