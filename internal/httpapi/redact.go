package httpapi

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	redacted = "***"
	// minSecret is the length below which a secret is not looked for: it
	// would blank letters of ordinary words and so be no secret any more.
	minSecret = 4
	// minInner is the length from which a secret is also looked for inside of
	// longer base64 texts, such as that of user name and password together.
	minInner = 8
	// remembered is how long a secret is looked for after its last use. Nothing that is issued lives
	// longer than a day (MaxDuration of package roma), and neither an answer nor an error that could
	// quote what was sent takes that long.
	remembered = 24 * time.Hour
)

// Redactor removes known secrets from texts. The zero value knows none. It is
// safe for concurrent use.
type Redactor struct {
	mu sync.RWMutex
	// secrets has the last use of each secret, zero for those that are known for good.
	secrets  map[string]time.Time
	replacer *strings.Replacer
	// forms are what the replacer looks for.
	forms []string
}

// Add makes secrets known for good: those that somebody gave. Those shorter than four bytes are ignored.
func (r *Redactor) Add(secrets ...string) { r.learn(time.Time{}, secrets) }

// Use makes secrets known that end and are followed by others, until a day after their last use. It is to be
// called when they come, and again whenever they are used. A process that serves for long has many of them.
func (r *Redactor) Use(secrets ...string) { r.learn(time.Now(), secrets) }

func (r *Redactor) learn(used time.Time, secrets []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	isNew := false
	for _, secret := range secrets {
		last, known := r.secrets[secret]
		if len(secret) < minSecret || known && last.IsZero() {
			continue
		}
		if r.secrets == nil {
			r.secrets = make(map[string]time.Time)
		}
		r.secrets[secret] = used
		isNew = isNew || !known
	}
	if !isNew {
		return
	}
	maps.DeleteFunc(r.secrets, func(_ string, last time.Time) bool {
		return !last.IsZero() && !used.IsZero() && used.Sub(last) > remembered
	})
	r.forms = formsOf(r.secrets)
	r.replacer = newReplacer(r.forms)
}

// Clean returns text as one line of printable characters without the known
// secrets, credentials and queries in URLs, and a gateway's echo of a request.
// What was cut may end in the middle of a secret: that part of it goes, too.
func (r *Redactor) Clean(text string) string {
	r.mu.RLock()
	replacer, forms := r.replacer, r.forms
	r.mu.RUnlock()
	hide := func(text string) string {
		text = cutCanonicalRequest(text)
		if replacer != nil {
			text = withoutBeginning(replacer.Replace(text), forms)
		}
		text = urlUser.ReplaceAllString(text, "$1"+redacted+"@")
		return urlQuery.ReplaceAllString(text, "?…")
	}
	// Characters that are not printed may have broken up what is looked for.
	clean := hide(printable(hide(text)))
	if replacer == nil {
		return clean
	}
	plain := clean
	for range mostEscaped {
		next := unescaped(plain)
		if next == plain {
			break
		}
		if plain = next; replacer.Replace(plain) != plain {
			clean = hide(printable(hide(plain)))
			plain = clean
		}
	}
	return clean
}

// mostEscaped is how many escapes around a secret are undone to find it: a server may quote what another one
// quoted, and each escapes what it likes.
const mostEscaped = 8

