package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Served is a package that was sent to its last byte. For CSA its id is that of
// the artifact.
type Served struct {
	ArchiveID string `json:"archive_id"`
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
}

// ServedArchives are the packages that were sent completely, in that order. A
// package is here before a client can have read its last byte.
func (s *Simulator) ServedArchives() []Served {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Served{}, s.served...)
}

// download is DownloadAssetArchive. The package is deleted when its download
// begins, so a broken download loses it.
func (s *Simulator) download(c *call) {
	a := s.takeArchive(c)
	if a == nil {
		s.answerTaken(c)
		return
	}
	size, err := a.size()
	if err != nil {
		c.fail(s.refuse(http.StatusInternalServerError, codeSystem, "The package cannot be made: %v", err))
		return
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="asset.zip"`)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	out := &sending{w: c.w, sim: s, hash: sha256.New(), served: Served{ArchiveID: a.id, Size: size}}
	if err := a.writeTo(out); err != nil {
		abort()
	}
}

// takeArchive finds a package and deletes it.
func (s *Simulator) takeArchive(c *call) *archive {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	c.entry.ArchiveID = c.params["id"]
	a := s.archives[c.params["id"]]
	if a == nil || a.gone() || a.inst != c.instance {
		return nil
	}
	a.taken = now
	for _, j := range s.jobs {
		if j.archive == a {
			c.entry.JobID = j.id
		}
	}
	return a
}

// answerTaken is the answer for a package that was taken, expired or never was, which
// no document describes.
func (s *Simulator) answerTaken(c *call) {
	status := s.opts.SecondDownload
	if status == http.StatusOK {
		// The documents of 2022 show this table as the body of a download.
		c.json(status, map[string]any{"apps": []any{}, "tasks": []any{}})
		return
	}
	number := codeInvalid
	if status == http.StatusForbidden {
		number = codeNoPermission
	}
	c.fail(s.refuse(status, number, "The asset archive %s does not exist or was already downloaded", c.params["id"]))
}

// sending hashes a package on its way out.
type sending struct {
	w      io.Writer
	sim    *Simulator
	hash   hash.Hash
	served Served
	sent   int64
}

func (o *sending) Write(p []byte) (int, error) {
	// Writing to a hash cannot fail.
	_, _ = o.hash.Write(p)
	if o.sent+int64(len(p)) < o.served.Size {
		n, err := o.w.Write(p)
		o.sent += int64(n)
		return n, err
	}
	// The last byte goes out alone, after the package was recorded.
	last := len(p) - 1
	if n, err := o.w.Write(p[:last]); err != nil {
		return n, err
	}
	o.served.SHA256 = hex.EncodeToString(o.hash.Sum(nil))
	o.sim.locked(func() { o.sim.served = append(o.sim.served, o.served) })
	if _, err := o.w.Write(p[last:]); err != nil {
		return last, fmt.Errorf("last byte: %w", err)
	}
	o.sent += int64(len(p))
	return len(p), nil
}
