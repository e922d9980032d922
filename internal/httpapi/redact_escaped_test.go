package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// escapable has what programs escape.
const escapable = `s3cr3t+key/of-mine==`

// each writes some characters of it in another way.
func each(which, format string) string {
	var b strings.Builder
	for _, c := range escapable {
		if strings.ContainsRune(which, c) {
			fmt.Fprintf(&b, format, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// TestRedactorUndoesEscapes: what other programs escape, each in its own way, and what was escaped more than
// once. None of it is made by what the redactor makes its forms with.
func TestRedactorUndoesEscapes(t *testing.T) {
	t.Parallel()
	const secret = escapable
	r := new(Redactor)
	r.Add(secret)
	inner, err := json.Marshal(map[string]string{"token": each("=", `\u%04x`)})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"JSON of Gson":                each("=<>&'", `\u%04x`),
		"JSON of .NET":                each("+<>&'", `\u%04X`),
		"JSON of PHP":                 strings.ReplaceAll(secret, "/", `\/`),
		"JSON in JSON":                string(inner),
		"JavaScript":                  each("+/=-", `\x%02x`),
		"HTML of Mustache":            each("/=`", `&#x%X;`),
		"HTML of OWASP":               each("+/=-", `&#%d;`),
		"all in numbers":              each(escapable, `&#x%x;`),
		"some percent":                each("+=", `%%%02x`),
		"percent twice":               url.QueryEscape(url.QueryEscape(secret)),
		"percent, of three programs":  url.QueryEscape(url.QueryEscape(url.QueryEscape(secret))),
		"percent in HTML":             strings.ReplaceAll(url.QueryEscape(secret), "%", "&#37;"),
		"JSON of Gson, with a % more": "100% " + each("=", `\u%04x`),
	} {
		if got := r.Clean("before " + text + " after"); strings.Contains(unescaped(unescaped(got)), secret[:6]) || !strings.Contains(got, redacted) ||
			!strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
			t.Errorf("%s: %q shows %q", name, text, got)
		}
	}
	for _, text := range []string{`100% of a\b & c &amp; d`, `%41%42`, `\u0041`, `&#x41;`} {
		if got := r.Clean(text); got != text {
			t.Errorf("%q became %q, and holds no secret", text, got)
		}
	}
}

// TestQueriesAreNotShown: whatever a query begins with; and the password of an address may have an @.
func TestQueriesAreNotShown(t *testing.T) {
	t.Parallel()
	r := new(Redactor)
	for text, want := range map[string]string{
		"see https://h/k?uploads&Signature=abcd now": "see https://h/k?… now",
		"see /k?acl&Signature=abcd":                  "see /k?…",
		"see /k?a:b=c&d=e":                           "see /k?…",
		"see /k?a%20b+c=d":                           "see /k?…",
		"see /k?=abcd":                               "see /k?…",
		"http://user:p@ss@proxy:1/":                  "http://***@proxy:1/",
		"Really? Yes, a=b & c.":                      "Really? Yes, a=b & c.",
	} {
		if got := r.Clean(text); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestRedirectHostIsQuotedWithoutSecrets: a server chooses where it redirects to.
func TestRedirectHostIsQuotedWithoutSecrets(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{BaseURL: "https://example.test", Secrets: []string{"s3cr3t-token"}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return answer(r, 302, "", "Location", "https://s3cr3t-token.example.com/s3cr3t-token"), nil
	})})
	err := discard(t.Context(), c, get(Poll))
	if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), "redirect to ***.example.com") {
		t.Errorf("got %v", err)
	}
}
