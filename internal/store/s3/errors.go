package s3

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
	"github.com/asset-promotion/terraform-provider-asset/internal/store"
)

// Kind is what a caller decides by.
type Kind int

const (
	// Other is whatever is not named below: Cause tells, a *httpapi.TransportError for example.
	Other Kind = iota
	// NotFound means that there is no such object, or no such version. After Head it may be
	// the bucket that is missing.
	NotFound
	// NoBucket means that there is no such bucket, at this endpoint.
	NoBucket
	// Forbidden means that a right is missing. For Head and Get it may as well be the object, because a
	// store tells so only to those who may list the bucket.
	Forbidden
	// AlreadyExists means that Put with OnlyIfAbsent found something there, or somebody wrote at the
	// same time (409). It may be what an earlier try of the same Put wrote.
	AlreadyExists
	// Changed means that the object is not the one that ifMatch names.
	Changed
	// WrongRegion means that the bucket is in another region: Region or Endpoint, as far as
	// the store tells.
	WrongRegion
	// VirtualHostRequired means that the store does not take path style.
	VirtualHostRequired
	// Clock means that the clocks differ by more than 15 minutes; SentAt and ServerTime tell how much.
	Clock
	// BadCredentials means that the key pair, its signature or its session token was refused.
	BadCredentials
	// NoCredentials means that Config.Credentials failed; Cause is its error.
	NoCredentials
	// Protected means that a retention, a legal hold or WORM forbids to delete or to overwrite.
	Protected
	// TooLarge means that the object is longer than one PUT may be.
	TooLarge
	// SlowDown means that the store was still throttling when max_retries ended.
	SlowDown
	// DottedBucket means that the bucket cannot be reached: OBS takes no path style, and its
	// certificate does not hold for a bucket with dots in its name.
	DottedBucket
)

var kindTexts = map[Kind]string{
	Other: "failed", NotFound: "not found", NoBucket: "no such bucket", Forbidden: "forbidden", AlreadyExists: "already there",
	Changed: "changed", WrongRegion: "in another region", VirtualHostRequired: "path style is refused", Clock: "the clocks differ",
	BadCredentials: "credentials refused", NoCredentials: "no credentials", Protected: "protected", TooLarge: "too large",
	SlowDown: "throttled", DottedBucket: "a bucket with dots in its name cannot be reached with https at OBS",
}

func (k Kind) String() string { return kindTexts[k] }

// Error is a request that failed. Its texts are redacted and hold no query.
type Error struct {
	Kind Kind
	// Method is that of the request, or empty if none was made.
	Method  string
	Address store.Address
	// Status is 0 without an answer. Code and Message are the store's, RequestID its name for
	// the request.
	Status                   int
	Code, Message, RequestID string
	// Region and Endpoint are where the bucket is, as far as the answer tells (WrongRegion).
	Region, Endpoint string
	// SentAt and ServerTime are the two clocks (Clock); zero if not known.
	SentAt, ServerTime time.Time
	// Cause is an error of httpapi, of Config.Credentials, or nil.
	Cause error
}

func (e *Error) Error() string {
	text := e.Address.String() + ": " + e.Kind.String()
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// Writes says whether the request was one that writes or removes.
func (e *Error) Writes() bool {
	return e.Method != "" && e.Method != http.MethodGet && e.Method != http.MethodHead
}

// KindOf returns the kind of an error, which is Other if it is none of this package.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Other
}

// renewable says whether another temporary pair may do better.
func (e *Error) renewable() bool {
	return e.Kind == BadCredentials && e.Code != "SignatureDoesNotMatch" ||
		// A HEAD that nothing explains.
		e.Code == "" && e.Method == http.MethodHead && e.Status == http.StatusBadRequest
}

// Codes of "Error responses" (S3 API reference) and "Error Codes" (OBS API reference).
var kinds = map[string]Kind{
	"NoSuchKey": NotFound, "NoSuchVersion": NotFound, "NoSuchUpload": NotFound,
	"NoSuchBucket": NoBucket, "InvalidBucketName": NoBucket,
	"PermanentRedirect": WrongRegion, "TemporaryRedirect": WrongRegion, "Redirect": WrongRegion, "IllegalLocationConstraintException": WrongRegion,
	"VirtualHostDomainRequired": VirtualHostRequired,
	"RequestTimeTooSkewed":      Clock,
	"InvalidAccessKeyId":        BadCredentials, "SignatureDoesNotMatch": BadCredentials, "ExpiredToken": BadCredentials, "InvalidToken": BadCredentials,
	"TokenRefreshRequired": BadCredentials, "InvalidSecurity": BadCredentials, "AuthorizationHeaderMalformed": BadCredentials,
	"EntityTooLarge": TooLarge,
	"SlowDown":       SlowDown, "TooManyRequests": SlowDown,
	"ObjectLocked": Protected,
}

