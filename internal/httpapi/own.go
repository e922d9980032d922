package httpapi

import "net/http"

// Own is what an answer says in its own bytes: for parsing, and never to be
// shown or logged, because a secret may stand in it.
type Own struct {
	Code, Message, Details string
	// Body is at most 64 KiB; of an answer that broke off, what arrived.
	Body []byte
	// Header is the whole header of the answer.
	Header http.Header
}

// Own returns the answer's own words. What is shown of them is redacted and
// cut, so that decisions by it would depend on what a secret looks like.
func (e *Error) Own() Own {
	if e.own == nil {
		return Own{Code: e.Code, Message: e.Message, Details: e.Details, Body: []byte(e.Text)}
	}
	return *e.own
}

// Words are the message and its details, or the whole body of an answer that
// has no error in the form of the platforms.
func (o Own) Words() string {
	if o.Code == "" && o.Message == "" {
		return string(o.Body)
	}
	return o.Message + " " + o.Details
}
