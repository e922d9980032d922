package roma

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const (
	instance    = "7a2f3c4d-0000-4000-8000-1234567890ab"
	projectOne  = "0123456789abcdef0123456789abcdef"
	secretKey   = "SKexampleSecret0123456789"
	password    = "correct horse/battery+staple"
	assetsPath  = "/v2/" + projectOne + "/instances/" + instance + "/assets/"
	jobID       = "ff8080814dbd65d7014dbe0d84db0013"
	archiveID   = "a1b2c3d4"
	runningJob  = `{"id":"` + jobID + `","type":"exportAsset","status":"RUNNING","progress_percent":0.35}`
	startedBody = `{"job_id":"` + jobID + `"}`
)

// fakeNetwork answers every request and remembers it.
type fakeNetwork struct {
	answer func(*http.Request, string) (status int, body string, header http.Header)

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (f *fakeNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	f.mu.Lock()
	f.requests = append(f.requests, r)
	f.bodies = append(f.bodies, string(body))
	f.mu.Unlock()
	status, text, header := f.answer(r, string(body))
	if header == nil {
		header = make(http.Header)
	}
	return &http.Response{StatusCode: status, Header: header, Request: r, Body: io.NopCloser(strings.NewReader(text))}, nil
}

// lines are the requests in order, "METHOD /path".
func (f *fakeNetwork) lines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := make([]string, len(f.requests))
	for i, r := range f.requests {
		lines[i] = r.Method + " " + r.URL.Path
	}
	return lines
}

func (f *fakeNetwork) count(line string) int {
	n := 0
	for _, l := range f.lines() {
		if l == line {
			n++
		}
	}
	return n
}

func always(status int, body string, header ...string) *fakeNetwork {
	return &fakeNetwork{answer: func(*http.Request, string) (int, string, http.Header) {
		h := make(http.Header)
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return status, body, h
	}}
}

func tokenConfig(network http.RoundTripper) Config {
	return Config{Region: "cn-north-4", ProjectID: projectOne, Credentials: Token("ready-token"), transport: network}
}

func keyConfig(network http.RoundTripper) Config {
	return Config{
		Region: "cn-north-4", ProjectID: projectOne, Credentials: KeyPair{AccessKey: "AKEXAMPLE0000000", SecretKey: secretKey}, transport: network,
	}
}

func loginConfig(network http.RoundTripper) Config {
	return Config{
		Region: "cn-north-4", Credentials: Password{UserName: "me", Password: password, DomainName: "account"}, transport: network,
	}
}

func newClient(t *testing.T, config Config) *Client {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve is a server on a real socket, for what a fake network cannot show.
func serve(t *testing.T, handler http.HandlerFunc) Config {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	config := tokenConfig(nil)
	config.Endpoint = server.URL
	return config
}

func tokenBody(project, issued, expires string) string {
	return fmt.Sprintf(`{"token":{"issued_at":%q,"expires_at":%q,"project":{"id":%q,"name":"cn-north-4"}}}`, issued, expires, project)
}
