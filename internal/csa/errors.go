package csa

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// What the documented status codes mean for every request ("Troubleshooting
// return codes", CSA 4.90). Errors wrap one of these and the *httpapi.Error.
// A 401 is an *AccountError.
var (
	// ErrForbidden (403): the person does not own the object.
	ErrForbidden = errors.New("the person may not use the object")
	// ErrNotFound (404): an unknown object, or a malformed request.
	ErrNotFound = errors.New("the server does not know the object")
	// ErrDuplicate (409): there is such an object already.
	ErrDuplicate = errors.New("the object exists already")
	// ErrServer (500): anything else.
	ErrServer = errors.New("the server failed")
)

// AccountError means that the server refused the integration account (401). It is an
// asset.ErrDenied too.
type AccountError struct {
	Username string
	// Cause is the *httpapi.Error.
	Cause error
}

func (e *AccountError) Error() string {
	return fmt.Sprintf("the account %q was refused: %v", httpapi.Ending(e.Username), e.Cause)
}

func (e *AccountError) Unwrap() []error { return []error{asset.ErrDenied, e.Cause} }

// UnknownOrganizationError means that the person cannot be looked up because the server
// has no such organization. An endpoint that is no CSA looks the same.
type UnknownOrganizationError struct {
	Organization string
	// Cause is the *httpapi.Error.
	Cause error
}

func (e *UnknownOrganizationError) Error() string {
	return fmt.Sprintf("the organization %q is unknown: %v", e.Organization, e.Cause)
}

func (e *UnknownOrganizationError) Unwrap() error { return e.Cause }

// UnknownUserError means that the organization has no such user.
type UnknownUserError struct {
	Organization, User string
	// Cause is the *httpapi.Error, or an *httpapi.AnswerError for an answer
	// without an id.
	Cause error
}

func (e *UnknownUserError) Error() string {
	return fmt.Sprintf("the user %q of the organization %q is unknown: %v", e.User, e.Organization, e.Cause)
}

func (e *UnknownUserError) Unwrap() error { return e.Cause }

// ArtifactMissingError means that there is no artifact with the id to be exported. It is
// an ErrNotFound too.
type ArtifactMissingError struct {
	ID string
	// Cause is the *httpapi.Error.
	Cause error
}

func (e *ArtifactMissingError) Error() string {
	return fmt.Sprintf("the server has no artifact %q: %v", e.ID, e.Cause)
}

func (e *ArtifactMissingError) Unwrap() []error { return []error{ErrNotFound, e.Cause} }

// errorMembers are where an error in JSON says what it is. Error bodies are not documented: pages of the
// container, XML, JSON or nothing.
var errorMembers = httpapi.Members{Code: []string{"error_code", "code"}, Message: []string{"error_msg", "message"}, Details: []string{"details"}}

// kindError gives an error one of the kinds of this package or of asset.
type kindError struct{ kind, cause error }

func (e *kindError) Error() string { return e.kind.Error() + ": " + e.cause.Error() }

func (e *kindError) Unwrap() []error { return []error{e.kind, e.cause} }

// mapped gives an answer with a documented status code its kind. Other errors
// it returns as they are.
func (c *Client) mapped(err error) error {
	answer, ok := errors.AsType[*httpapi.Error](err)
	if !ok {
		return err
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		return &AccountError{Username: c.username, Cause: err}
	case http.StatusForbidden:
		return &kindError{ErrForbidden, err}
	case http.StatusNotFound:
		return &kindError{ErrNotFound, err}
	case http.StatusConflict:
		return &kindError{ErrDuplicate, err}
	case http.StatusInternalServerError:
		return &kindError{ErrServer, err}
	}
	return err
}

// idForm is wider than what the examples show (32 hex characters; UUIDs for
// records): no document says what an id is made of.
var idForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._:-]{0,127}$`)
