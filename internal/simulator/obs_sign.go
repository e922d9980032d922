package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signature Version 4 of AWS, in the form of S3 ("Authenticating Requests:
// Using the Authorization Header", S3 API reference), which OBS takes too.
const (
	v4Algorithm = "AWS4-HMAC-SHA256"
	v4Service   = "s3"
	v4End       = "aws4_request"
	v4Day       = "20060102"
	// v4Streaming is a body in signed chunks.
	v4Streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"

	headerAmzDate  = "X-Amz-Date"
	headerAmzHash  = "X-Amz-Content-Sha256"
	headerAmzToken = "X-Amz-Security-Token"
)

// Kinds of signatures, as named in the log.
const (
	signatureV4    = "v4"
	signatureOther = "other"
	signatureNone  = "none"
)

// v4Authorization is a parsed Authorization header.
type v4Authorization struct {
	access, day, region, service string
	signed                       []string
	signature                    string
}

// parseV4 reads "AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/s3/aws4_request,
// SignedHeaders=a;b, Signature=…".
func parseV4(header string) (v4Authorization, bool) {
	parts, ok := authorizationParts(header, v4Algorithm, "Credential")
	scope := strings.Split(parts["Credential"], "/")
	if !ok || len(scope) != 5 || scope[4] != v4End {
		return v4Authorization{}, false
	}
	a := v4Authorization{
		access: scope[0], day: scope[1], region: scope[2], service: scope[3],
		signed: signedHeaders(parts), signature: parts["Signature"],
	}
	return a, a.access != "" && len(a.signed) > 0 && a.signature != ""
}

// signatureKind tells how a request is signed, right or wrong.
func signatureKind(r *http.Request) string {
	header := r.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(header, v4Algorithm+" "):
		return signatureV4
	case header != "" || r.URL.Query().Has("X-Amz-Signature"):
		return signatureOther
	default:
		return signatureNone
	}
}

