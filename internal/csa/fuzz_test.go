package csa

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipsamples"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// onlyAnswer is a network where each request has the same answer.
type onlyAnswer struct {
	status         int
	body, encoding string
}

func (o onlyAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: o.status, Header: http.Header{"Content-Encoding": {o.encoding}}, Body: io.NopCloser(strings.NewReader(o.body)), Request: r}, nil
}

func answeredBy(t *testing.T, network http.RoundTripper) *Client {
	t.Helper()
	c := newClient(t, Config{Endpoint: "https://csa.test", Username: account, Password: password, UserIdentifier: personID})
	api, err := httpapi.New(httpapi.Options{BaseURL: "https://csa.test/csa/rest", Transport: network, Redactor: c.redactor, ErrorWords: errorMembers.Words})
	if err != nil {
		t.Fatal(err)
	}
	c.api, c.archives = api, api
	return c
}

// hidden checks a text that is shown: one line without the secrets of these tests.
func hidden(t *testing.T, text string, most int) {
	t.Helper()
	if len(text) > most || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r\x1b") {
		t.Fatalf("%d bytes: %q", len(text), text)
	}
	basic := base64.StdEncoding.EncodeToString([]byte(account + ":" + password))
	for _, secret := range []string{password, personID, strings.ToUpper(personID), basic} {
		if strings.Contains(text, secret) {
			t.Fatalf("%q is in %q", secret, text)
		}
	}
}

// Whatever answers the import, it is a job that succeeded, one that failed, or an error
// that says what may have become of it, and no text of it holds a secret.
func FuzzImportAnswer(f *testing.F) {
	for _, seed := range []string{
		importBody("SUCCESS", "Catalog "+password+" imported successfully. (Id=1)", "Katalog \u017f (Id=\u017f)"), importBody("FAILURE "+strings.Repeat("x", 190)+password, password),
		"<html><title>" + strings.Repeat("x", 195) + password, `{"error_code":"` + personID + `"}`, importBody("")[:150], "<ImportOperationResult><importSummary><![CDATA[a]]><!-- --><![CDATA[" + password,
		"\xef\xbb\xbf" + importBody("SUCCESS"), "\xff\xfe<\x00I\x00", `<?xml version="1.0" encoding="` + strings.Repeat("x", 195) + password + `"?><a/>`, "<" + strings.Repeat("x", 190) + "-" + personID + "/>",
	} {
		for _, status := range []int{200, 401, 500} {
			f.Add(status, seed)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == http.StatusTooManyRequests {
			// 429 is asked again as long as the context lasts.
			return
		}
		c := answeredBy(t, onlyAnswer{status, body, ""})
		upload, err := httpapi.NewUpload("file", "archive.zip", 2, func() io.Reader { return strings.NewReader("PK") })
		if err != nil {
			t.Fatal(err)
		}
		query := map[string][]string{"x": {"y"}}
		done, err := c.sendImport(t.Context(), upload, query)
		if err != nil {
			hidden(t, err.Error(), 16<<10)
			lost := errors.Is(err, asset.ErrOutcomeUnknown)
			if status == 200 && !lost || status >= 500 && !lost || status == 401 && lost || errors.Is(err, asset.ErrNotSent) {
				t.Fatalf("%d %q: %v", status, body, err)
			}
			return
		}
		if status >= 300 && done.job.Status != asset.Failed {
			t.Fatalf("%d %q: %+v", status, body, done.job)
		}
		for _, text := range done.job.Messages {
			hidden(t, text, maxAnswer)
		}
		for _, r := range done.job.Reasons {
			hidden(t, r.Code, 300)
			hidden(t, r.Message, maxAnswer)
		}
		for _, a := range done.job.Artifacts {
			hidden(t, a.Name, maxAnswer)
		}
	})
}

