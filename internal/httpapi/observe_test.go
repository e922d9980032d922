package httpapi

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// TestObserve: an observer sees the request and the answer of each kind of request, and a
// proxy is still known behind it.
func TestObserve(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	t.Cleanup(server.Close)
	var mu sync.Mutex
	var seen []string
	c := newClient(t, Options{BaseURL: server.URL, Settings: Settings{Observe: func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				seen = append(seen, r.Method+" "+resp.Status)
			}
			return resp, err
		})
	}}})
	for _, call := range []*Call{get(Lookup), get(Download), post(Start, "{}")} {
		if err := discard(t.Context(), c, call); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"GET 202 Accepted", "GET 202 Accepted", "POST 202 Accepted"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
	proxy := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "proxy.test:3128"}, nil }}
	c.network = []*http.Transport{proxy}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if got := c.proxyOf(r); got == nil || got.Host != "proxy.test:3128" {
		t.Errorf("proxy %v", got)
	}
	c.Close()
}
