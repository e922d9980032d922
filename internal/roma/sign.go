package roma

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The names of SDK-HMAC-SHA256, the signature of the gateway ("AK/SK Signing
// and Authentication Guide" and the official Go SDK, core/auth/signer).
const (
	signAlgorithm   = "SDK-HMAC-SHA256"
	signTimeLayout  = "20060102T150405Z"
	headerSignTime  = "X-Sdk-Date"
	headerPayload   = "X-Sdk-Content-Sha256"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// sign adds date and signature to a request. payload is the lower-case hex
// SHA-256 of the body, or unsignedPayload. A request must be signed anew each
// time it is sent: the gateway accepts a date for 15 minutes.
func sign(r *http.Request, accessKey, secretKey, payload string, at time.Time) {
	date := at.UTC().Format(signTimeLayout)
	r.Header.Set(headerSignTime, date)
	if payload == unsignedPayload {
		r.Header.Set(headerPayload, payload)
	}
	names := signedNames(r.Header)
	canonical := strings.Join([]string{
		r.Method,
		canonicalPath(r.URL),
		canonicalQuery(r.URL.Query()),
		canonicalHeader(r.Header, names),
		strings.Join(names, ";"),
		payload,
	}, "\n")
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(signAlgorithm + "\n" + date + "\n" + hexSHA256([]byte(canonical))))
	r.Header.Set("Authorization", signAlgorithm+
		" Access="+accessKey+
		", SignedHeaders="+strings.Join(names, ";")+
		", Signature="+hex.EncodeToString(mac.Sum(nil)))
}

// signedNames returns the sorted lower-case names of the headers to sign: the
// X- headers, and Host if it is among the request's own headers. Proxies
// change others, and the SDK does not sign Host either.
func signedNames(h http.Header) []string {
	var names []string
	for name := range h {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-") || name == "host" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// canonicalPath escapes each segment and ends with a slash, which the path on
// the wire does not have.
func canonicalPath(u *url.URL) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		if plain, err := url.PathUnescape(segment); err == nil {
			segment = plain
		}
		b.WriteString("/" + escape(segment))
	}
	if b.Len() > 1 {
		b.WriteByte('/')
	}
	return b.String()
}

func canonicalQuery(query url.Values) string {
	type pair struct{ name, value string }
	var pairs []pair
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, pair{name, value})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value))
	})
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = escape(p.name) + "=" + escape(p.value)
	}
	return strings.Join(parts, "&")
}

// canonicalHeader is one line for each name, each with its line end.
func canonicalHeader(h http.Header, names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name + ":" + strings.TrimSpace(h.Get(name)) + "\n")
	}
	return b.String()
}

// escape encodes every byte except letters, digits and "-_.~" (RFC 3986).
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