// protected are the words of stores that have no code for it: "Access Denied because object
// protected by object lock" (S3), "The object you specified is immutable, can not delete" (OBS),
// "Object is WORM protected and cannot be overwritten" (MinIO).
var protected = regexp.MustCompile(`(?i)\bworm\b|object ?lock|retention|legal hold|immutable`)

// clockTolerance is how much the time of a signature may differ from the store's.
const clockTolerance = 15 * time.Minute

// failure gives an error of httpapi its kind.
func (c *Client) failure(req request, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e := &Error{Method: req.method, Address: req.address, Cause: err}
	if _, ok := errors.AsType[*credentialsError](err); ok {
		e.Kind = NoCredentials
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return e
	}
	e.Status, e.Code, e.Message, e.RequestID = answer.Status, answer.Code, answer.Message, answer.RequestID
	own := answer.Own()
	more := parseError(own.Body)
	e.Kind = kindOf(req, answer, own)
	switch e.Kind {
	case WrongRegion:
		e.Region = c.named(cmp.Or(header(own.Header, "Bucket-Region"), header(own.Header, "Bucket-Location"), more.Region))
		e.Endpoint = cmp.Or(c.named(more.Endpoint), answer.RedirectHost)
	case BadCredentials:
		// The region of a signature is part of what is malformed.
		if own.Code == "AuthorizationHeaderMalformed" && (more.Region != "" || strings.Contains(own.Message, "region")) {
			e.Kind, e.Region = WrongRegion, c.named(more.Region)
		}
	case Clock:
		e.SentAt, e.ServerTime = answer.SentAt, answer.ServerTime
		if at, err := time.Parse(time.RFC3339, more.ServerTime); err == nil {
			e.ServerTime = at
		}
	default:
	}
	return e
}

// placeForm is what a region or an endpoint looks like.
var placeForm = regexp.MustCompile(`^[A-Za-z0-9._:/-]{1,255}$`)

// named is a region or an endpoint that a store names, as people are told to write it; empty
// for anything else.
func (c *Client) named(place string) string {
	if !placeForm.MatchString(place) || c.redactor.Clean(place) != place {
		return ""
	}
	return place
}

// kindOf decides by the code where there is one, else by the status.
func kindOf(req request, answer *httpapi.Error, own httpapi.Own) Kind {
	writes := req.method == http.MethodPut || req.method == http.MethodDelete
	if kind, ok := kinds[own.Code]; ok {
		return kind
	}
	if writes && !wantsChecksum(own) && answer.Status < http.StatusInternalServerError && protected.MatchString(own.Message) {
		return Protected
	}
	switch answer.Status {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect:
		return WrongRegion
	case http.StatusBadRequest:
		if own.Code == "InvalidArgument" && req.address.Version != "" {
			// What is no id of a version names none.
			return NotFound
		}
	case http.StatusUnauthorized:
		return BadCredentials
	case http.StatusForbidden:
		if !answer.ServerTime.IsZero() && answer.ServerTime.Sub(answer.SentAt).Abs() > clockTolerance {
			return Clock
		}
		return Forbidden
	case http.StatusNotFound:
		// An answer that could say more and has no code is none of a store.
		if req.method == http.MethodHead || own.Code != "" {
			return NotFound
		}
	case http.StatusMethodNotAllowed:
		// The version is the mark of a deletion.
		if header(own.Header, "Delete-Marker") == "true" {
			return NotFound
		}
	case http.StatusConflict:
		if req.onlyIfAbsent {
			return AlreadyExists
		}
	case http.StatusPreconditionFailed:
		if req.onlyIfAbsent {
			return AlreadyExists
		}
		if req.ifMatch {
			return Changed
		}
	case http.StatusRequestEntityTooLarge:
		return TooLarge
	case http.StatusTooManyRequests:
		return SlowDown
	}
	return Other
}

// wantsChecksum says whether a PUT was refused because a bucket with object lock wants the
// checksum of what is to be kept ("Object Lock considerations", S3 user guide).
func wantsChecksum(own httpapi.Own) bool {
	return slices.Contains([]string{"InvalidRequest", "MissingContentMD5"}, own.Code) &&
		(strings.Contains(strings.ToLower(own.Message), "content-md5") || strings.Contains(own.Message, "x-amz-checksum"))
}

// unusable makes the error for an answer that is not what was asked for.
func unusable(req request, answer *httpapi.Answer, format string, args ...any) error {
	return &Error{
		Method: req.method, Address: req.address, Status: answer.Status,
		Cause: answer.Unusable(nil, fmt.Errorf(format, args...)),
	}
}
