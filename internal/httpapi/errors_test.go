package httpapi

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

func one(status int, body string, header ...string) roundTrip {
	return func(r *http.Request) (*http.Response, error) { return answer(r, status, body, header...), nil }
}

func TestErrorFields(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ö", 4000)
	for name, row := range map[string]struct {
		body string
		want Error
	}{
		"ROMA": {
			`{"error_code":"ROMA.10012","error_msg":"busy","error_details":"d","suggestion":"s","request_id":"r1"}`,
			Error{Code: "ROMA.10012", Message: "busy", Details: "d", Suggestion: "s", RequestID: "r1"},
		},
		"gateway": {
			`{"error_msg":"throttled","error_code":"APIGW.0308","request_id":"r2"}`,
			Error{Code: "APIGW.0308", Message: "throttled", RequestID: "r2"},
		},
		"IAM": {
			`{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`,
			Error{Code: "401", Message: "The username or password is wrong."},
		},
		"nested twice":     {`{"a":1,"b":{"c":{"error_code":"X.1"}}}`, Error{Code: "X.1"}},
		"words":            {`{"code":"X.2","message":"m\u0000\nn"}`, Error{Code: "X.2", Message: "m n"}},
		"no error in JSON": {`{"a":1}`, Error{Text: `{"a":1}`}},
		"empty":            {``, Error{}},
		"truncated JSON":   {`{"error_code":"ROMA.1`, Error{Text: `{"error_code":"ROMA.1`}},
		"wrong types":      {`{"error_code":["x"],"error_msg":{}}`, Error{Text: `{"error_code":["x"],"error_msg":{}}`}},
		"page": {
			"<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway &amp; co</title></head><body>x</body></html>",
			Error{Text: "502 Bad Gateway & co"},
		},
		"page of a servlet container": {
			"<html><head><title>Tomcat - Error report</title></head><body><h1>HTTP Status 404 - No <u>such</u> thing</h1></body></html>",
			Error{Text: "Tomcat - Error report: HTTP Status 404 - No such thing"},
		},
		"page without a title": {"<html><body><h1>Nope</h1><script src='x'></script></body></html>", Error{Text: "Nope"}},
		"control characters":   {"a\x00b\x1b[31mc\u202ed\r\n\te\xff", Error{Text: "ab[31mcd e\uFFFD"}},
		"long":                 {long, Error{Text: strings.Repeat("ö", 1022) + "…"}},
		"long message":         {`{"error_code":"A.1","error_msg":"` + long + `"}`, Error{Code: "A.1", Message: strings.Repeat("ö", 1022) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{Transport: one(400, row.body)})
			err := discard(t.Context(), c, get(Poll))
			got := asError(err)
			if got == nil {
				t.Fatalf("error %v", err)
			}
			row.want.Method, row.want.Host, row.want.Path, row.want.Status = "GET", "example.test", "/x", 400
			row.want.SentAt, row.want.Took, got.own = got.SentAt, got.Took, nil
			if *got != row.want || got.SentAt.IsZero() {
				t.Errorf("got  %+v\nwant %+v", *got, row.want)
			}
			if len(got.Text) > maxText || !utf8.ValidString(err.Error()) {
				t.Errorf("unusable text %q", err.Error())
			}
		})
	}
}

func TestErrorHeaders(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Transport: one(429, `{"error_code":"APIGW.0308","request_id":"body"}`,
		"X-Request-Id", "header", "Retry-After", "9", "Content-Type", "application/json")})
	err := discard(t.Context(), c, get(Poll))
	e := asError(err)
	if e == nil || e.RequestID != "header" || e.BodyRequestID != "body" || !strings.Contains(e.Error(), "(request body, in the header header)") || e.Delay() != 9*time.Second || e.ContentType != "application/json" {
		t.Errorf("%#v", e)
	}
}

// endless is a body that does not end; it counts what was taken.
type endless struct{ taken *int64 }

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	*e.taken += int64(len(p))
	return len(p), nil
}

func (endless) Close() error { return nil }

