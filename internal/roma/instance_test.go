package roma

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// The one answer that is documented for an archive which is not there has no code.
func TestArchiveThatIsNotThere(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"archive_id": "id"}`:                              true,
		`{"archive_id": "id", "error_code": "APIGW.0101"}`:  false,
		`{"error_msg": "The API does not exist"}`:           false,
		`{"archive_id": "id", "code": "ROMA.00001007"}`:     false,
		`{"archive_id": "id", "error_msg": "no such API"}`:  false,
		`{"archive_id": "id", "request_id": "r"}`:           true,
		`<html><h1>404 Not Found</h1></html>`:               false,
		`{"archive_id": ""}`:                                false,
		``:                                                  false,
		`{"error_code": "ROMA.00013000", "error_msg": "x"}`: true,
	} {
		if got := errors.Is(downloadError(t.Context(), answered(t, 404, body)), asset.ErrTaken); got != want {
			t.Errorf("%s: taken is %t", body, got)
		}
	}
}

// An unknown instance is told by its number, in either numbering, and costs no job and no archive.
func TestUnknownInstance(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"ROMA.00014002", "ROMA.14002"} {
		err := refusedError(answered(t, 400, `{"error_code": "`+code+`", "error_msg": "The job does not exist"}`), false)
		if !errors.Is(err, ErrNoInstance) {
			t.Errorf("%s: %v", code, err)
		}
		for name, of := range map[string]func(error) error{
			"start": startError, "job": jobError, "download": func(err error) error { return downloadError(context.Background(), err) },
		} {
			mapped := of(err)
			for _, kind := range []error{asset.ErrOutcomeUnknown, asset.ErrUnknownJob, asset.ErrTaken, asset.ErrDenied, asset.ErrBusy, io.ErrUnexpectedEOF} {
				if errors.Is(mapped, kind) {
					t.Errorf("%s: %v", name, mapped)
				}
			}
		}
	}
}

// answered is the error of an answer with this status and body.
func answered(t *testing.T, status int, body string) error {
	t.Helper()
	c, err := httpapi.New(httpapi.Options{BaseURL: "https://server", Transport: fixed{status, body}, ErrorWords: errorMembers.Words})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), &httpapi.Call{Kind: httpapi.Poll, Method: http.MethodGet, Path: "/x"})
	return err
}

// fixed answers every request alike.
type fixed struct {
	status int
	body   string
}

func (f fixed) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: f.status, Body: io.NopCloser(strings.NewReader(f.body)), Request: r}, nil
}
