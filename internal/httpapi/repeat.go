package httpapi

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"
)

// verdict says whether a request is sent again after an event.
type verdict int

const (
	never verdict = iota
	// counted repeats up to Options.MaxRetries times.
	counted
	// untilEnd repeats until the context ends.
	untilEnd
)

// event is what became of a try.
type event int

const (
	// finalAnswer is every answer that is not named below: 3xx, 400, 401, 403,
	// 404, 409, 413 and so on. A 401 is a matter of who holds the credentials.
	finalAnswer event = iota
	// notConnected: nothing of the request left this machine for the server.
	notConnected
	// untrusted: no connection, and another try would end the same way: the
	// name is unknown, or the certificate was refused.
	untrusted
	// lost: the connection broke after some or all of the request was written.
	lost
	// tooSlow is 408: the server did not wait for the request's end.
	tooSlow
	// throttled is 429: certainly refused.
	throttled
	// serverTrouble is 500, 502, 503 and 504. The documents do not say whether
	// a request was performed when one of these answers it, so a starting
	// request is not repeated.
	serverTrouble
)

// repetitions is the one place that decides what is sent again.
var repetitions = [...]struct{ Lookup, Poll, Start, Download, Store verdict }{
	finalAnswer:   {never, never, never, never, never},
	notConnected:  {counted, never, counted, counted, counted},
	untrusted:     {never, never, never, never, never},
	lost:          {counted, never, never, never, counted},
	tooSlow:       {counted, never, never, never, counted},
	throttled:     {counted, never, untilEnd, counted, counted},
	serverTrouble: {counted, never, never, never, counted},
}

func mayRepeat(kind Kind, e event) verdict {
	row := repetitions[e]
	switch kind {
	case Lookup:
		return row.Lookup
	case Poll:
		return row.Poll
	case Start:
		return row.Start
	case Download:
		return row.Download
	case Store:
		return row.Store
	}
	return never
}

func eventOf(err error) event {
	var answer *Error
	var transport *TransportError
	switch {
	case errors.As(err, &answer):
		return eventOfStatus(answer.Status)
	case !errors.As(err, &transport):
		return finalAnswer
	case hopeless(transport.Cause):
		return untrusted
	case transport.Sent != NotConnected:
		return lost
	}
	return notConnected
}

func eventOfStatus(status int) event {
	switch status {
	case http.StatusRequestTimeout:
		return tooSlow
	case http.StatusTooManyRequests:
		return throttled
	case http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return serverTrouble
	}
	return finalAnswer
}

// invalidHeader is what net/http says of a value that no request can have.
const invalidHeader = "net/http: invalid header field"

func hopeless(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.IsNotFound
	}
	if _, ok := errors.AsType[*CertificateError](err); ok {
		return true
	}
	if refused, ok := errors.AsType[*HandshakeError](err); ok {
		return !refused.Closed && !refused.Perhaps
	}
	if refused, ok := errors.AsType[*ProxyError](err); ok && (refused.Cause == nil || refused.Refused != "") {
		return true
	}
	if strings.Contains(err.Error(), invalidHeader) {
		return true
	}
	// A server that speaks no TLS at all.
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// maxUnboundedWait is the longest Retry-After that is obeyed when nothing
	// else ends the wait.
	maxUnboundedWait = 10 * time.Minute
)

// waitBefore returns how long to wait after the given try: the server's
// Retry-After, else the backoff. It is false if the server wants a longer wait
// than anybody would sit through.
func waitBefore(ctx context.Context, err error, attempt int) (time.Duration, bool) {
	answer, ok := errors.AsType[*Error](err)
	if !ok || answer.RetryAfter <= 0 {
		return backoff(attempt), true
	}
	_, bounded := ctx.Deadline()
	return answer.RetryAfter, bounded || answer.RetryAfter <= maxUnboundedWait
}

// backoff doubles with each try; the upper half of it is random, so that
// clients that failed together do not return together.
func backoff(attempt int) time.Duration {
	full := maxBackoff
	if shift := attempt - 1; shift < 6 {
		full = min(firstBackoff<<shift, maxBackoff)
	}
	return full/2 + rand.N(full/2+1)
}

// retryAfter reads the header of that name: seconds, or an HTTP date. It is 0
// for anything else and for times that have passed.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if value == "" {
		return 0
	}
	// More than anybody waits, and far from overflow.
	const year = 365 * 24 * time.Hour
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), year)
	}
	seconds := 0
	for _, digit := range value {
		if digit < '0' || digit > '9' {
			return 0
		}
		seconds = min(seconds*10+int(digit-'0'), int(year/time.Second))
	}
	return time.Duration(seconds) * time.Second
}