var (
	escapedByte = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	escapedUnit = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}`)
	// escapedSign is what may stand behind a backslash for itself.
	escapedSign = regexp.MustCompile(`\\(["'/\\])`)
)

// unescaped undoes one level of the escapes of URLs, JSON, HTML and XML, and leaves what is none.
func unescaped(text string) string {
	if !strings.ContainsAny(text, `%&\`) {
		return text
	}
	text = escapedSign.ReplaceAllString(text, "$1")
	text = escapedByte.ReplaceAllStringFunc(text, func(pair string) string {
		b, _ := hex.DecodeString(pair[1:])
		return string(b)
	})
	text = escapedUnit.ReplaceAllStringFunc(text, func(units string) string {
		var all []uint16
		for _, digits := range strings.FieldsFunc(units, func(c rune) bool { return c == '\\' || c == 'u' || c == 'x' }) {
			n, _ := strconv.ParseUint(digits, 16, 16)
			all = append(all, uint16(n))
		}
		return string(utf16.Decode(all))
	})
	return html.UnescapeString(text)
}

// Holds says whether text has a known secret in it, in any form. Those shorter than eight bytes do not
// count: ids have such letters by chance.
func (r *Redactor) Holds(text string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.forms, func(form string) bool { return len(form) >= minInner && strings.Contains(text, form) })
}

// withoutBeginning returns text without the beginning of a secret at its end. Behind
// it may be what says that the text was cut, or quoted.
func withoutBeginning(text string, forms []string) string {
	whole := strings.TrimRight(text, "\"'….")
	begin := len(whole)
	for _, form := range forms {
		// Fewer characters are those of a word.
		least := max(minSecret, min(minInner, len(form)*3/4))
		if len(form) <= least {
			continue
		}
		for from := max(len(whole)-len(form)+1, 0); from+least <= len(whole); from++ {
			next := strings.Index(whole[from:], form[:least])
			if next < 0 {
				break
			}
			if from += next; strings.HasPrefix(form, whole[from:]) {
				begin = min(begin, from)
				break
			}
		}
	}
	if begin == len(whole) {
		return text
	}
	return whole[:begin] + redacted + text[len(whole):]
}

// Ending tells one half of a credential from others by its last four
// characters, which are not shown of a short one. Who swaps the halves gives the
// secret one as the name.
func Ending(half string) string {
	const shown, shortest = 4, 12
	letters := []rune(half)
	if len(letters) < shortest {
		return redacted
	}
	return "…" + string(letters[len(letters)-shown:])
}

// Hide returns text without the known secrets and else as it is, for names
// that have to stay what they are.
func (r *Redactor) Hide(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}

var (
	urlUser  = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/"'?#]+@`)
	urlQuery = regexp.MustCompile(`\?[\w.%~\[\]+:;,@!$*()/-]*[=&][^\s"'<>|]*`)
	// canonicalEcho is how the gateway quotes a request whose signature it
	// refused: canonicalRequest:METHOD|/path/|query|header|header||…
	canonicalEcho = regexp.MustCompile(`(?is)(canonical_?request)(\s*[:=]\s*[a-z]+\|[^|?"\s]*)?.*`)
)

func cutCanonicalRequest(text string) string {
	return canonicalEcho.ReplaceAllString(text, "$1$2|…")
}

// formsOf are the forms of secrets, in the order in which the replacer tries them at
// one place of a text.
func formsOf(secrets map[string]time.Time) []string {
	forms := make(map[string]bool)
	for secret := range secrets {
		for _, form := range encodings(secret) {
			if len(form) >= minSecret {
				forms[form] = true
			}
		}
	}
	return slices.SortedFunc(func(yield func(string) bool) {
		for form := range forms {
			if !yield(form) {
				return
			}
		}
	}, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
}

func newReplacer(forms []string) *strings.Replacer {
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return strings.NewReplacer(pairs...)
}

// encodings lists the ways in which a secret may stand in a text.
func encodings(secret string) []string {
	escaped := html.EscapeString(secret)
	forms := []string{secret, escaped, namedQuotes.Replace(escaped)}
	for _, form := range []string{url.QueryEscape(secret), url.PathEscape(secret), percent(secret)} {
		forms = append(forms, form, lowerHex(form))
	}
	if quoted, err := json.Marshal(secret); err == nil {
		forms = append(forms, asJSON(string(quoted))...)
	}
	// Other programs leave <, > and & as they are.
	forms = append(forms, asJSON(fmt.Sprintf("%q", secret))...)
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		forms = append(forms, e.EncodeToString([]byte(secret)), e.WithPadding(base64.NoPadding).EncodeToString([]byte(secret)))
		if len(secret) >= minInner {
			forms = append(forms, innerBase64(e, secret)...)
		}
	}
	return forms
}

// namedQuotes are the names that XML has for what package html numbers.
var namedQuotes = strings.NewReplacer("&#34;", "&quot;", "&#39;", "&apos;")

// asJSON returns the inside of a quoted text in the ways that JSON may write it.
func asJSON(quoted string) []string {
	plain := quoted[1 : len(quoted)-1]
	return []string{plain, ascii(plain), strings.ReplaceAll(plain, "/", `\/`)}
}

// ascii escapes what is no ASCII as JSON may.
func ascii(quoted string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(quoted)) {
		if c < utf8.RuneSelf {
			b.WriteByte(byte(c))
		} else {
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}

// percent escapes every byte that is not a letter or digit.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

var hexPair = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerHex(s string) string { return hexPair.ReplaceAllStringFunc(s, strings.ToLower) }

// innerBase64 returns the characters that stand for the secret alone wherever
// it lies in a longer text: one for each position within a group of three.
func innerBase64(e *base64.Encoding, secret string) []string {
	var forms []string
	for before := range 3 {
		text := e.WithPadding(base64.NoPadding).EncodeToString(append(make([]byte, before), secret...))
		start := (before*8 + 5) / 6
		end := (before + len(secret)) * 8 / 6
		forms = append(forms, text[start:end])
	}
	return forms
}
