package simulator

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// storeGet is GetObject and HeadObject.
func (s *Simulator) storeGet(c *call) {
	s.mu.Lock()
	if c.w.does(doReplaced) && c.entry.Kind == kindStoreGet {
		s.intrude(c)
	}
	o, no := c.bucket.find(c.at)
	if no == nil {
		no = c.bucket.checkRead(c.r, o)
	}
	if no != nil {
		s.mu.Unlock()
		c.refuseStore(no)
		return
	}
	// The body is opened before anybody can replace the object.
	body, err := o.body.open()
	if c.w.does(doReplaced) && c.entry.Kind == kindStoreHead {
		s.intrude(c)
	}
	versioned := c.bucket.Versioning
	s.mu.Unlock()
	if err != nil {
		c.refuseStore(usualRefusal(http.StatusInternalServerError))
		return
	}
	c.cleanup = append(c.cleanup, func() {
		// Nothing is lost with a file that was only read.
		_ = body.Close()
	})
	c.describe(o, versioned)
	c.sendObject(o, body)
}

// checkRead looks at the conditions of a GET or HEAD; the caller holds mu.
func (b *bucket) checkRead(r *http.Request, o *stored) *refusal {
	if b.IgnoreConditions {
		return nil
	}
	if want := r.Header.Get("If-Match"); want != "" && !matchesETag(want, o) {
		return preconditionFailed()
	}
	if not := r.Header.Get("If-None-Match"); not != "" && matchesETag(not, o) {
		return &refusal{status: http.StatusNotModified, headers: map[string]string{"Etag": o.etag()}}
	}
	return nil
}

func matchesETag(list string, o *stored) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.Trim(one, `"`) == o.body.md5 {
			return true
		}
	}
	return false
}

// describe sets the headers that tell what an object is.
func (c *call) describe(o *stored, versioned bool) {
	h := c.w.Header()
	h.Set("Etag", o.etag())
	h.Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Type", o.contentType)
	if versioned || o.version != nullVersion {
		c.setBoth("Version-Id", o.version)
	}
	if c.w.does(doWrongMetadata) {
		return
	}
	for name, value := range o.meta {
		h.Set(name, value)
	}
}

// sendObject sends an object or the range of it that was asked for.
func (c *call) sendObject(o *stored, body io.ReaderAt) {
	h, size := c.w.Header(), o.body.size
	first, length, ranged, ok := parseRange(c.r.Header.Get("Range"), size)
	if !ok {
		c.refuseStore(&refusal{
			status: http.StatusRequestedRangeNotSatisfiable, code: "InvalidRange",
			message: "The requested range is not satisfiable",
			headers: map[string]string{"Content-Range": fmt.Sprintf("bytes */%d", size)},
		})
		return
	}
	status := http.StatusOK
	if ranged {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+length-1, size))
	}
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return
	}
	part := io.NewSectionReader(body, first, length)
	if _, err := io.CopyBuffer(struct{ io.Writer }{c.w}, struct{ io.Reader }{part}, make([]byte, copyBuffer)); err != nil {
		abort()
	}
}

// parseRange reads one range of bytes. What is no single range is ignored, as
// RFC 9110 allows and S3 does; ok is false for one that is not there.
func parseRange(header string, size int64) (first, length int64, ranged, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(spec, "-")
	if !found || !dash || strings.Contains(spec, ",") {
		return 0, size, false, true
	}
	last := size - 1
	first, errFrom := strconv.ParseInt(from, 10, 64)
	end, errTo := strconv.ParseInt(to, 10, 64)
	switch {
	case from == "" && errTo == nil && end >= 0:
		// The last bytes; none of them is a range that is not there.
		first = size - min(end, size)
	case from != "" && errFrom == nil && to == "":
	case errFrom == nil && errTo == nil && first <= end:
		last = min(last, end)
	default:
		return 0, size, false, true
	}
	if first >= size {
		return 0, 0, false, false
	}
	return first, last - first + 1, true, true
}
