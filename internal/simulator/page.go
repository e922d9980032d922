package simulator

import (
	"crypto/sha256"
	_ "embed" // The page.
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// pageHTML is all that a browser gets: style and script are in it.
//
//go:embed page.html
var pageHTML string

// pagePolicy lets the page run its own style and script, which it names by
// their hashes, ask the Simulator, and nothing else.
var pagePolicy = strings.Join([]string{
	"default-src 'none'",
	"style-src " + hashOf("style"),
	"script-src " + hashOf("script"),
	"connect-src 'self'",
	"img-src data:",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
}, "; ")

// hashOf is the source of an element of the page as CSP Level 3 writes it.
func hashOf(element string) string {
	_, rest, _ := strings.Cut(pageHTML, "<"+element+">")
	text, _, found := strings.Cut(rest, "</"+element+">")
	if !found {
		panic("the page has no element " + element)
	}
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// servePage answers the page, which is the same for everybody.
func servePage(w http.ResponseWriter) {
	h := w.Header()
	protect(h)
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	// The client that went away needs no answer.
	_, _ = w.Write([]byte(pageHTML))
}

// looks tells whether a request changes nothing: net/http leaves the body of an
// answer to HEAD away.
func looks(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// protect keeps other sites from using what is answered.
func protect(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// errNotHere refuses a request that a page of somebody else made.
var errNotHere = errors.New("refused")

// admitControl refuses what a browser sends for a page of somebody else: by the
// name of the host, which a foreign page can make point to this machine, and by
// the origin. Programs send no origin and are let in.
func admitControl(r *http.Request) error {
	if !localHost(r) {
		return fmt.Errorf("%w: the host has to be a loopback address or localhost", errNotHere)
	}
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		return fmt.Errorf("%w: %w", errNotHere, err)
	}
	return nil
}

// localHost tells whether the request names the host as Serve listens there: a
// loopback address or localhost.
func localHost(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
