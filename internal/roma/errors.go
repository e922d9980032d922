package roma

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ErrBodyTooLarge means that the gateway refused a request for the length of its body. It is a
// *BodyTooLargeError.
var ErrBodyTooLarge = errors.New("the gateway refused the length of the request")

// BodyTooLargeError is a request that was refused for the length of its body.
type BodyTooLargeError struct {
	// Signed: what is signed with a key pair may have SignedBodyLimit and no more; the gateway says
	// so with status 401, as if the credentials were wrong.
	Signed bool
	// Cause is the *httpapi.Error.
	Cause error
}

func (e *BodyTooLargeError) Error() string { return ErrBodyTooLarge.Error() + ": " + e.Cause.Error() }

func (e *BodyTooLargeError) Unwrap() []error { return []error{ErrBodyTooLarge, e.Cause} }

// ErrNoInstance means that the server knows no instance of the id in the request: 400 with
// ROMA.00014002 (ImportAsset, a regional page of the API reference).
var ErrNoInstance = errors.New("the server does not know the instance")

// ClockSkewError is the gateway's refusal of a signature whose time differs
// from its own by more than 15 minutes. It is an asset.ErrDenied too.
type ClockSkewError struct {
	// SignatureTime is the time of the signature by this machine's clock, and
	// ServerTime that of the gateway's; zero if it is not known.
	SignatureTime, ServerTime time.Time
	// Cause is the *httpapi.Error.
	Cause error
}

func (e *ClockSkewError) Error() string {
	return "the signature's time " + e.SignatureTime.Format(time.RFC3339) + " differs too much from the server's " +
		e.ServerTime.Format(time.RFC3339) + ": " + e.Cause.Error()
}

func (e *ClockSkewError) Unwrap() []error { return []error{asset.ErrDenied, e.Cause} }

// kindError gives an error one of the kinds of package asset.
type kindError struct{ kind, cause error }

func (e *kindError) Error() string { return e.kind.Error() + ": " + e.cause.Error() }

func (e *kindError) Unwrap() []error { return []error{e.kind, e.cause} }

// Codes of ROMA Connect ("Error Codes", ErrorCode_server). The page lists them
// as ROMA.10012, the OpenAPI definition as ROMA.00010012.
const (
	codeNoToken       = 1000
	codeWrongToken    = 1002
	codeNoPermission  = 1006
	codeWrongURL      = 1007
	codeNotCreated    = 10010
	codeNotUnpacked   = 10011
	codeBusy          = 10012
	codeFileName      = 10013
	codeNotAuthorized = 12000
	codeNoAppAccess   = 12001
	codeNoFeature     = 12002
	codeInvalid       = 13000
	codeNoBody        = 13001
	codeNoInstance    = 14002
)

// Codes of the gateway ("Error Codes", devg-apisign), as APIGW.0101 or
// APIG.0101.
const (
	codeNoAPI          = 101
	codeNoBackend      = 103
	codeBadPlugin      = 104
	codeBadBackend     = 105
	codeBadOrchestra   = 106
	codeBadRequest     = 201
	codeUnauthorized   = 301
	codeThrottled      = 308
	textBodyTooLarge   = "body too large"
	textEntityTooLarge = "entity too large"
	textSkew           = "signature expired"
)

// errorMembers are where an error says what it is, as the official SDK looks for it (core/sdkerr): the service
// and the gateway have error_code and error_msg, IAM a nested object with code and message.
var errorMembers = httpapi.Members{
	Code: []string{"error_code", "code"}, Message: []string{"error_msg", "message"}, Details: []string{"error_details", "details"},
	Suggestion: []string{"suggestion"}, RequestID: []string{"request_id"},
}

// code is a server's error code as family and number.
type code struct {
	family string
	number int
}

const (
	familyROMA    = "ROMA"
	familyGateway = "APIGW"
	familyIAM     = "IAM"
)

func codeOf(e *httpapi.Error) code {
	family, digits, ok := strings.Cut(strings.ToUpper(e.Own().Code), ".")
	number, err := strconv.ParseUint(digits, 10, 31)
	if !ok || err != nil {
		return code{}
	}
	if family == "APIG" {
		family = familyGateway
	}
	return code{family, int(number)}
}

// is says whether the code is one of ROMA's with one of the numbers.
func (c code) is(numbers ...int) bool {
	return c.family == familyROMA && slices.Contains(numbers, c.number)
}

// aboutRequest says whether the code is about who asks or where, and so says
// nothing of the job or archive that was asked for.
func (c code) aboutRequest() bool {
	return c.is(codeNoToken, codeWrongToken, codeNoPermission, codeWrongURL, codeNotAuthorized, codeNoAppAccess, codeNoFeature, codeNoInstance)
}

func (c code) gateway() bool { return c.family == familyGateway }

// refusal says whether the code is documented with a 4xx status and for a
// request that was not performed, whatever the status that it came with.
func (c code) refusal() bool {
	if c.gateway() {
		return slices.Contains([]int{
			codeNoAPI, codeNoBackend, codeBadPlugin, codeBadBackend, codeBadOrchestra,
			codeUnauthorized, codeThrottled,
		}, c.number)
	}
	return c.is(codeNoToken, codeWrongToken, codeNoPermission, codeWrongURL, codeNotCreated, codeNotUnpacked,
		codeBusy, codeFileName, codeNotAuthorized, codeNoAppAccess, codeNoFeature, codeInvalid, codeNoBody, codeNoInstance)
}

// IsNoAPI says whether the gateway knows no API at the address that was asked (APIGW.0101): an
// instance's gateway serves only its own region and project.
func IsNoAPI(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return false
	}
	c := codeOf(answer)
	return c.gateway() && c.number == codeNoAPI
}

