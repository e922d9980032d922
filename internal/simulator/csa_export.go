package simulator

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"time"
)

// csaExport is the Export API (CSA 4.90 API reference): it streams the zip of
// an artifact without knowing how long it will be.
func (s *Simulator) csaExport(c *call) {
	var content *contentArchive
	var f *failure
	s.locked(func() {
		a := c.server.artifact(c.params["id"])
		switch {
		case a == nil || a.Type == typeProvider:
			f = csaFailure(http.StatusNotFound, "Artifact %s does not exist", c.params["id"])
		case a.Forbidden || c.person.forbidden:
			f = csaFailure(http.StatusForbidden, "%s", csaUsual(http.StatusForbidden))
		default:
			content = newContentArchive(c.server, a, noise{quiet: s.opts.RepeatableExports}, time.Now())
		}
	})
	if f != nil {
		c.fail(f)
		return
	}
	exportHeaders(c.w.Header(), content.items[0].fileName())
	c.w.WriteHeader(http.StatusOK)
	if !c.w.does(doDropAfter) {
		// Else net/http would announce the length of a small archive.
		c.w.flush()
	}
	out := &withheld{w: c.w, hash: sha256.New()}
	buffer := bufio.NewWriterSize(out, 64<<10)
	err := content.writeTo(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	if err != nil {
		abort()
	}
	// The last byte goes out after the archive was recorded.
	served := Served{ArchiveID: c.params["id"], SHA256: hex.EncodeToString(out.hash.Sum(nil)), Size: out.size}
	if !c.w.does(doDropAfter) && !c.w.does(doCut) {
		s.locked(func() { s.served = append(s.served, served) })
	}
	if _, err := c.w.Write(out.last); err != nil {
		abort()
	}
}

// exportHeaders are those of the documented example: the name in the
// disposition has no ending, and no blank stands before it.
func exportHeaders(h http.Header, name string) {
	h.Set("Cache-Control", "must-revalidate, post-check=0, pre-check=0")
	h.Set("Content-Disposition", `attachment;filename="`+latin1(name)+`"`)
	h.Set("Content-Type", zipType)
	h.Set("Expires", "0")
	h.Set("Pragma", "public")
	h["content-transfer-encoding"] = []string{"binary"}
}

// latin1 writes a header in the character set of a servlet container, which
// has a question mark for anything else.
func latin1(text string) string {
	var b []byte
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return string(b)
}

// withheld keeps back the last byte of what is written through it.
type withheld struct {
	w    io.Writer
	hash hash.Hash
	size int64
	last []byte
}

func (o *withheld) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	// Writing to a hash cannot fail.
	_, _ = o.hash.Write(p)
	o.size += int64(len(p))
	for _, part := range [][]byte{o.last, p[:len(p)-1]} {
		if len(part) == 0 {
			continue
		}
		if _, err := o.w.Write(part); err != nil {
			return 0, err
		}
	}
	o.last = append(o.last[:0], p[len(p)-1])
	return len(p), nil
}
