package csa

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// PageError is an HTML page in place of what was asked for, which containers
// and login pages send with status 200 too. It is the cause of an
// *httpapi.AnswerError.
type PageError struct {
	// Title is the page's, on one line, at most 200 bytes and without secrets; it may be empty.
	Title string
}

func (e *PageError) Error() string { return fmt.Sprintf("an HTML page with the title %q", e.Title) }

// shown makes what a parser quotes of an answer fit to be seen.
func (c *Client) shown(err error) error {
	if page, ok := errors.AsType[*PageError](err); ok {
		// Not the other way round: a half of a secret is not recognised.
		return &PageError{Title: short(c.Redact(page.Title))}
	}
	return err
}

// decodeXML reads a document whose root has one of the names, in any case and
// any name space. Entities other than the five of XML are errors: a document
// type is skipped and never looked at.
func decodeXML(data []byte, into any, roots ...string) error {
	d := newDecoder(bytes.NewReader(data))
	root, err := rootOf(d)
	switch {
	case err != nil:
	case slices.ContainsFunc(roots, func(name string) bool { return strings.EqualFold(name, root.Name.Local) }):
		if err = d.DecodeElement(into, &root); err == nil {
			return nil
		}
	default:
		err = fmt.Errorf("the document is %q", short(root.Name.Local))
	}
	if page := pageOf(data); page != nil {
		return page
	}
	return fmt.Errorf("no %s: %w", roots[0], err)
}

func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset
	return d
}

// charset serves the encodings besides UTF-8 that need no table.
func charset(name string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "iso-8859-1", "us-ascii":
		return &latin1{r: r}, nil
	}
	return nil, fmt.Errorf("the encoding %q is not supported", short(name))
}

type latin1 struct {
	r    io.Reader
	rest []byte
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		raw := make([]byte, 512)
		n, err := l.r.Read(raw)
		for _, b := range raw[:n] {
			l.rest = append(l.rest, string(rune(b))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func rootOf(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return start, nil
		}
	}
}

var (
	pageStart = regexp.MustCompile(`(?i)<(!doctype\s+html|html)\b`)
	pageTitle = regexp.MustCompile(`(?is)<title\b[^>]*>(.*?)</title>`)
	markup    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// pageOf recognises an HTML page, also behind comments and blank lines, or
// returns nil.
func pageOf(data []byte) error {
	if !pageStart.Match(data[:min(len(data), 4<<10)]) {
		return nil
	}
	page := new(PageError)
	if title := pageTitle.FindSubmatch(data); title != nil {
		page.Title = single(html.UnescapeString(markup.ReplaceAllString(string(title[1]), " ")))
	}
	return page
}

// single trims a text and makes its white space single: the samples of the
// documents have line breaks inside of elements.
func single(text string) string { return strings.Join(strings.Fields(text), " ") }

// solid removes all white space, for ids.
func solid(text string) string { return strings.Join(strings.Fields(text), "") }

// short cuts a server's word that an error quotes.
func short(text string) string {
	const limit = 200
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

const (
	// maxList is the longest list that is read, in bytes: a catalog with some
	// hundred offerings in full detail, or some thousand in basic detail.
	maxList = 8 << 20
	// maxAnswer is the longest answer to an import that is read: some have a section about the
	// relationships of the artifacts.
	maxAnswer = 16 << 20
)

// readFrom reads what body reads of an answer, at most limit bytes, and hands it to parse. Its errors are
// *httpapi.AnswerError and *brokenError. It does not close the answer.
func (c *Client) readFrom(body io.Reader, answer *httpapi.Answer, limit int, parse func([]byte) error) error {
	data, err := io.ReadAll(io.LimitReader(body, int64(limit)+1))
	if err != nil {
		return &brokenError{err}
	}
	if len(data) > limit {
		return answer.Unusable(data[:limit], fmt.Errorf("the answer is longer than %d bytes", limit))
	}
	if err := parse(data); err != nil {
		return answer.Unusable(data, c.shown(err))
	}
	return nil
}

// brokenError is an answer that broke off.
type brokenError struct{ error }

func (e *brokenError) Error() string { return "the answer broke off: " + e.error.Error() }

func (e *brokenError) Unwrap() error { return e.error }
