package httpapi

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// encoding answers with a body and its Content-Encoding, and notes what was asked for.
type encoding struct {
	status         int
	encoding, body string
	asked          string
}

func (e *encoding) RoundTrip(r *http.Request) (*http.Response, error) {
	e.asked = r.Header.Get("Accept-Encoding")
	return &http.Response{
		StatusCode: e.status, Header: http.Header{"Content-Encoding": {e.encoding}}, Body: io.NopCloser(strings.NewReader(e.body)), Request: r,
	}, nil
}

// Some hops compress what nobody asked them to. What is read as text is decoded, up to the usual
// length; an archive is not, because its bytes count.
func TestUnaskedEncoding(t *testing.T) {
	t.Parallel()
	ask := func(e *encoding, kind Kind) (string, error) {
		c, err := New(Options{BaseURL: "https://server", Transport: e, ErrorWords: romaLike.Words})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		err = c.Parse(t.Context(), &Call{Kind: kind, Method: http.MethodGet, Path: "/x"}, func(_ http.Header, body []byte) error {
			got = string(body)
			return nil
		})
		if e.asked != "identity" {
			t.Errorf("asked for %q", e.asked)
		}
		return got, err
	}
	for _, word := range []string{"gzip", "GZIP", "x-gzip"} {
		if got, err := ask(&encoding{status: 200, encoding: word, body: gzipped(t, `{"a": 1}`)}, Lookup); err != nil || got != `{"a": 1}` {
			t.Errorf("%s: %q, %v", word, got, err)
		}
	}
	if got, err := ask(&encoding{status: 200, encoding: "identity", body: "{}"}, Lookup); err != nil || got != "{}" {
		t.Errorf("identity: %q, %v", got, err)
	}
	_, err := ask(&encoding{status: 400, encoding: "gzip", body: gzipped(t, `{"error_code": "ROMA.1", "error_msg": "no"}`)}, Start)
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != "ROMA.1" || e.Message != "no" {
		t.Errorf("an error: %v", err)
	}
	if _, err := ask(&encoding{status: 200, encoding: "gzip", body: gzipped(t, strings.Repeat("a", 64<<20))}, Lookup); !isTooLong(err) {
		t.Errorf("a bomb: %v", err)
	}
	if got, err := ask(&encoding{status: 200, encoding: "gzip", body: "no gzip"}, Lookup); err != nil || got != "no gzip" {
		t.Errorf("what is no gzip: %q, %v", got, err)
	}
	if _, err := ask(&encoding{status: 200, encoding: "gzip", body: gzipMagic + "damaged"}, Lookup); err == nil {
		t.Error("what is damaged was read")
	}

	c, err := New(Options{BaseURL: "https://server", Transport: &encoding{status: 200, encoding: "gzip", body: gzipped(t, "PK")}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(t.Context(), &Call{Kind: Download, Method: http.MethodGet, Path: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Close() }()
	if head, err := io.ReadAll(answer); err != nil || string(head) != gzipped(t, "PK") || answer.Encoding() != "gzip" {
		t.Errorf("an archive: %q, %v", head, err)
	}
}

func isTooLong(err error) bool {
	_, is := errors.AsType[*tooLongError](err)
	return is
}
