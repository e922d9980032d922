package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
)

func TestRedactorKnowsTheForms(t *testing.T) {
	t.Parallel()
	const secret = `p@ss w/rd+"<ö>&=%'`
	r := new(Redactor)
	r.Add("short", secret)
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"plain":             secret,
		"query":             url.QueryEscape(secret),
		"path":              url.PathEscape(secret),
		"lower-case hex":    lowerHex(url.QueryEscape(secret)),
		"JSON":              strings.Trim(string(quoted), `"`),
		"JSON in ASCII":     `p@ss w/rd+\"\u003c\u00f6\u003e\u0026=%'`,
		"JSON of Python":    `p@ss w/rd+\"<\u00f6>&=%'`,
		"JSON, slash":       `p@ss w\/rd+\"\u003cö\u003e\u0026=%'`,
		"XML":               `p@ss w/rd+&quot;&lt;ö&gt;&amp;=%&apos;`,
		"HTML":              html.EscapeString(secret),
		"base64":            base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 raw":        base64.RawStdEncoding.EncodeToString([]byte(secret)),
		"base64 URL":        base64.URLEncoding.EncodeToString([]byte(secret)),
		"base64 URL raw":    base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"broken by control": secret[:5] + "\x00" + secret[5:],
	} {
		got := r.Clean("before " + form + " after")
		if got != "before *** after" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, user := range []string{"", "a", "ab", "abc", "abcd"} {
		basic := base64.StdEncoding.EncodeToString([]byte(user + ":" + secret + "#"))
		if got := r.Clean(basic); !strings.Contains(got, redacted) || len(got) > len(redacted)+14 {
			t.Errorf("Basic of %q: %q", user, got)
		}
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	r := new(Redactor)
	r.Add("", "abc", "tok-1", "tok-12")
	for text, want := range map[string]string{
		"abc is too short to be a secret": "abc is too short to be a secret",
		"tok-1 tok-12 tok-123":            "*** *** ***3",
		"https://u:p@h/x":                 "https://***@h/x",
		"see /v2/x?prefix=a%20b&c=d now":  "see /v2/x?… now",
		"Really? Yes.":                    "Really? Yes.",
		"verify aksk signature fail, canonicalRequest:GET|/v2/p/|a=b|x-auth:1||x-auth|e3":       "verify aksk signature fail, canonicalRequest:GET|/v2/p/|…",
		"canonicalRequest:POST|/v2/p/import?prefix=a|x":                                         "canonicalRequest:POST|/v2/p/import|…",
		"canonicalRequest: x-sdk-date:1":                                                        "canonicalRequest|…",
		`{"error_msg":"fail, canonicalRequest:GET|/v2/|q=1|x-security-token:T","request_id":1}`: `{"error_msg":"fail, canonicalRequest:GET|/v2/|…`,
	} {
		if got := r.Clean(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	if got := r.Clean("learnt-later"); got != "learnt-later" {
		t.Errorf("got %q", got)
	}
	r.Add("learnt-later")
	if got := r.Clean("learnt-later"); got != redacted {
		t.Errorf("got %q", got)
	}
	if got := new(Redactor).Clean("a\nb"); got != "a b" {
		t.Errorf("got %q", got)
	}
}
