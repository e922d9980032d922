package s3

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// network is one where each request has the same answer, byte by byte.
type network []byte

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	return http.ReadResponse(bufio.NewReader(bytes.NewReader(n)), r)
}

func answeredBy(t *testing.T, answer []byte) *Client {
	t.Helper()
	c, _ := newStore(t, nil, func(config *Config) {
		config.transport, config.MaxRetries = network(answer), 0
	})
	return c
}

// hidden checks the text of an error: one line without the secrets of these tests.
func hidden(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if len(text) > 16<<10 || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r\x1b") {
		t.Fatalf("%d bytes: %q", len(text), text)
	}
	for _, secret := range []string{secretKey, accessKey} {
		if strings.Contains(text, secret) {
			t.Fatalf("%q is in %q", secret, text)
		}
	}
}

// Whatever a store answers, an object is one whose size is known, what is read of it is
// what was asked for, and errors are fit to be shown.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-5/9\r\nContent-Length: 4\r\nETag: \"e\"\r\n\r\n2345",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-5/9 and more\r\nContent-Length: 4\r\nETag: *\r\n\r\n2345",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes +2-5/9\r\nETag: \"a\", \"b\"\r\n\r\n2345",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-5/9223372036854775807\r\nContent-Length: 4\r\n\r\n234",
		"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: W/\"e\"\r\nX-Amz-Version-Id: null\r\nX-Amz-Meta-Asset-Sha256: " + strings.Repeat("a", 64) + "\r\nLast-Modified: never\r\n\r\nwhole!",
		"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: e\r\nX-Obs-Version-Id: a b\x1b\r\nX-Obs-Meta-Asset-Sha256: " + strings.Repeat("A", 64) + "\r\n\r\nwho",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n1\r\nx\r\n0\r\n\r\n",
		"HTTP/1.1 301 Moved\r\nX-Amz-Bucket-Region: eu\x1b[1m-1\r\nLocation: https://\xe2\x80\xae/x\r\n\r\n<Error><Code>PermanentRedirect</Code><Endpoint>a\nb</Endpoint></Error>",
		"HTTP/1.1 403 No\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n<Error><Code>RequestTimeTooSkewed</Code><ServerTime>9999-12-31T23:59:59Z</ServerTime><Message>" + secretKey + "</Message></Error>",
		"HTTP/1.1 400 No\r\n\r\n\xef\xbb\xbf<Error xmlns='x'><Code>AuthorizationHeaderMalformed</Code><Region>" + secretKey + "</Region><Message>region</Message>" + strings.Repeat("x", 2000) + secretKey[:20],
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := answeredBy(t, answer)
		part := Range{Offset: 2, Length: 4}
		for _, asked := range []Range{{}, part} {
			s, o, err := c.Get(t.Context(), orders, asked, "")
			if err != nil {
				checkError(t, err)
				continue
			}
			checkObject(t, o)
			got, err := io.ReadAll(io.LimitReader(s, 1<<20))
			_ = s.Close()
			switch {
			case err != nil:
				hidden(t, err)
			case asked == part && int64(len(got)) != min(part.Length, o.Size-part.Offset):
				t.Fatalf("%d bytes of %d: %q", len(got), o.Size, answer)
			case asked != part && len(got) < 1<<20 && int64(len(got)) != o.Size:
				t.Fatalf("%d bytes of %d: %q", len(got), o.Size, answer)
			}
		}
		o, err := c.Head(t.Context(), orders)
		if err != nil {
			checkError(t, err)
			return
		}
		checkObject(t, o)
	})
}

func checkObject(t *testing.T, o Object) {
	t.Helper()
	if o.Size < 0 || o.VersionID == "null" || o.ETag != "" && !etag.MatchString(o.ETag) || strings.ContainsAny(o.ETag, "*") && o.ETag[0] != '"' {
		t.Fatalf("%+v", o)
	}
	for _, sum := range []string{o.SHA256, o.ContentDigest} {
		if sum != "" && !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(sum) {
			t.Fatalf("%+v", o)
		}
	}
}

func checkError(t *testing.T, err error) {
	t.Helper()
	hidden(t, err)
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	hidden(t, fmt.Errorf("%s %s %s %s", e.Code, e.Message, e.Region, e.Endpoint))
	if len(e.Region) > 300 || len(e.Endpoint) > 300 || e.Kind == Clock && e.ServerTime.IsZero() && e.Code == "" {
		t.Fatalf("%+v", e)
	}
	if _, err := time.Parse(time.RFC3339, e.ServerTime.Format(time.RFC3339)); err != nil {
		t.Fatalf("%v", e.ServerTime)
	}
}

// A header of a range is read as it is written, or not at all.
func FuzzContentRange(f *testing.F) {
	for _, seed := range []string{"bytes 0-4/5", "bytes 0-4/*", "bytes */5", "bytes 5-4/9", "bytes 0-5/5", " bytes 0-0/1", "bytes 0-0/1\n", "bytes 00-00/01", "Bytes 0-1/2", "bytes 0-0/99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, last, size, ok := contentRange(text)
		if !ok {
			return
		}
		again := fmt.Sprintf("bytes %d-%d/%d", first, last, size)
		if a, b, c, ok := contentRange(again); !ok || a != first || b != last || c != size || first < 0 || last < first || size <= last {
			t.Fatalf("%q is %q", text, again)
		}
	})
}

// A key is escaped so that nothing of it means something else in a path, and comes out as
// it was; the code of an error does not depend on a mark or a declaration before it.
func FuzzWords(f *testing.F) {
	f.Add("a b/ä%2e?#", "NoSuchKey")
	f.Add("\x00\xff+", "<")
	f.Fuzz(func(t *testing.T, key, code string) {
		path := escape(key)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://h/"+path, http.NoBody)
		if err != nil || r.URL.Path != "/"+key || r.URL.RawQuery != "" || r.URL.Fragment != "" || strings.TrimLeft(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%") != "" {
			t.Fatalf("%q: %q, %v", key, path, err)
		}
		if strings.ContainsAny(code, "<>&") {
			return
		}
		plain := "<Error><Code>" + code + "</Code></Error>"
		want := parseError([]byte(plain))
		for _, begin := range []string{"\n", `<?xml version="1.0" encoding="UTF-8"?>`, "<!-- -->"} {
			if got := parseError([]byte(begin + plain)); got != want {
				t.Fatalf("%q: %+v; with %q %+v", code, want, begin, got)
			}
		}
		if want.Code != strings.TrimSpace(want.Code) || want.Message != "" {
			t.Fatalf("%+v", want)
		}
	})
}
