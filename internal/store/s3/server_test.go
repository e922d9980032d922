package s3

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

const (
	accessKey = "AKHUSHHUSH0000000001"
	secretKey = "hush/secret+key/0123456789"
	session   = "hush-session-token+/=="
	region    = "cn-north-4"
)

var orders = store.Address{Scheme: store.OBS, Bucket: "releases", Key: "orders.zip"}

// recorded is a request as it was sent.
type recorded struct {
	method, host, uri string
	header            http.Header
	body              string
	length            int64
}

func (r recorded) line() string { return r.method + " " + r.host + r.uri }

// recorder checks the signature of each request, remembers it and has serve answer. As a
// http.RoundTripper it is a network of its own, where a handler that panics with
// http.ErrAbortHandler loses the connection.
type recorder struct {
	t     *testing.T
	serve http.HandlerFunc

	mu       sync.Mutex
	requests []recorded
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	uri := r.RequestURI
	if uri == "" {
		uri = r.URL.RequestURI()
	}
	if want, got := signatureOf(r, uri), r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+want) {
		rec.t.Errorf("%s %s: %s, want %s", r.Method, uri, got, want)
	}
	rec.mu.Lock()
	rec.requests = append(rec.requests, recorded{r.Method, r.Host, uri, r.Header.Clone(), string(body), r.ContentLength})
	rec.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec.serve(w, r)
}

func (rec *recorder) RoundTrip(r *http.Request) (response *http.Response, err error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GotConn(httptrace.GotConnInfo{})
	served := r.Clone(r.Context())
	if r.Body == nil {
		served.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	defer func() {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
		if gone := recover(); gone != nil {
			response, err = nil, errors.New("connection reset by peer")
		}
	}()
	rec.ServeHTTP(w, served)
	response = w.Result()
	response.Request = r
	if r.Method == http.MethodHead {
		response.Body = http.NoBody
	}
	return response, context.Cause(r.Context())
}

func (rec *recorder) lines() []string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	lines := make([]string, len(rec.requests))
	for i, r := range rec.requests {
		lines[i] = r.line()
	}
	return lines
}

// last is the newest request.
func (rec *recorder) last() recorded {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.requests[len(rec.requests)-1]
}

// signatureOf computes the signature of a request as it arrived, by the text of "Authenticating
// Requests (AWS Signature Version 4)" of the S3 API reference.
func signatureOf(r *http.Request, uri string) string {
	_, names, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	path, query, _ := strings.Cut(uri, "?")
	parameters := strings.Split(query, "&")
	slices.Sort(parameters)
	canonical := r.Method + "\n" + path + "\n" + strings.Join(parameters, "&") + "\n"
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		canonical += name + ":" + strings.Join(strings.Fields(value), " ") + "\n"
	}
	canonical += "\n" + names + "\nUNSIGNED-PAYLOAD"
	date := r.Header.Get("X-Amz-Date")
	scope := date[:8] + "/" + region + "/s3/aws4_request"
	hash := sha256.Sum256([]byte(canonical))
	key := []byte("AWS4" + secretKey)
	for _, part := range []string{date[:8], region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+date+"\n"+scope+"\n"+hex.EncodeToString(hash[:])))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// newStore is a client of OBS on a network where serve answers.
func newStore(t *testing.T, serve http.HandlerFunc, change ...func(*Config)) (*Client, *recorder) {
	t.Helper()
	rec := &recorder{t: t, serve: serve}
	config := Config{
		Endpoint: "https://obs.cn-north-4.example.com", Region: region, OBS: true, transport: rec,
		Credentials: Static(Credentials{AccessKey: accessKey, SecretKey: secretKey}),
		Settings:    httpapi.Settings{UserAgent: "test", MaxRetries: 2},
	}
	for _, f := range change {
		f(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeIdle(c) })
	return c, rec
}

// newServer is the same on a real socket, where all hosts lead.
func newServer(t *testing.T, serve http.HandlerFunc, change ...func(*Config)) (*Client, *recorder) {
	t.Helper()
	rec := &recorder{t: t, serve: serve}
	server := httptest.NewTLSServer(rec)
	t.Cleanup(server.Close)
	network := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, kind, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, kind, server.Listener.Addr().String())
		},
		DisableCompression: true, ExpectContinueTimeout: time.Second,
	}
	t.Cleanup(network.CloseIdleConnections)
	c, _ := newStore(t, nil, append([]func(*Config){func(config *Config) { config.transport = network }}, change...)...)
	return c, rec
}

// xmlAnswer is an error as stores send it.
func xmlAnswer(w http.ResponseWriter, r *http.Request, status int, code, message, more string) {
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Amz-Request-Id", "request-1")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message>%s<RequestId>request-1</RequestId></Error>", code, message, more)
	}
}

func refusing(status int, code, message, more string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { xmlAnswer(w, r, status, code, message, more) }
}

func readAll(t *testing.T, r io.ReadCloser) string {
	t.Helper()
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// closeIdle ends the connections of a client.
func closeIdle(c *Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, host := range c.hosts {
		host.Close()
	}
}
