package httpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestRefusalOfALongBody has a server refuse a body that it does not read:
// the refusal must arrive although the server closes the connection.
func TestRefusalOfALongBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error_code":"APIGW.0301","error_msg":"body too large"}`, http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, Options{BaseURL: server.URL})
	read := 0
	call := &Call{Kind: Start, Method: http.MethodPost, Path: "/x", Length: 64 << 20, Body: func() (io.ReadCloser, error) {
		return io.NopCloser(&countingReader{r: bytes.NewReader(make([]byte, 64<<20)), n: &read}), nil
	}}
	err := discard(t.Context(), c, call)
	if answer, ok := errors.AsType[*Error](err); !ok || answer.Status != http.StatusUnauthorized || answer.Code != "APIGW.0301" {
		t.Fatalf("got %v", err)
	}
	if read != 0 {
		t.Errorf("%d bytes of the body were read for nothing", read)
	}
}

type countingReader struct {
	r io.Reader
	n *int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += n
	return n, err
}
