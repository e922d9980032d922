package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	maxBody      = 1 << 20
	maxErrorBody = 64 << 10
	// bodyTimeout limits the reading of the bodies above, so that a server
	// that stops in the middle of one cannot hold a call.
	bodyTimeout = time.Minute
)

var errSlowBody = errors.New("the answer's body did not end in time")

// tooLongError is an answer that is longer than it may be.
type tooLongError struct{ limit int64 }

func (e *tooLongError) Error() string {
	return fmt.Sprintf("the answer is longer than %d bytes", e.limit)
}

// Answer is an answer with a good status and the stream of its body.
type Answer struct {
	Status int
	Header http.Header

	body   io.ReadCloser
	try    *try
	cancel context.CancelCauseFunc
	once   sync.Once
	read   int64
	failed error
}

// Read reads the body. It fails with io.ErrUnexpectedEOF or the network's
// error if bytes are missing.
func (a *Answer) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	a.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		a.failed = err
	}
	return n, err
}

// Close ends the answer; it may be called more than once and never fails.
func (a *Answer) Close() error {
	a.end()
	return nil
}

// end also writes the log line of the try, which counts the body.
func (a *Answer) end() {
	a.once.Do(func() {
		var err error
		if a.failed != nil {
			err = a.try.failure(a.try.request.Context(), a.failed)
		}
		// What was wanted of the body was read.
		_ = a.body.Close()
		a.cancel(nil)
		a.try.body.seal()
		a.try.log(a.Status, a.read, a.requestID(), err)
	})
}

// Broken makes the *TransportError for an error of Read.
func (a *Answer) Broken(ctx context.Context, err error) error { return a.try.failure(ctx, err) }

// Unusable makes the error for an answer whose content, beginning with head,
// is not what was asked for.
func (a *Answer) Unusable(head []byte, cause error) error {
	redactor := a.try.client.redactor
	return &AnswerError{
		Method:      a.try.call.Method,
		Host:        a.try.client.base.Host,
		Path:        a.try.path(),
		Status:      a.Status,
		RequestID:   a.requestID(),
		ContentType: a.contentType(),
		Text:        excerpt(redactor, head),
		Cause:       cause,
		text:        truncate(redactor.Clean(cause.Error()), maxText),
	}
}

func (a *Answer) requestID() string {
	var id string
	for _, name := range a.try.client.requestIDs {
		id = cmp.Or(id, a.Header.Get(name))
	}
	return truncate(a.try.client.redactor.Clean(cmp.Or(id, RequestID(a.Header))), maxWord)
}

func (a *Answer) contentType() string {
	return truncate(a.try.client.redactor.Clean(a.Header.Get("Content-Type")), maxWord)
}

// byteOrderMark is what editors and servers of Windows put before a text.
const byteOrderMark = "\uFEFF"

// readAll reads the body to its end, without the mark before a text. With a
// *tooLongError it returns the first limit bytes.
func (a *Answer) readAll(limit int64) ([]byte, error) {
	timer := time.AfterFunc(bodyTimeout, func() { a.cancel(errSlowBody) })
	defer timer.Stop()
	data, err := io.ReadAll(io.LimitReader(a, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], &tooLongError{limit}
	}
	return bytes.TrimPrefix(data, []byte(byteOrderMark)), err
}
