package csa

import (
	"errors"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// resultBody is like the documented sample, which says Error in the entries
// of a success.
const resultBody = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ImportResult>
  <importResultLogEntry>
    <limit>0</limit>
    <artifactDescription>Mail for
      everybody</artifactDescription>
    <artifactDisplayName>Mail</artifactDisplayName>
    <artifactName>MAIL</artifactName>
    <artifactType>SERVICE_OFFERING</artifactType>
    <importOperation>Error</importOperation>
  </importResultLogEntry>
  <importResultLogEntry>
    <artifactDisplayName>Mai</artifactDisplayName>
    <artifactName>x</artifactName>
    <artifactType>SERVICE_BLUEPRINT</artifactType>
    <importOperation>Error</importOperation>
  </importResultLogEntry>
  <importSummary>Import of Service Offering
    archive completed.</importSummary>
  <status> SUCCESS </status>
  <timeOfImport>March 31, 2013 7:19:01 PM UTC</timeOfImport>
  <userInformation>admin</userInformation>
</ImportResult>`

var sampleTime = time.Date(2013, time.March, 31, 19, 19, 1, 0, time.UTC)

func TestImportResult(t *testing.T) {
	t.Parallel()
	s := serve(t, map[string]http.HandlerFunc{loginLine: answer(200, personBody), recordLine: answer(200, resultBody)})
	got, err := newClient(t, s.config()).ImportResult(t.Context(), recordID)
	want := ImportResult{
		RecordID: recordID, Status: "SUCCESS", Summary: "Import of Service Offering archive completed.", User: "admin",
		TimeOfImport: "March 31, 2013 7:19:01 PM UTC", Time: sampleTime,
		Entries: []ImportResultEntry{
			{Name: "MAIL", DisplayName: "Mail", Description: "Mail for everybody", Type: "SERVICE_OFFERING", Operation: "Error"},
			{Name: "x", DisplayName: "Mai", Type: "SERVICE_BLUEPRINT", Operation: "Error"},
		},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	requests := s.got()
	if requests[1].query != "userIdentifier="+personID || requests[1].header.Get("Accept") != "application/xml" {
		t.Errorf("request %+v", requests[1])
	}
}

func TestImportResultErrors(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"unknown": {answer(404, ""), asset.ErrUnknownJob},
		"account": {answer(401, ""), asset.ErrDenied},
		"server":  {answer(500, ""), ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{recordLine: row.handler})
			got, err := newClient(t, s.known()).ImportResult(t.Context(), recordID)
			if !errors.Is(err, row.want) || !reflect.DeepEqual(got, ImportResult{}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	s := serve(t, map[string]http.HandlerFunc{recordLine: answer(200, "<html><title>Log in</title></html>")})
	if _, err := newClient(t, s.known()).ImportResult(t.Context(), recordID); quoted(err) != "Log in" {
		t.Errorf("error %v", err)
	}
	if _, err := newClient(t, s.known()).ImportResult(t.Context(), ".."); !errors.Is(err, httpapi.ErrPath) || s.count(recordLine) != 1 {
		t.Errorf("error %v after %v", err, s.lines())
	}
}

func TestImportTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"March 31, 2013 7:19:01 PM UTC": sampleTime,
		"March 31, 2013 7:19:01 PM GMT": sampleTime,
		"March 31, 2013 7:19:01 PM PST": {},
		"31. März 2013 19:19:01 UTC":    {},
		"":                              {},
	} {
		if got := importTime(text); !got.Equal(want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func FuzzImportResult(f *testing.F) {
	for _, seed := range []string{
		resultBody, "<ImportResult><status>x</status></ImportResult>", "<ImportResult/>", "<html><title>x</title>",
		"<ImportResult><status>SUCCESS</status><timeOfImport>March 31, 2013\u202f7:19:01 PM UTC</timeOfImport></ImportResult>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		result, err := parseImportResult(data)
		if (err == nil) != (result.Status != "") || err != nil && !reflect.DeepEqual(result, ImportResult{}) {
			t.Fatalf("%+v, %v of %q", result, err, data)
		}
		if job := result.Job(); err == nil && (job.Status == asset.Failed) != (len(job.Reasons) == 1) {
			t.Fatalf("%+v of %q", job, data)
		}
		for i := range result.Entries {
			a := asset.Artifact{ID: "x"}
			result.describe(&a, result.Entries[i].DisplayName+" imported")
		}
	})
}

// hanging is a server that never answers.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// An import that is over does not wait long for a record that adds to it.
func TestRecordThatDoesNotCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Config{Endpoint: "https://csa.test", Username: account, Password: password, UserIdentifier: personID})
		var err error
		if c.api, err = httpapi.New(httpapi.Options{BaseURL: "https://csa.test/csa/rest", Transport: hanging{}}); err != nil {
			t.Fatal(err)
		}
		done := imported{job: asset.Job{ID: recordID, Status: asset.Succeeded}}
		begin := time.Now()
		if c.addRecord(t.Context(), &done); time.Since(begin) != 15*time.Second || done.job.Status != asset.Succeeded {
			t.Errorf("%+v after %s", done.job, time.Since(begin))
		}
	})
}