func TestHugeAnswersCostLittle(t *testing.T) {
	t.Parallel()
	for status, limit := range map[int]int64{200: maxBody, 400: maxErrorBody} {
		var taken int64
		c := newClient(t, Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			resp := answer(r, status, "")
			resp.Body = endless{&taken}
			return resp, nil
		})})
		err := c.Parse(t.Context(), get(Poll), func(http.Header, []byte) error {
			t.Error("parsed")
			return nil
		})
		if err == nil || taken > 2*limit {
			t.Errorf("status %d: read %d bytes, %v", status, taken, err)
		}
		if bad, ok := errors.AsType[*AnswerError](err); status == 200 && (!ok || !strings.Contains(bad.Error(), "longer than 1048576 bytes")) {
			t.Errorf("error %v", err)
		}
	}
}

func TestStalledAnswerEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			reader, writer := io.Pipe()
			context.AfterFunc(r.Context(), func() { _ = writer.CloseWithError(r.Context().Err()) })
			resp := answer(r, 200, "")
			resp.Body = reader
			return resp, nil
		})})
		begin := time.Now()
		err := c.Parse(t.Context(), post(Start, "x"), func(http.Header, []byte) error { return nil })
		if !errors.Is(err, errSlowBody) || time.Since(begin) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
	})
}

func TestUnusableContent(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{Secrets: []string{"s3cr3t"}, Transport: one(200, "<html><title>Login s3cr3t</title>", "X-Request-Id", "r")})
	cause := errors.New("no job: s3cr3t")
	err := c.Parse(t.Context(), get(Poll), func(http.Header, []byte) error { return cause })
	bad, ok := errors.AsType[*AnswerError](err)
	if !ok || bad.Text != "Login ***" || bad.RequestID != "r" || !errors.Is(err, cause) {
		t.Fatalf("%#v", err)
	}
	if want := "GET example.test/x: HTTP 200 with unusable content: no job: ***"; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

