package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// address tells what can be told of an address, and whether a proxy stands before it.
func (d *doctor) address(on, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return
	}
	d.guard.add(text)
	kind := u.Scheme
	if kind == "http" {
		kind = "http on this machine"
	}
	d.found("way.address", on, "", kind)
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	switch {
	case err != nil:
		d.found("way.proxy", on, "", "cannot be used")
	case proxy != nil:
		d.guard.add(proxy.Host, proxy.Hostname(), proxy.User.String())
		d.found("way.proxy", on, "", "in use")
	default:
		d.found("way.proxy", on, "", "none for this address")
	}
}

// server is one that the credentials are shown to.
type server struct {
	on, address string
	// insecure: its certificate is not verified; signs: requests carry a time.
	insecure, signs bool
}

// connected tells of the connections to one server, from what was exchanged or from the
// error that came in place of an answer. It says whether there was any answer.
func (d *doctor) connected(ctx context.Context, way server, seen []exchange, err error) bool {
	on := way.on
	var answer *exchange
	for i := range seen {
		if !seen[i].Err {
			answer = &seen[i]
		}
	}
	certificate := certificateOf(err)
	u, parsed := url.Parse(way.address)
	secure := parsed == nil && u.Scheme == "https"
	switch {
	case answer != nil:
		d.found("way.connection", on, fmt.Sprintf("%d ms", answer.Took.Milliseconds()), "answers")
	case certificate != "" || err == nil:
		d.found("way.connection", on, "")
	default:
		d.found("way.connection", on, "", transportKind(err))
		d.said(err)
	}
	d.tls(ctx, on, u, secure, way.insecure, answer, certificate, err)
	clock := "way.clock.plain"
	if way.signs {
		clock = "way.clock"
	}
	if answer == nil || !answer.Dated {
		d.found(clock, on, "")
		return answer != nil
	}
	d.found(clock, on, fmt.Sprintf("the server is %d s ahead", int(answer.Offset.Round(time.Second)/time.Second)), clockKind(answer.Offset))
	return true
}

func (d *doctor) tls(ctx context.Context, on string, u *url.URL, secure, insecure bool, answer *exchange, certificate string, err error) {
	var h *handshake
	if answer != nil {
		h = answer.TLS
	} else if _, refused := errors.AsType[*httpapi.HandshakeError](err); secure && (refused || certificate != "") {
		ctx, cancel := d.step(ctx)
		defer cancel()
		h = probe(ctx, u)
	}
	if h == nil {
		d.found("way.tls", on, "")
		d.found("way.certificate", on, "", one(certificate)...)
		return
	}
	d.found("way.tls", on, "", h.Version)
	note := fmt.Sprintf("chain of %d, %s, ends in %d days", h.Chain, h.Key, h.DaysLeft)
	if h.SelfSigned {
		note += ", issued by itself"
	}
	switch {
	case certificate != "":
		d.found("way.certificate", on, note, certificate)
		d.said(err)
	case answer == nil:
		d.found("way.certificate", on, note)
	case insecure:
		d.found("way.certificate", on, note, "not verified, as was set")
	default:
		d.found("way.certificate", on, note, "trusted")
	}
}

func one(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// certificateOf is why a certificate was refused, empty if it was not.
func certificateOf(err error) string {
	if refused, ok := errors.AsType[*httpapi.HandshakeError](err); ok && refused.WantsCertificate {
		return "wants one of the client"
	}
	refused, ok := errors.AsType[*httpapi.CertificateError](err)
	if !ok {
		return ""
	}
	switch refused.Problem {
	case httpapi.UnknownAuthority:
		return "unknown authority"
	case httpapi.OutOfDate:
		return "out of date"
	case httpapi.OtherName:
		return "for another name"
	case httpapi.WeakSignature:
		return "weak signature"
	case httpapi.OtherProblem:
	}
	return "refused"
}

// transportKind is how a request ended without an answer.
func transportKind(err error) string {
	if _, ok := errors.AsType[*httpapi.ProxyError](err); ok {
		return "the proxy does not open the way"
	}
	if _, ok := errors.AsType[*httpapi.HandshakeError](err); ok {
		return "no TLS that both sides speak"
	}
	transport, ok := errors.AsType[*httpapi.TransportError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case !ok:
		return "no answer"
	case transport.Sent == httpapi.NotConnected:
		return "not reached"
	}
	return "the connection broke"
}

func clockKind(offset time.Duration) string {
	switch {
	case offset.Abs() <= time.Minute:
		return "within a minute"
	case offset.Abs() <= 15*time.Minute:
		return "within 15 minutes"
	}
	return "more than 15 minutes"
}

// answerKind is what an answer says by status and code.
func (d *doctor) answerKind(e exchange) string {
	status := strconv.Itoa(e.Status)
	code := e.Words["code"]
	switch {
	case code != "" && codeForm.MatchString(code) && d.guard.safe(code):
		return status + " " + shortCode(code)
	case code != "":
		return status + " with another code"
	case e.Form == "html" || e.Form == "zip":
		return status + " " + e.Form
	}
	return status + " without a code"
}

// shortCode writes ROMA.00010012 as ROMA.10012: both numberings are documented.
func shortCode(code string) string {
	family, digits, ok := strings.Cut(code, ".")
	if n, err := strconv.Atoi(digits); ok && err == nil && n >= 1000 {
		return family + "." + strconv.Itoa(n)
	}
	return code
}

// fields are those of an answer that may be told.
func (d *doctor) fields(all ...exchange) []string {
	var told []string
	for _, e := range all {
		for _, field := range e.Fields {
			if inFacts[field] {
				told = append(told, field)
				continue
			}
			path, kind, typed := strings.Cut(field, ": ")
			if slash, ok := strings.CutPrefix(path, "/"); ok {
				path = "/" + d.guard.key(slash)
			} else if list, inner, nested := strings.Cut(path, "[]."); nested {
				path = list + "[]." + d.guard.key(inner)
			} else {
				path = d.guard.key(path)
			}
			if typed {
				path += ": " + kind
			}
			told = append(told, path)
		}
	}
	return told
}

// headers tells of the headers that matter, of all answers so far.
func (d *doctor) headers() {
	var ids, dates, after []string
	for _, e := range d.wire.since(0, "") {
		if e.Err || e.What == "key pair" {
			continue
		}
		id, date := "none", "missing"
		for _, name := range e.Headers {
			switch name {
			case "Date":
				date = "there"
			case "X-Request-Id", "X-Openstack-Request-Id", "X-Correlation-Id":
				if id == "none" || name == "X-Request-Id" {
					id = name
				}
			}
		}
		ids, dates = append(ids, id), append(dates, date)
		if e.RetryAfter != "" {
			after = append(after, e.RetryAfter)
		}
	}
	if !d.o.UseCSA {
		d.found("http.request_id", "", "", ids...)
	}
	d.found("http.date", "", "", dates...)
	d.found("http.retry_after", "", "", after...)
}

// refused says whether the credentials were.
func refused(err error) bool { return errors.Is(err, asset.ErrDenied) }

// unreached says whether there was no answer at all.
func unreached(err error) bool {
	_, answered := errors.AsType[*httpapi.Error](err)
	_, unusable := errors.AsType[*httpapi.AnswerError](err)
	return err != nil && !answered && !unusable
}
