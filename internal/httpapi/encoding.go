package httpapi

import (
	"bufio"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// encodingOf is how the body of an answer is encoded although identity was asked
// for: some hops compress what they pass on. Empty where it is not.
func encodingOf(h http.Header) string {
	var encodings []string
	for word := range strings.SplitSeq(strings.ToLower(strings.Join(h.Values("Content-Encoding"), ",")), ",") {
		// Each hop may add its own.
		if word = strings.TrimSpace(word); word != "" && word != "identity" {
			encodings = append(encodings, word)
		}
	}
	return strings.Join(encodings, ", ")
}

// Encoding is how the body is encoded, empty where it is as it was asked for. The
// digests and lengths of an archive are not those of such a body.
func (a *Answer) Encoding() string {
	return truncate(a.try.client.redactor.Clean(encodingOf(a.Header)), maxWord)
}

// decoded is the body of an answer that is read as text. Whoever reads it limits
// how much.
func decoded(resp *http.Response) io.ReadCloser {
	switch encodingOf(resp.Header) {
	case "gzip", "x-gzip":
		return &gunzip{body: resp.Body}
	}
	return resp.Body
}

// gunzip begins to decode with the first read, so that an empty body is one.
type gunzip struct {
	body   io.ReadCloser
	reader io.Reader
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.reader == nil {
		begin := bufio.NewReader(g.body)
		// Some hops say that they have encoded what they pass on, and have not.
		if magic, err := begin.Peek(len(gzipMagic)); err != nil || string(magic) != gzipMagic {
			g.reader = begin
		} else if g.reader, err = gzip.NewReader(begin); err != nil {
			return 0, err
		}
	}
	return g.reader.Read(p)
}

// gzipMagic begins each such stream (RFC 1952, 2.3.1).
const gzipMagic = "\x1f\x8b"

func (g *gunzip) Close() error { return g.body.Close() }
