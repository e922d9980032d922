package simulator

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// endlessBytes is the default length of an endless body.
const endlessBytes = 1 << 30

// defaultHTML is what a proxy in between says.
const defaultHTML = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n" +
	"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

// drain reads the request to its end, unless the fault answers without.
func drain(c *call, f *Fault) {
	if f.Unread {
		return
	}
	// A request that breaks off is answered like any other.
	_, _ = io.Copy(io.Discard, c.r.Body)
}

func (s *Simulator) answerBusy(c *call, f *Fault) {
	drain(c, f)
	c.fail(s.busy())
}

// answerStatus answers with a status and, unless a body is given, with an
// error in the shape of the platform.
func (s *Simulator) answerStatus(c *call, f *Fault) {
	drain(c, f)
	for name, value := range f.Headers {
		c.w.Header().Set(name, value)
	}
	if f.Body != "" {
		c.raw(f.Status, orDefault(f.ContentType, "text/html"), []byte(f.Body))
		return
	}
	if c.server != nil {
		c.failCSA(f.Status, orDefault(f.Message, csaUsual(f.Status)))
		return
	}
	if c.at != nil {
		c.answerStoreStatus(f)
		return
	}
	if c.entry.Platform == platformMetadata {
		c.metadataText(f.Status, orDefault(f.Message, http.StatusText(f.Status)))
		return
	}
	code, message := s.usual(f.Status)
	code = orDefault(f.Code, code)
	c.fail(&failure{
		status: f.Status, code: code, message: orDefault(f.Message, message),
		gateway: strings.HasPrefix(code, "APIG"), keystone: c.entry.Platform == platformIAM,
	})
}

// usual is the documented error for a status, where there is one.
func (s *Simulator) usual(status int) (code, message string) {
	switch status {
	case http.StatusUnauthorized:
		return gatewayAuth, "Incorrect IAM authentication information: decrypt token fail"
	case http.StatusForbidden:
		return s.code(codeNoPermission), "No permission"
	case http.StatusRequestEntityTooLarge:
		return gatewayTooLarge, "Request entity too large"
	case http.StatusTooManyRequests:
		return gatewayThrottled, "The throttling threshold has been reached: policy user over ratelimit,limit:60,time:1 minute"
	default:
		return s.code(codeSystem), http.StatusText(status)
	}
}

func (s *Simulator) answerRaw(c *call, f *Fault) {
	drain(c, f)
	for name, value := range f.Headers {
		c.w.Header().Set(name, value)
	}
	c.raw(orDefault(f.Status, http.StatusOK), orDefault(f.ContentType, "application/json"), []byte(f.Body))
}

// answerHTML answers with a page for people: that of a proxy in between, or
// the login page of CSA's console.
func (s *Simulator) answerHTML(c *call, f *Fault) {
	drain(c, f)
	c.raw(orDefault(f.Status, http.StatusOK), htmlType, []byte(c.page()))
}

func (c *call) page() string {
	if c.server != nil {
		return consolePage
	}
	return defaultHTML
}

// answerRedirect sends the client to another place. A location without a path
// gets that of the request, and its query.
func (s *Simulator) answerRedirect(c *call, f *Fault) {
	drain(c, f)
	to := f.Location
	// The fault was checked when it was ordered.
	if u, err := url.Parse(to); err == nil && strings.Trim(u.Path, "/") == "" {
		to = u.Scheme + "://" + u.Host + c.r.URL.RequestURI()
	}
	c.w.Header().Set("Location", to)
	c.raw(orDefault(f.Status, http.StatusTemporaryRedirect), htmlType, []byte("<a href=\"/\">moved</a>\n"))
}

// answerEndless sends one JSON string, or for CSA one XML element, of the given
// length, in pieces.
func (s *Simulator) answerEndless(c *call, f *Fault) {
	drain(c, f)
	contentType, begin, end := "application/json", `{"job_id":"`, `"}`
	if c.server != nil {
		contentType, begin, end = xmlType, "<ImportOperationResult><importSummary>", "</importSummary></ImportOperationResult>"
	}
	if c.at != nil {
		contentType, begin, end = storeXML, "<Error><Message>", "</Message></Error>"
	}
	c.w.Header().Set("Content-Type", orDefault(f.ContentType, contentType))
	c.w.WriteHeader(orDefault(f.Status, http.StatusOK))
	piece := make([]byte, 64<<10)
	for i := range piece {
		piece[i] = 'a'
	}
	_, err := io.WriteString(c.w, begin)
	for left := orDefault(f.Bytes, endlessBytes); left > 0 && err == nil; left -= int64(len(piece)) {
		_, err = c.w.Write(piece[:min(left, int64(len(piece)))])
	}
	if err != nil {
		abort()
	}
	// The client that read so far is welcome to the end.
	_, _ = io.WriteString(c.w, end)
}

// answerNever waits for the client to go away. Only after the request was
// read can the server notice that.
func (s *Simulator) answerNever(c *call, f *Fault) {
	drain(c, f)
	select {
	case <-c.r.Context().Done():
	case <-s.done:
	}
	abort()
}

func (s *Simulator) answerDrop(c *call, f *Fault) {
	drain(c, f)
	abort()
}

// answerNotZip answers a download with something else; the package is gone.
func (s *Simulator) answerNotZip(c *call, f *Fault) {
	s.loseArchive(c)
	contentType, body := f.ContentType, f.Body
	if c.server != nil {
		contentType = orDefault(contentType, htmlType)
	}
	if body == "" {
		body = `{"apps":[],"tasks":[]}`
		if strings.HasPrefix(contentType, "text/html") {
			body = c.page()
		}
	}
	c.raw(http.StatusOK, orDefault(contentType, "application/json"), []byte(body))
}

// loseArchive deletes the package that a download asked for. An export of CSA
// can be repeated.
func (s *Simulator) loseArchive(c *call) {
	if c.server != nil {
		return
	}
	s.mu.Lock()
	c.instance = s.instanceByID(c.params["instance"])
	s.mu.Unlock()
	s.takeArchive(c)
}