var skewTimes = regexp.MustCompile(`signature time:\s*([^,\s]+).*server time:\s*([^,\s]+)`)

// clockTolerance is how much the time of a signature may differ from the
// gateway's ("AK/SK Signing and Authentication Guide").
const clockTolerance = 15 * time.Minute

// skewError says that the clocks differ, by the gateway's words or else by
// the times of request and answer; nil if they do not.
func skewError(answer *httpapi.Error, text string, signed bool, cause error) error {
	skew := &ClockSkewError{SignatureTime: answer.SentAt.UTC(), ServerTime: answer.ServerTime.UTC(), Cause: cause}
	differ := signed && !answer.ServerTime.IsZero() && answer.ServerTime.Sub(answer.SentAt).Abs() > clockTolerance
	if !differ && !strings.Contains(text, textSkew) {
		return nil
	}
	if times := skewTimes.FindStringSubmatch(text); times != nil {
		for i, at := range []*time.Time{&skew.SignatureTime, &skew.ServerTime} {
			if told, err := time.Parse(signTimeLayout, strings.ToUpper(times[i+1])); err == nil {
				*at = told
			}
		}
	}
	return skew
}

// refusedError gives an answer that refuses the credentials, or the length of
// the body, its kind; signed says that the request was signed. Other errors it
// returns as they are.
func refusedError(err error, signed bool) error {
	if before(err) {
		return err
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return err
	}
	if codeOf(answer).is(codeNoInstance) {
		return &kindError{ErrNoInstance, err}
	}
	text := strings.ToLower(answer.Own().Words())
	denied := tokenRefused(err)
	switch {
	case answer.Status == http.StatusRequestEntityTooLarge,
		denied && strings.Contains(text, textBodyTooLarge),
		codeOf(answer) == code{familyGateway, codeBadRequest} && strings.Contains(text, textEntityTooLarge):
		return &BodyTooLargeError{Signed: answer.Status == http.StatusUnauthorized, Cause: err}
	case denied:
		if skew := skewError(answer, text, signed, err); skew != nil {
			return skew
		}
		return &kindError{asset.ErrDenied, err}
	}
	return err
}

// startError says what became of a request that starts a job.
func startError(err error) error {
	if before(err) {
		return &kindError{asset.ErrNotSent, err}
	}
	if transport, ok := errors.AsType[*httpapi.TransportError](err); ok {
		if transport.Sent == httpapi.SentWhole {
			return &kindError{asset.ErrOutcomeUnknown, err}
		}
		return &kindError{asset.ErrNotSent, err}
	}
	if _, ok := errors.AsType[*httpapi.AnswerError](err); ok {
		return &kindError{asset.ErrOutcomeUnknown, err}
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		// The body could not be opened, or the like.
		return &kindError{asset.ErrNotSent, err}
	}
	c := codeOf(answer)
	switch {
	case c.is(codeBusy):
		return &kindError{asset.ErrBusy, err}
	case c.refusal():
		return err
	case answer.Status == http.StatusRequestTimeout, answer.Status >= 500:
		return &kindError{asset.ErrOutcomeUnknown, err}
	}
	return err
}

var noSuchJob = regexp.MustCompile(`(?i)\b(job|task)\b.*\b(not (exist|found)|no longer exists?)|\b(no such|unknown|nonexistent) (asset )?(job|task)\b`)

// jobError recognises the answer for an unknown job, which is not documented.
// Only the service itself can know: a 404 of the gateway or of anything in
// between speaks of a wrong address, and must not cost a running job.
func jobError(err error) error {
	if before(err) {
		return err
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return err
	}
	c := codeOf(answer)
	if c.family != familyROMA || c.aboutRequest() {
		return err
	}
	switch answer.Status {
	case http.StatusNotFound:
		return &kindError{asset.ErrUnknownJob, err}
	case http.StatusBadRequest:
		if noSuchJob.MatchString(answer.Own().Message + " " + answer.Own().Details) {
			return &kindError{asset.ErrUnknownJob, err}
		}
	}
	return err
}

// downloadError recognises the refusal of an archive that was downloaded
// before or has expired, which is not documented either: any refusal with a
// code of the service itself that is not about who asks, how fast or where.
func downloadError(ctx context.Context, err error) error {
	if before(err) {
		return err
	}
	transport, ok := errors.AsType[*httpapi.TransportError](err)
	if ok && transport.Sent == httpapi.SentWhole && ctx.Err() == nil {
		return &kindError{io.ErrUnexpectedEOF, err}
	}
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok || errors.Is(err, asset.ErrDenied) {
		return err
	}
	c := codeOf(answer)
	if c.is(codeBusy) {
		return &kindError{asset.ErrBusy, err}
	}
	if answer.Status == http.StatusNotFound && namesArchive(answer.Own().Body) {
		return &kindError{asset.ErrTaken, err}
	}
	if c.family != familyROMA || c.aboutRequest() {
		return err
	}
	switch answer.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return &kindError{asset.ErrTaken, err}
	}
	return err
}

// namesArchive recognises the one documented answer for an archive that is not there: 404
// with {"archive_id": "id"} and no code (DownloadAssetArchive, a regional page of the API reference).
func namesArchive(body []byte) bool {
	var said map[string]any
	if json.Unmarshal(body, &said) != nil {
		return false
	}
	id, isText := said["archive_id"].(string)
	delete(said, "archive_id")
	delete(said, "request_id")
	// Whatever else is said may be about something else.
	return isText && id != "" && len(said) == 0
}