// An answer that holds credentials is not quoted, but for the page of a proxy in its place.
func TestUnusableCredentialsAreNotQuoted(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"credential":{"access":"AK","secret":"t0ps3cret"`: "",
		"<html><title>Please log in</title>":                "Please log in",
	} {
		c := newClient(t, Options{Transport: one(200, body)})
		call := get(Lookup)
		call.Secret = true
		err := c.Parse(t.Context(), call, func(http.Header, []byte) error { return errors.New("no credentials") })
		if bad, ok := errors.AsType[*AnswerError](err); !ok || bad.Text != want {
			t.Errorf("%s: %#v", body, err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", elsewhere.URL+"/path?token=abc")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, Options{BaseURL: server.URL})
	call := get(Lookup)
	call.Header = http.Header{"X-Auth-Token": {"secret"}}
	err := discard(t.Context(), c, call)
	host := strings.TrimPrefix(elsewhere.URL, "http://")
	if e := asError(err); e == nil || e.RedirectHost != host || e.RedirectPath != "/path" || e.RedirectsHome || strings.Contains(err.Error(), "token") {
		t.Errorf("error %v", err)
	}
}

func TestTransportErrorNamesNoQuery(t *testing.T) {
	t.Parallel()
	cause := errors.New("connection reset")
	c := newClient(t, Options{
		BaseURL: "https://example.test/prefix/", Secrets: []string{"s3cr3t"},
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: cause}
		}),
	})
	call := get(Poll)
	call.Query = url.Values{"prefix": {"a secret place"}}
	err := discard(t.Context(), c, call)
	if want := "GET example.test/prefix/x: not connected: connection reset"; err.Error() != want || !errors.Is(err, cause) {
		t.Errorf("got %q", err)
	}
	c = newClient(t, Options{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, errors.New(`proxyconnect: bad address "http://me:pass@proxy:1/x?y=z"`)
	})})
	err = discard(t.Context(), c, get(Poll))
	if want := `GET example.test/x: not connected: proxyconnect: bad address "http://***@proxy:1/x?…"`; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

func TestQueryOnTheWire(t *testing.T) {
	t.Parallel()
	var got string
	c := newClient(t, Options{BaseURL: "https://example.test/base", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		got = r.URL.String()
		return answer(r, 200, ""), nil
	})})
	call := get(Lookup)
	call.Path = "/a%2Fb"
	call.Query = url.Values{"prefix": {"dev env/+~"}, "a": {"1"}}
	if err := discard(t.Context(), c, call); err != nil {
		t.Fatal(err)
	}
	if want := "https://example.test/base/a%2Fb?a=1&prefix=dev%20env%2F%2B~"; got != want {
		t.Errorf("sent %s", got)
	}
}

func TestOneLogLineForEachTry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines []map[string]any
		sent := 0
		c := newClient(t, Options{
			Settings: Settings{MaxRetries: 1, Log: func(_ context.Context, _ string, fields map[string]any) {
				lines = append(lines, fields)
			}},
			Secrets: []string{"s3cr3t"},
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if sent++; sent == 1 {
					return nil, errors.New("refused s3cr3t")
				}
				_, _ = io.Copy(io.Discard, r.Body)
				return answer(r, 200, "12345", "X-Request-Id", "r"), nil
			}),
		})
		call := post(Lookup, "body")
		call.Query = url.Values{"q": {"s3cr3t"}}
		if err := c.Parse(t.Context(), call, func(http.Header, []byte) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if len(lines) != 2 {
			t.Fatalf("%d lines", len(lines))
		}
		want := []map[string]any{
			{
				"method": "POST", "url": "example.test/x", "attempt": 1, "status": 0, "bytes_out": int64(0), "bytes_in": int64(0),
				"ms": int64(0), "error": "POST example.test/x: not connected: refused ***",
			},
			{
				"method": "POST", "url": "example.test/x", "attempt": 2, "status": 200, "bytes_out": int64(4), "bytes_in": int64(5),
				"ms": int64(0), "request_id": "r",
			},
		}
		for i, line := range lines {
			for name, value := range want[i] {
				if line[name] != value {
					t.Errorf("line %d: %s is %v, want %v", i+1, name, line[name], value)
				}
			}
			if len(line) != len(want[i]) {
				t.Errorf("line %d: %v", i+1, line)
			}
		}
	})
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := discard(t.Context(), newClient(t, Options{BaseURL: server.URL, Settings: Settings{CAFile: file}}), get(Lookup)); err != nil {
		t.Errorf("with the file: %v", err)
	}
	if err := discard(t.Context(), newClient(t, Options{BaseURL: server.URL, Settings: Settings{Insecure: true}}), get(Lookup)); err != nil {
		t.Errorf("insecure: %v", err)
	}
	// Retries would take seconds: a refused certificate is not tried again.
	err := discard(t.Context(), newClient(t, Options{BaseURL: server.URL, Settings: Settings{MaxRetries: 100}}), get(Lookup))
	var failure *TransportError
	if !errors.As(err, &failure) || eventOf(err) != untrusted {
		t.Errorf("without: %v", err)
	}
	for name, content := range map[string]string{"missing": "", "no certificate": "hello"} {
		file := filepath.Join(t.TempDir(), "ca.pem")
		if content != "" {
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := New(Options{BaseURL: server.URL, Settings: Settings{CAFile: file}}); err == nil || !strings.HasPrefix(err.Error(), "ca_file ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// romaLike are the members of a service that has errors in JSON.
var romaLike = Members{
	Code: []string{"error_code", "code"}, Message: []string{"error_msg", "message"}, Details: []string{"error_details", "details"},
	Suggestion: []string{"suggestion"}, RequestID: []string{"request_id"},
}

func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		`{"error_code":"ROMA.10012","error_msg":"An asset task is running","request_id":"1a2b"}`,
		`{"error_code":"APIG.0301","error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v2/p/||x-sdk-date:20240102T030405Z||x-sdk-date|e3b0"}`,
		`{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`,
		`<!DOCTYPE html><html><head><title>502</title></head></html>`, `[]`, `null`, `{"a":{"a":{"a":{}}}}`, "\xff\x00",
	} {
		f.Add([]byte(seed))
	}
	redactor := new(Redactor)
	redactor.Add("t0ps3cret/+=")
	f.Fuzz(func(t *testing.T, data []byte) {
		said := romaLike.Words(400, nil, data)
		text := excerpt(redactor, data)
		for _, s := range []string{text, truncate(redactor.Clean(said.Message), maxText), truncate(redactor.Clean(said.Code), maxText)} {
			if len(s) > maxText || !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n\r\x1b") || strings.Contains(s, "t0ps3cret/+=") {
				t.Fatalf("%q becomes %q", data, s)
			}
		}
	})
}
