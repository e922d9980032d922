package httpapi

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// hush is a secret with all that is escaped somewhere.
const hush = `t0ps3cret/+= "<ö>&end`

// shown checks what people may see: one line of text without the secret, however it is
// written, and not longer than most bytes.
func shown(t *testing.T, text string, most int) {
	t.Helper()
	bad := strings.IndexFunc(text, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) })
	if len(text) > most || !utf8.ValidString(text) || bad >= 0 {
		t.Fatalf("%d bytes: %q", len(text), text)
	}
	for _, form := range []string{hush, url.QueryEscape(hush), base64.StdEncoding.EncodeToString([]byte(hush))} {
		if strings.Contains(text, form) {
			t.Fatalf("%q is in %q", form, text)
		}
	}
}

// A secret is not shown in any of its forms, whatever stands around it, also where the
// text was cut in the middle of it.
func FuzzRedactor(f *testing.F) {
	f.Add("before ", " after", uint16(0), uint8(0))
	f.Add(`{"token":"`, `"}`, uint16(9), uint8(1))
	f.Add("<title>", "</title>", uint16(12), uint8(5))
	f.Add("https://u:", "@host/?q=", uint16(4), uint8(2))
	f.Add("A\x00://A", "@A11\x95?A=", uint16(4), uint8(16))
	r := new(Redactor)
	r.Add(hush)
	f.Fuzz(func(t *testing.T, before, after string, cut uint16, form uint8) {
		// What is in the text by itself is no finding.
		for _, around := range []string{before, after} {
			if strings.ContainsAny(around, `t0p3c"`) {
				return
			}
		}
		forms := encodings(hush)
		secret := forms[int(form)%len(forms)]
		text := before + secret + after
		shown(t, r.Clean(text), 4*len(text)+16)
		if again := r.Clean(r.Clean(text)); again != r.Clean(text) {
			t.Fatalf("%q, then %q", r.Clean(text), again)
		}
		length := int(cut) % len(secret)
		for _, end := range []string{"", `"`, "…", "…\""} {
			got := r.Clean(before + secret[:length] + end)
			shown(t, got, 4*len(text)+16)
			if length >= minInner && strings.Contains(got, secret[:minInner]) {
				t.Fatalf("%q shows %q", before+secret[:length]+end, got)
			}
		}
	})
}

// Whatever comes as an answer, its error is fit to be shown, tells no secret, and its
// waiting time is one that can be waited; what can be read as text is read, within limits.
func FuzzAnswer(f *testing.F) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(`{"error_code":"APIG.0301","error_msg":"` + hush + `"}`))
	_ = w.Close()
	for _, seed := range []string{
		"HTTP/1.1 400 Bad Request\r\nX-Request-Id: r\x1b[1m\r\nContent-Type: text/html; charset=\xff\r\n\r\n<html><title>a&#27;&#x202e;b " + hush + "</title>",
		"HTTP/1.1 429 Too Many\r\nRetry-After: 99999999999999999999\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n\xef\xbb\xbf" + `{"error":{"code":1e400,"message":"\ud800"}}`,
		"HTTP/1.1 503 No\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 3\r\n\r\nabcdef",
		"HTTP/1.1 302 Found\r\nLocation: https://u:" + url.QueryEscape(hush) + "@\xe2\x80\xae/x;jsessionid=1?y\r\n\r\n",
		"HTTP/1.1 401 No\r\nContent-Encoding: identity, gzip\r\nWWW-Authenticate: Basic realm=\"x\r\n\r\n" + packed.String(),
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x1f\x8b\x08\x00\x00\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x00\x01" + hush,
		"HTTP/1.1 " + strings.Repeat("\xd7", 5<<10) + " Long\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		network := roundTrip(func(r *http.Request) (*http.Response, error) {
			return http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), r)
		})
		var logged strings.Builder
		c := newClient(t, Options{Transport: network, Secrets: []string{hush}, Settings: Settings{Log: func(_ context.Context, message string, fields map[string]any) {
			fmt.Fprint(&logged, message, fields["status"], fields["request_id"], fields["error"])
		}}})
		refusal := errors.New("refused: " + hush)
		read := -1
		err := c.Parse(t.Context(), get(Poll), func(_ http.Header, body []byte) error {
			read = len(body)
			return refusal
		})
		if err == nil || read > maxBody {
			t.Fatalf("%v, %d bytes", err, read)
		}
		shown(t, err.Error(), 16<<10)
		shown(t, logged.String(), 32<<10)
		if e, ok := errors.AsType[*Error](err); ok {
			for _, text := range []string{e.Code, e.RequestID, e.BodyRequestID, e.ContentType, e.RedirectHost, e.RedirectPath} {
				shown(t, text, maxWord)
			}
			for _, text := range []string{e.Message, e.Details, e.Suggestion, e.Text} {
				shown(t, text, maxText)
			}
			if e.RetryAfter < 0 || e.RetryAfter > 366*24*time.Hour || e.RedirectHost != "" && e.Status >= 400 || len(e.Own().Body) > maxErrorBody {
				t.Fatalf("%+v", e)
			}
		}
		if e, ok := errors.AsType[*AnswerError](err); ok {
			shown(t, e.Text, maxText)
			shown(t, e.Reason(), maxText)
		}
	})
}

