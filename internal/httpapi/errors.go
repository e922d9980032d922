package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Sent is how much of a request may have reached the server.
type Sent int

const (
	// NotConnected means nothing of it.
	NotConnected Sent = iota
	// SentInPart means that the server certainly did not get the whole request.
	SentInPart
	// SentWhole means that the server may have got the whole request, and performed it.
	SentWhole
)

func (s Sent) String() string {
	return [...]string{"not connected", "sent in part", "sent"}[s]
}

// TransportError is a request without an answer, or with one that broke off.
type TransportError struct {
	// Method, Host and Path name the request; there is no query.
	Method, Host, Path string
	Sent               Sent
	// Cause is a *CertificateError for a certificate that was not accepted. It
	// is never a *url.Error, whose text holds the whole URL.
	Cause error

	text string
}

func (e *TransportError) Error() string {
	return fmt.Sprintf("%s %s%s: %s: %s", e.Method, e.Host, e.Path, e.Sent, e.text)
}

func (e *TransportError) Unwrap() error { return e.Cause }

// Reason is the cause without the request's address.
func (e *TransportError) Reason() string { return e.Sent.String() + ": " + e.text }

// Error is an answer whose status is not 2xx. All its texts are redacted,
// valid UTF-8 and without control characters.
type Error struct {
	Method, Host, Path string
	Status             int
	// Code, Message, Details and Suggestion are the server's, empty where its
	// answer has none.
	Code, Message, Details, Suggestion string
	// RequestID is the name of the request from the header, or from the body
	// where the header has none.
	RequestID string
	// BodyRequestID is the one in the body if the header has another: a gateway
	// in front of the service names its own.
	BodyRequestID string
	ContentType   string
	// Text is the beginning of the body, at most 2 KiB; of an HTML page, its
	// title and first heading. It is empty if the body had a Code or Message.
	Text string
	// RetryAfter is how long the server wants the client to wait, or 0.
	RetryAfter time.Duration
	// SentAt is when the request began, by this machine's clock, and
	// ServerTime the time of the answer by the server's; zero where it did not
	// tell.
	SentAt, ServerTime time.Time
	// RedirectHost is the host of the Location of a 3xx, which is not followed.
	RedirectHost string
	// RedirectPath is the path of that Location, without its query; RedirectsHome
	// says that the host is the one that was asked.
	RedirectPath  string
	RedirectsHome bool
	// Took is the time from the beginning of the request to the end of the answer.
	Took time.Duration

	own *Own
}

