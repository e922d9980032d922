package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// TestExpectationFailed: a hop that refuses our Expect gets the request once
// more without it, also a starting one; one that goes on refusing does not.
func TestExpectationFailed(t *testing.T) {
	t.Parallel()
	for name, always := range map[string]bool{"once": false, "always": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked, whole atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if always || r.Header.Get("Expect") != "" {
					w.WriteHeader(http.StatusExpectationFailed)
					return
				}
				if n, err := io.Copy(io.Discard, r.Body); err == nil && n == 2<<20 {
					whole.Add(1)
				}
			}))
			t.Cleanup(server.Close)
			c := newClient(t, Options{BaseURL: server.URL})
			call := &Call{Kind: Start, Method: http.MethodPost, Path: "/x"}
			call.SetBytes(make([]byte, 2<<20))
			err := discard(t.Context(), c, call)
			if always != (err != nil) || asked.Load() != 2 || always == (whole.Load() == 1) {
				t.Errorf("asked %d times, %d whole bodies, %v", asked.Load(), whole.Load(), err)
			}
		})
	}
}