// verify checks the signature of a request, in the order of the least work:
// form, scope, clock, key, signed headers, signature.
func (st *store) verify(c *call) (*keyPair, *refusal) {
	switch signatureKind(c.r) {
	case signatureNone:
		return nil, accessDenied("Access Denied: the request is not signed")
	case signatureOther:
		return nil, &refusal{
			status: http.StatusBadRequest, code: "InvalidRequest",
			message: "The authorization mechanism you have provided is not supported. Please use " + v4Algorithm + ".",
		}
	}
	auth, ok := parseV4(c.r.Header.Get("Authorization"))
	if !ok {
		return nil, malformedAuthorization("The authorization header is malformed.", "")
	}
	st.sim.locked(func() { c.entry.Object.Region = auth.region })
	date, no := st.checkScope(c.r, auth)
	if no != nil {
		return nil, no
	}
	key, no := st.checkKey(c.r, auth)
	if no != nil {
		return nil, no
	}
	if no := checkSigned(c.r, auth); no != nil {
		return nil, no
	}
	canonical, err := v4Canonical(c.r, c.at.path, auth.signed)
	if err != nil {
		return nil, invalidArgument(err.Error())
	}
	if !hmac.Equal([]byte(v4Signature(key.secret, auth, date, canonical)), []byte(auth.signature)) {
		return nil, &refusal{
			status: http.StatusForbidden, code: "SignatureDoesNotMatch",
			message: "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		}
	}
	return key, nil
}

// checkScope checks what the key was derived for, and the clock.
func (st *store) checkScope(r *http.Request, auth v4Authorization) (time.Time, *refusal) {
	date, err := time.Parse(signingDate, r.Header.Get(headerAmzDate))
	if err != nil {
		return date, accessDenied("AWS authentication requires a valid Date or x-amz-date header")
	}
	switch {
	case auth.region != st.region:
		return date, malformedAuthorization(fmt.Sprintf(
			"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", auth.region, st.region), st.region)
	case auth.service != v4Service:
		return date, malformedAuthorization(fmt.Sprintf(
			"The authorization header is malformed; incorrect service %q. This endpoint belongs to %q.", auth.service, v4Service), "")
	case auth.day != date.Format(v4Day):
		return date, malformedAuthorization("The authorization header is malformed; Invalid credential date.", "")
	}
	var now time.Time
	st.sim.locked(func() { now = st.sim.clock() })
	if now.Sub(date).Abs() > clockTolerance {
		return date, &refusal{
			status: http.StatusForbidden, code: "RequestTimeTooSkewed",
			message: "The difference between the request time and the server's time is too large.",
		}
	}
	return date, nil
}

// checkKey finds the key pair. A security token belongs to its temporary pair,
// and only to it.
func (st *store) checkKey(r *http.Request, auth v4Authorization) (*keyPair, *refusal) {
	st.sim.mu.Lock()
	defer st.sim.mu.Unlock()
	key, token := st.findKeyPair(auth.access), r.Header.Get(headerAmzToken)
	switch {
	case key == nil, token == "" && key.securityToken != "":
		return nil, &refusal{
			status: http.StatusForbidden, code: "InvalidAccessKeyId",
			message: "The access key ID you provided does not exist in our records.",
		}
	case token != key.securityToken:
		return nil, &refusal{
			status: http.StatusBadRequest, code: "InvalidToken",
			message: "The provided token is malformed or otherwise invalid.",
		}
	case !key.expires.IsZero() && !st.sim.clock().Before(key.expires):
		return nil, expiredToken()
	}
	return key, nil
}

// checkSigned wants host and all x-amz-* headers among the signed ones.
func checkSigned(r *http.Request, auth v4Authorization) *refusal {
	if !slices.Contains(auth.signed, "host") {
		return malformedAuthorization("The authorization header is malformed; host must be a signed header.", "")
	}
	if !slices.IsSorted(auth.signed) {
		return malformedAuthorization("The authorization header is malformed; signed headers are not sorted.", "")
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(auth.signed, name) {
			return accessDenied("There were headers present in the request which were not signed: " + name)
		}
	}
	return nil
}

// v4Canonical is the request that both sides sign. S3 escapes the path once:
// what is on the wire, if the client escaped what has to be.
func v4Canonical(r *http.Request, path string, signed []string) (string, error) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			return "", fmt.Errorf("path: %w", err)
		}
		segments[i] = encode(plain)
	}
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	var headers strings.Builder
	for _, name := range signed {
		fmt.Fprintf(&headers, "%s:%s\n", name, v4HeaderValue(r, name))
	}
	return strings.Join([]string{
		r.Method, orDefault(strings.Join(segments, "/"), "/"), query, headers.String(), strings.Join(signed, ";"),
		r.Header.Get(headerAmzHash),
	}, "\n"), nil
}

// v4HeaderValue is the value that a client signed. Host and length are no
// headers of a request that arrived.
func v4HeaderValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	values := slices.Clone(r.Header.Values(name))
	for i, value := range values {
		values[i] = strings.Join(strings.Fields(value), " ")
	}
	return strings.Join(values, ",")
}

// v4Signature signs a canonical request with a key that is derived for the day,
// the region and the service.
func v4Signature(secret string, auth v4Authorization, date time.Time, canonical string) string {
	key := []byte("AWS4" + secret)
	for _, part := range []string{auth.day, auth.region, auth.service, v4End} {
		key = hmacSHA256(key, part)
	}
	sum := sha256.Sum256([]byte(canonical))
	scope := strings.Join([]string{auth.day, auth.region, auth.service, v4End}, "/")
	return hex.EncodeToString(hmacSHA256(key, strings.Join([]string{
		v4Algorithm, date.Format(signingDate), scope, hex.EncodeToString(sum[:]),
	}, "\n")))
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	// Writing to a hash cannot fail.
	_, _ = mac.Write([]byte(text))
	return mac.Sum(nil)
}