// An address that is accepted is one that no credential leaves in clear by, and means the
// same when it is read again; what is refused is not quoted but for its host.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"https://roma.cn-north-4.myhuaweicloud.com/", "http://localhost:80/a", "http://[::1]/", "http://127.1/", "https://u:p@h", "https://h?x", "https://h#",
		"ftp://h", "https://", "https://h/a/../b", "https://h//a", "http://\u202eh/", "http://a%ffb/", "HTTPS://H:443", "https://h:", "http://%25/", "https://h/%2e%2e",
	} {
		f.Add(seed, "a", "..")
	}
	f.Fuzz(func(t *testing.T, text, one, two string) {
		u, err := ParseAddress("endpoint", text)
		if err != nil {
			if _, ok := errors.AsType[*ConfigError](err); !ok || u != nil {
				t.Fatalf("%q: %v, %v", text, u, err)
			}
			shown(t, err.Error(), 1<<10)
		} else {
			again, err := ParseAddress("endpoint", u.String())
			if err != nil || again.String() != u.String() {
				t.Fatalf("%q: %s, then %v, %v", text, u, again, err)
			}
			if u.User != nil || u.Scheme != "https" && !loopback(u.Hostname()) || u.RawQuery != "" || strings.Contains(u.Path, "/../") {
				t.Fatalf("%q: %+v", text, u)
			}
		}
		path, err := JoinPath(one, two)
		if err != nil {
			return
		}
		parts := strings.Split(path, "/")
		if len(parts) != 3 || parts[0] != "" {
			t.Fatalf("%q and %q: %q", one, two, path)
		}
		for i, want := range []string{one, two} {
			if got, err := url.PathUnescape(parts[i+1]); got != want || err != nil {
				t.Fatalf("%q is %q, %v", want, got, err)
			}
		}
		if to, err := url.Parse("https://h" + path); err != nil || to.EscapedPath() != path || to.RawQuery != "" || to.Fragment != "" {
			t.Fatalf("%q and %q: %q, %v", one, two, path, err)
		}
	})
}

// Certificates in a file count, whatever stands around them, and what is said of the
// others is fit to be shown.
func FuzzCertificates(f *testing.F) {
	good := []byte(testCertificate(f))
	for _, seed := range [][]byte{
		nil, good, append([]byte("\uFEFF# comment\r\n"), good...), bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), good[:len(good)/2], []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
		[]byte("-----BEGIN PRIVATE KEY-----\n" + hush + "\n-----END PRIVATE KEY-----\n"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, bad := certificatesIn(data)
		for _, problem := range bad {
			shown(t, problem, 1<<10)
		}
		more, badToo := certificatesIn(slices.Concat(data, []byte("\n"), good))
		if len(more) != len(found)+1 || len(badToo) != len(bad) {
			t.Fatalf("%d good and %d bad, with another one %d and %d", len(found), len(bad), len(more), len(badToo))
		}
	})
}

// An address of a proxy is used or refused, never passed over, and its password is told
// nobody.
func FuzzProxyVariable(f *testing.F) {
	for _, seed := range []string{
		"http://proxy:3128", "proxy", "http://user:t0p%53ecret@proxy", "user:t0ps3cret@proxy:1", "http://u:p@ss@w/rd@proxy", "http://%zz@proxy", "socks5://[::1]", " http://proxy", "http://", "://", "\x00",
		"http://u:t0ps3cret@proxy://u:other@",
	} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "roma.example.com"}
	f.Fuzz(func(t *testing.T, address string) {
		getenv := func(name string) string {
			if name == "HTTPS_PROXY" {
				return address
			}
			return ""
		}
		r := new(Redactor)
		r.Add(proxySecrets(getenv)...)
		if err := usableProxies(base, getenv); err != nil {
			shown(t, err.Error(), 1<<10)
		}
		u, err := url.Parse(address)
		if err != nil || u.User == nil {
			return
		}
		password, _ := u.User.Password()
		if len(password) >= minInner && strings.Contains(r.Clean("dial "+password+" failed"), password) {
			t.Fatalf("%q shows %q", address, password)
		}
	})
}

// What passes for the name of a file is one that a system may have, and no secret.
func FuzzPathname(f *testing.F) {
	for _, seed := range []string{"ca.pem", "~/x", "-----BEGIN X", "{", "\uFEFF [", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x", "MII" + strings.Repeat("A", 200), "a\nb", strings.Repeat("a/", 3000), strings.Repeat("a", 256)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := CheckPath(text)
		if err != nil && (!errors.Is(err, ErrContent) || err.Error() != ErrContent.Error()) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil {
			for _, secret := range []string{"-----BEGIN PRIVATE KEY-----\n" + text, "{" + text, text + "\n", text + "/" + strings.Repeat("A", 256)} {
				if CheckPath(secret) == nil {
					t.Fatalf("%q passes", secret)
				}
			}
		}
		if home := AtHome(text); !strings.HasPrefix(text, "~/") && home != text {
			t.Fatalf("%q is at %q", text, home)
		}
	})
}

func testCertificate(tb testing.TB) string {
	tb.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}
