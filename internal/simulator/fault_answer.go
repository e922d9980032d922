package simulator

import (
	"io"
	"net/http"
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

// answerEndless sends one JSON string of the given length, in pieces.
func (s *Simulator) answerEndless(c *call, f *Fault) {
	drain(c, f)
	c.w.Header().Set("Content-Type", orDefault(f.ContentType, "application/json"))
	c.w.WriteHeader(orDefault(f.Status, http.StatusOK))
	piece := make([]byte, 64<<10)
	for i := range piece {
		piece[i] = 'a'
	}
	_, err := io.WriteString(c.w, `{"job_id":"`)
	for left := orDefault(f.Bytes, endlessBytes); left > 0 && err == nil; left -= int64(len(piece)) {
		_, err = c.w.Write(piece[:min(left, int64(len(piece)))])
	}
	if err != nil {
		abort()
	}
	// The client that read so far is welcome to the end.
	_, _ = io.WriteString(c.w, `"}`)
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
	if body == "" {
		body = `{"apps":[],"tasks":[]}`
		if contentType == "text/html" {
			body = defaultHTML
		}
	}
	c.raw(http.StatusOK, orDefault(contentType, "application/json"), []byte(body))
}

// loseArchive deletes the package that a download asked for.
func (s *Simulator) loseArchive(c *call) {
	s.mu.Lock()
	c.instance = s.instanceByID(c.params["instance"])
	s.mu.Unlock()
	s.takeArchive(c)
}
