package doctor

import (
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// mostKept is how much of an answer is read for its shape, in bytes. The clients read no
// more of a JSON answer either.
const mostKept = 1 << 20

// exchange is one request and its answer, without any value of either.
type exchange struct {
	// What is the kind of request, such as "job".
	What   string
	Status int
	Took   time.Duration
	shape
	// MediaType is empty where there is none, or one that nobody knows.
	MediaType string
	// Length is "announced" or "chunked", Disposition the form of Content-Disposition.
	Length, Disposition string
	// Headers are the names of those that matter.
	Headers []string
	// RetryAfter is "seconds", "date", "another form" or empty.
	RetryAfter string
	// Offset is how far the server's clock is ahead; known only with Dated.
	Offset time.Duration
	Dated  bool
	// Bytes is how much of the body was read.
	Bytes int64
	// TLS are the facts of the connection; nil without TLS.
	TLS *handshake
	// Err: there was no answer.
	Err bool
}

// wire is an http.RoundTripper between the clients and the network. It keeps shapes.
type wire struct {
	mu   sync.Mutex
	seen []*exchange
}

// whats tell requests by their paths; the first that fits counts.
var whats = []struct {
	what string
	path *regexp.Regexp
}{
	{"login", regexp.MustCompile(`/v3(\.0)?/(auth/tokens|OS-AUTH/.*)$`)},
	{"key pair", regexp.MustCompile(`/(OS-CREDENTIAL/securitytokens|agencies/assume|latest/securitykey|latest/api/token)$`)},
	{"projects", regexp.MustCompile(`/v3/(projects|auth/domains)$`)},
	{"job", regexp.MustCompile(`/assets/jobs/[^/]+$`)},
	{"archive", regexp.MustCompile(`/assets/archives/[^/]+$`)},
	{"export", regexp.MustCompile(`/assets/export$`)},
	{"import", regexp.MustCompile(`/assets/import$`)},
	{"tasks", regexp.MustCompile(`/fdi/instances/[^/]+/tasks$`)},
	{"applications", regexp.MustCompile(`/instances/[^/]+/apps$`)},
	{"person", regexp.MustCompile(`/login/[^/]+/[^/]+/?$`)},
	{"organization", regexp.MustCompile(`/orgInformation/[^/]+$`)},
	{"offerings", regexp.MustCompile(`/catalog/[^/]+/offering$`)},
	{"catalogs", regexp.MustCompile(`/catalog$`)},
	{"csa export", regexp.MustCompile(`/export/[^/]+$`)},
	{"csa import", regexp.MustCompile(`/(rest)/import$`)},
	{"import result", regexp.MustCompile(`/import_result/[^/]+$`)},
}

func whatOf(r *http.Request) string {
	for _, w := range whats {
		if w.path.MatchString(r.URL.Path) {
			if w.what == "csa import" && r.URL.Query().Has("previewImport") {
				return "csa preview"
			}
			return w.what
		}
	}
	return "other"
}

// observe puts the wire before a transport.
func (w *wire) observe(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		what := whatOf(r)
		begin := time.Now()
		resp, err := next.RoundTrip(r)
		e := &exchange{What: what, Took: time.Since(begin), Err: err != nil}
		if err == nil {
			e.read(resp, begin)
			resp.Body = &kept{ReadCloser: resp.Body, wire: w, exchange: e, whole: e.archive()}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen = append(w.seen, e)
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// archive says whether the body is meant to be an archive, of which nothing is kept.
func (e *exchange) archive() bool {
	return (e.What == "archive" || e.What == "csa export") && e.Status == http.StatusOK
}

// requestIDs are headers in which servers name a request.
var requestIDs = []string{"X-Request-Id", "X-Openstack-Request-Id", "X-Correlation-Id"}

// headersThatMatter are those whose presence is told.
var headersThatMatter = slices.Concat([]string{
	"Date", "Retry-After", "Content-Length", "Content-Disposition", "Content-Encoding", "Content-Type", "Etag", "Server", "Set-Cookie", "Www-Authenticate",
}, requestIDs)

// mediaTypes are those that are told by their names.
var mediaTypes = []string{
	"application/json", "application/xml", "text/xml", "text/html", "text/plain", "application/zip", "application/octet-stream",
	"application/x-zip-compressed", "binary/octet-stream", "application/force-download", "application/x-download",
}

func (e *exchange) read(resp *http.Response, begin time.Time) {
	e.Status, e.TLS = resp.StatusCode, handshakeOf(resp.TLS)
	for _, name := range headersThatMatter {
		if resp.Header.Get(name) != "" {
			e.Headers = append(e.Headers, name)
		}
	}
	if media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil {
		if e.MediaType = media; !slices.Contains(mediaTypes, media) {
			e.MediaType = "(another type)"
		}
	}
	e.Length = "chunked"
	if resp.ContentLength >= 0 {
		e.Length = "announced"
	}
	e.Disposition = dispositionOf(resp.Header.Get("Content-Disposition"))
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		// The header has whole seconds, cut off, and was written while the answer was made.
		middle := begin.Add(e.Took / 2)
		e.Dated, e.Offset = true, at.Add(time.Second/2).Sub(middle)
	}
	if after := resp.Header.Get("Retry-After"); after != "" {
		e.RetryAfter = "another form"
		if _, err := strconv.Atoi(after); err == nil {
			e.RetryAfter = "seconds"
		} else if _, err := http.ParseTime(after); err == nil {
			e.RetryAfter = "date"
		}
	}
}

func dispositionOf(value string) string {
	if value == "" {
		return "none"
	}
	kind, parameters, err := mime.ParseMediaType(value)
	name := parameters["filename"]
	switch {
	case err != nil && strings.HasPrefix(strings.ToLower(value), "attachment"):
		return "attachment, unreadable"
	case err != nil || kind != "attachment":
		return "another form"
	case name == "":
		return "attachment without a name"
	case strings.HasSuffix(strings.ToLower(name), ".zip"):
		return "attachment with a name in .zip"
	}
	return "attachment with a name without .zip"
}

// kept reads along, and makes the shape when the body ends or is closed.
type kept struct {
	io.ReadCloser
	wire     *wire
	exchange *exchange
	// whole bodies are counted, and nothing is kept of them.
	whole bool
	data  []byte
	once  sync.Once
}

func (k *kept) Read(p []byte) (int, error) {
	n, err := k.ReadCloser.Read(p)
	k.wire.mu.Lock()
	k.exchange.Bytes += int64(n)
	k.wire.mu.Unlock()
	if room := mostKept - len(k.data); !k.whole && room > 0 {
		k.data = append(k.data, p[:min(n, room)]...)
	}
	if err != nil {
		k.end()
	}
	return n, err
}

func (k *kept) Close() error {
	k.end()
	return k.ReadCloser.Close()
}

func (k *kept) end() {
	k.once.Do(func() {
		if k.whole {
			return
		}
		s := shapeOf(k.data)
		k.data = nil
		k.wire.mu.Lock()
		defer k.wire.mu.Unlock()
		k.exchange.shape = s
	})
}

// mark is the place in the record for since.
func (w *wire) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen)
}

// since returns copies of the exchanges after a mark, of one kind or, with "", of all.
func (w *wire) since(mark int, what string) []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []exchange
	for _, e := range w.seen[mark:] {
		if what == "" || e.What == what {
			found = append(found, *e)
		}
	}
	return found
}

// last is the last answer of a kind after a mark; false if there was none.
func (w *wire) last(mark int, what string) (exchange, bool) {
	for _, e := range slices.Backward(w.since(mark, what)) {
		if !e.Err {
			return e, true
		}
	}
	return exchange{}, false
}