func (e *Error) Error() string {
	what := fmt.Sprintf("%s %s%s: HTTP %d", e.Method, e.Host, e.Path, e.Status)
	parts := []string{what, e.Code, e.Message, e.Details, e.Text}
	text := strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
	if e.RedirectHost != "" {
		text += ": redirect to " + e.RedirectHost
	}
	switch {
	case e.BodyRequestID != "":
		text += " (request " + e.BodyRequestID + ", in the header " + e.RequestID + ")"
	case e.RequestID != "":
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// OfAHop says whether the status is one that only whoever stands before the server
// gives: 502 and 504.
func (e *Error) OfAHop() bool {
	return e.Status == http.StatusBadGateway || e.Status == http.StatusGatewayTimeout
}

// Delay returns RetryAfter.
func (e *Error) Delay() time.Duration { return e.RetryAfter }

// AnswerError is an answer with a good status and unusable content.
type AnswerError struct {
	Method, Host, Path string
	Status             int
	RequestID          string
	ContentType        string
	// Text is the beginning of the body, at most 2 KiB; of an HTML page, its
	// title and first heading.
	Text string
	// Cause says what is wrong with the content. It is not redacted; Error is.
	Cause error

	text string
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s %s%s: HTTP %d with unusable content: %s", e.Method, e.Host, e.Path, e.Status, e.text)
}

func (e *AnswerError) Unwrap() error { return e.Cause }

// Reason says what is wrong with the content.
func (e *AnswerError) Reason() string { return e.text }

// timeoutError is a time limit of the transport. Those of net and net/http
// pass for context.DeadlineExceeded, which would look like the caller's own.
type timeoutError struct{ text string }

func (e *timeoutError) Error() string { return e.text }

// Timeout makes it a net.Error's timeout.
func (*timeoutError) Timeout() bool { return true }

func (t *try) failure(ctx context.Context, err error) error {
	// What our own limits end says only "context canceled".
	cause := context.Cause(ctx)
	if errors.Is(cause, errSlowBody) || errors.Is(cause, errSilentProxy) {
		err = cause
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = &timeoutError{err.Error()}
	}
	sent := t.sent()
	if refused, ok := t.certificateError(err); ok {
		err = refused
	} else if refused, ok := t.handshakeError(err); ok {
		err = refused
		if refused.unread {
			// Whatever was written.
			sent = min(sent, SentInPart)
		}
	} else if silent, ok := t.proxyError(err); ok && (ctx.Err() == nil || errors.Is(cause, errSilentProxy)) {
		err = silent
	}
	return &TransportError{
		Method: t.call.Method,
		Host:   t.client.base.Host,
		Path:   t.path(),
		Sent:   sent,
		Cause:  err,
		// A peer that speaks no HTTP is quoted at length.
		text: truncate(t.client.redactor.Clean(err.Error()), maxText),
	}
}

func (t *try) errorAnswer() error {
	// What could be read of a broken error body is better than nothing.
	data, _ := t.answer.readAll(cmp.Or(t.call.LongestError, maxErrorBody))
	e := &Error{
		Method:      t.call.Method,
		Host:        t.client.base.Host,
		Path:        t.path(),
		Status:      t.answer.Status,
		ContentType: t.answer.contentType(),
		RetryAfter:  retryAfter(t.answer.Header, time.Now()),
		SentAt:      t.begin,
	}
	if at, err := http.ParseTime(t.answer.Header.Get("Date")); err == nil {
		e.ServerTime = at
	}
	clean := t.client.redactor.Clean
	said := t.client.errorWords(e.Status, t.answer.Header, data)
	e.own = &Own{Code: said.Code, Message: said.Message, Details: said.Details, Body: data, Header: t.answer.Header}
	e.Code = truncate(clean(said.Code), maxWord)
	e.Message = truncate(clean(said.Message), maxText)
	e.Details = truncate(clean(said.Details), maxText)
	e.Suggestion = truncate(clean(said.Suggestion), maxText)
	e.RequestID = t.answer.requestID()
	switch inBody := truncate(clean(said.RequestID), maxWord); {
	case e.RequestID == "":
		e.RequestID = inBody
	case inBody != e.RequestID:
		e.BodyRequestID = inBody
	}
	if e.Code == "" && e.Message == "" {
		e.Text = excerpt(t.client.redactor, data)
	}
	if location := t.answer.Header.Get("Location"); location != "" && e.Status < 400 {
		e.RedirectHost = truncate(clean(redirectHost(t.request.URL, location)), maxWord)
		e.RedirectPath, e.RedirectsHome = redirectPath(t.request.URL, location)
		e.RedirectPath = truncate(clean(e.RedirectPath), maxWord)
	}
	e.Took = time.Since(t.begin)
	return e
}

// RequestID returns the server's name for a request from an answer's header.
func RequestID(h http.Header) string { return h.Get("X-Request-Id") }

// RetryAfter returns the waiting time that an answer's header asks for, or 0.
func RetryAfter(h http.Header) time.Duration { return retryAfter(h, time.Now()) }

// redirectPath is the path of a redirect, and whether it stays on its host.
func redirectPath(from *url.URL, location string) (path string, home bool) {
	to, err := from.Parse(location)
	if err != nil {
		return "", false
	}
	// What follows a semicolon may be a session.
	return pathParameters.ReplaceAllString(to.EscapedPath(), ""), strings.EqualFold(to.Hostname(), from.Hostname()) && (to.Port() == from.Port() || to.Port() == "")
}

var pathParameters = regexp.MustCompile(`;[^/]*`)

func redirectHost(from *url.URL, location string) string {
	to, err := from.Parse(location)
	if err != nil || strings.ContainsAny(to.Host, "@?#") {
		return "an unreadable address"
	}
	return to.Host
}