// An export is passed on byte by byte, or is no archive; then its error tells no secret.
func FuzzExportAnswer(f *testing.F) {
	for _, s := range zipsamples.All()[:20] {
		f.Add([]byte(s.Zip), "")
	}
	f.Add([]byte("<html><title>"+strings.Repeat("&#32;x", 90)+password), "gzip\x1b")
	f.Add([]byte(strings.Repeat("x", beginLength-12)+password+"PK\x03\x04"), "")
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		c := answeredBy(t, onlyAnswer{200, string(body), encoding})
		stream, err := c.Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), asset.Job{ArchiveID: artifactID})
		if err != nil {
			hidden(t, err.Error(), 16<<10)
			if !errors.Is(err, asset.ErrNoArchive) || bytes.HasPrefix(body, []byte(localHeader)) {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		defer func() { _ = stream.Close() }()
		if got, err := io.ReadAll(stream); !bytes.Equal(got, body) || err != nil {
			t.Fatalf("%q, %v; want %q", got, err, body)
		}
	})
}

// What is looked up is as the server told it, or an error without secrets; the person's own
// id is one, whatever the answer calls it.
func FuzzLookUps(f *testing.F) {
	for _, seed := range []string{personBody, catalogsBody, offeringsBody, resultBody, "<person><id>" + personID + "\n</id", `{"id":"` + personID + `"}`, "<html><title>" + password, "<CatalogList><catalog><id>a b</id>"} {
		for _, status := range []int{200, 403, 404, 500} {
			f.Add(status, seed)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		c := answeredBy(t, onlyAnswer{status, body, ""})
		result, err := c.ImportResult(t.Context(), recordID)
		if err != nil {
			hidden(t, err.Error(), 16<<10)
		}
		for _, e := range result.Entries {
			hidden(t, e.Name+e.DisplayName+e.Description+e.Type+e.Operation, maxList)
		}
		if _, err := c.Artifacts(t.Context(), ""); err != nil {
			hidden(t, err.Error(), 16<<10)
		}
		c.person = newPerson(Config{Organization: "CSA-Provider", User: "admin"})
		id, err := c.person.resolve(t.Context(), c)
		if err != nil {
			hidden(t, err.Error(), 16<<10)
		} else if hidden(t, c.Redact("x "+id+" "+strings.ToUpper(id)), 100); len(id) > 4 && strings.Contains(c.Redact("x "+id), id) {
			t.Fatalf("%q is shown", id)
		}
	})
}

// Titles and codes are cut when secrets are out of them.
func TestCutInASecret(t *testing.T) {
	t.Parallel()
	for cut := 8; cut < len(password); cut++ {
		fill := strings.Repeat("x", 200-cut)
		c := answeredBy(t, onlyAnswer{200, "<html><title>" + fill + password + "</title>", ""})
		_, err := c.ImportResult(t.Context(), recordID)
		_, broken := c.Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), asset.Job{ArchiveID: artifactID})
		done := imported{job: asset.Job{Reasons: []asset.Reason{{Code: fill + password}}}}
		done.clean(c.secrets.Clean)
		for _, text := range []string{err.Error(), broken.Error(), done.word()} {
			if strings.Contains(text, password[:8]) {
				t.Errorf("cut at %d: %q", cut, text)
			}
		}
	}
}

// An answer as long as one may be is read in one pass, whatever it is made of.
func TestLongAnswersTakeOnePass(t *testing.T) {
	t.Parallel()
	fill := func(begin, part, end string) string {
		return begin + strings.Repeat(part, (maxAnswer-len(begin)-len(end))/4/len(part)) + end
	}
	pieces := fill("<ImportOperationResult><importStatus>FAILURE</importStatus><importSummary>", "<![CDATA[x]]>", "</importSummary></ImportOperationResult>")
	if done, ok := parseRefusal(pieces); !ok || len(done.job.Reasons) != 1 {
		t.Errorf("%d reasons, %v", len(done.job.Reasons), ok)
	}
	var ids strings.Builder
	for i := range 50_000 {
		ids.WriteString("<additionalSummaryMessages>(Id=" + strings.Repeat("0", 6) + string(rune('a'+i%26)) + strings.Repeat("1", i/26%100) + strings.Repeat("2", i/2600) + ")</additionalSummaryMessages>")
	}
	done, err := parseImport([]byte("<ImportOperationResult>" + ids.String() + "<importStatus>SUCCESS</importStatus></ImportOperationResult>"))
	if err != nil || len(done.job.Artifacts) != 50_000 {
		t.Errorf("%d artifacts, %v", len(done.job.Artifacts), err)
	}
}
