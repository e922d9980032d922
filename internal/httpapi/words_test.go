package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// A server may name requests and tell errors in a way of its own.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"X-Own-Id": "own", "X-Other-Id": "other", "X-Request-Id": "plain"} {
		c := newClient(t, Options{
			RequestIDs: []string{"X-Own-Id", "X-Other-Id"},
			ErrorWords: func(status int, header http.Header, body []byte) Words {
				if status != 403 || header.Get("X-Region") != "north" {
					return Words{}
				}
				code, message, _ := strings.Cut(string(body), " ")
				return Words{Code: code, Message: message}
			},
			Secrets: []string{"hush-hush"},
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				a := answer(r, 403, "Refused for hush-hush")
				a.Header = http.Header{id: {want}, "X-Region": {"north"}}
				return a, nil
			}),
		})
		e, ok := errors.AsType[*Error](discard(t.Context(), c, get(Lookup)))
		if !ok || e.RequestID != want || e.Code != "Refused" || e.Message != "for ***" || e.Text != "" {
			t.Errorf("%+v", e)
		}
		if own := e.Own(); own.Message != "for hush-hush" || own.Header.Get("X-Region") != "north" {
			t.Errorf("%+v", own)
		}
	}
}
