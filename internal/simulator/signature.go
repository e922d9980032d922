package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	// signingAlgorithm is the scheme of the Authorization header (AK/SK
	// signing guide). The derived V11-HMAC-SHA256 is not for ROMA Connect.
	signingAlgorithm = "SDK-HMAC-SHA256"
	// unsignedPayload in place of a body's hash leaves the body out of the
	// signature (Excluding the body, AK/SK signing guide).
	unsignedPayload = "UNSIGNED-PAYLOAD"
	signingDate     = "20060102T150405Z"
	headerDate      = "X-Sdk-Date"
	headerHash      = "X-Sdk-Content-Sha256"
	headerSecurity  = "X-Security-Token"
)

// authorization is a parsed Authorization header.
type authorization struct {
	access    string
	signed    []string
	signature string
}

// parseAuthorization reads
// "SDK-HMAC-SHA256 Access=…, SignedHeaders=a;b, Signature=…".
func parseAuthorization(header string) (authorization, bool) {
	parts, ok := authorizationParts(header, signingAlgorithm, "Access")
	a := authorization{access: parts["Access"], signed: signedHeaders(parts), signature: parts["Signature"]}
	return a, ok && a.access != "" && len(a.signed) > 0 && a.signature != ""
}

// authorizationParts reads "ALGORITHM NAME=value, SignedHeaders=a;b, Signature=…", the form that
// both kinds of signatures have; who is what names the key.
func authorizationParts(header, algorithm, who string) (map[string]string, bool) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return nil, false
	}
	parts := make(map[string]string)
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name != who && name != "SignedHeaders" && name != "Signature" {
			return nil, false
		}
		parts[name] = value
	}
	return parts, true
}

// signedHeaders are the names of the headers that are signed; none if they are not told.
func signedHeaders(parts map[string]string) []string {
	names, ok := parts["SignedHeaders"]
	if !ok {
		return nil
	}
	return strings.Split(names, ";")
}

// signs tells whether a header is part of the signature.
func (a authorization) signs(header string) bool {
	return slices.Contains(a.signed, strings.ToLower(header))
}

// canonicalRequest is what both sides sign: method, path, query, signed
// headers, their names, and the hash of the body (AK/SK signing guide).
func canonicalRequest(r *http.Request, signed []string, payloadHash string) (string, error) {
	path, err := canonicalPath(r.URL.EscapedPath())
	if err != nil {
		return "", err
	}
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	var headers strings.Builder
	for _, name := range signed {
		fmt.Fprintf(&headers, "%s:%s\n", name, headerValue(r, name))
	}
	return strings.Join([]string{
		r.Method, path, query, headers.String(), strings.Join(signed, ";"), payloadHash,
	}, "\n"), nil
}

// canonicalPath encodes each segment anew and ends with a slash, which the
// path on the wire does not have.
func canonicalPath(escaped string) (string, error) {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return "", fmt.Errorf("path: %w", err)
		}
		segments[i] = encode(plain)
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path, nil
}

// canonicalQuery sorts by key, and the values of a repeated key among
// themselves.
func canonicalQuery(raw string) (string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var pairs []string
	for _, key := range keys {
		sorted := slices.Sorted(slices.Values(values[key]))
		for _, value := range sorted {
			pairs = append(pairs, encode(key)+"="+encode(value))
		}
	}
	return strings.Join(pairs, "&"), nil
}

// headerValue is the value that a client signed. Host is no header of the
// request once it arrived.
func headerValue(r *http.Request, name string) string {
	if name == "host" {
		return r.Host
	}
	values := r.Header.Values(name)
	trimmed := make([]string, len(values))
	for i, value := range values {
		trimmed[i] = strings.TrimSpace(value)
	}
	return strings.Join(trimmed, ",")
}

// encode escapes all but the unreserved characters of RFC 3986.
func encode(s string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~."
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(unreserved, s[i]) >= 0 {
			b.WriteByte(s[i])
			continue
		}
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// signature signs a canonical request. The secret key is used as it is: there
// is no derived key.
func signature(secret, date, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(secret))
	// Writing to a hash cannot fail.
	_, _ = fmt.Fprintf(mac, "%s\n%s\n%s", signingAlgorithm, date, hex.EncodeToString(sum[:]))
	return hex.EncodeToString(mac.Sum(nil))
}
