package simulator

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"time"
)

const (
	// maxPut is the largest object that one PUT may bring: 5 GB (PutObject, OBS
	// and S3 API references).
	maxPut = 5 << 30
	// headerForbid is a header of OBS that SDKs use and no document describes.
	headerForbid = "X-Obs-Forbid-Overwrite"
	// defaultObjectType is the type of an object that was stored without one.
	defaultObjectType = "binary/octet-stream"
)

// storePut is PutObject. The conditions are looked at when the body is there,
// because that is when the object would come into being; for a client that
// waits for "100 Continue" also before.
func (s *Simulator) storePut(c *call) {
	if no := s.checkLength(c); no != nil {
		c.refuseStore(no)
		return
	}
	if c.waits() {
		s.mu.Lock()
		no := c.bucket.checkWrite(c)
		s.mu.Unlock()
		if no != nil {
			c.refuseStore(no)
			return
		}
	}
	if c.w.does(doHalf) {
		s.readHalf(c)
	}
	body, err := s.keep(c.r.Body)
	if err != nil || body.size != c.r.ContentLength {
		c.refuseStore(&refusal{
			status: http.StatusBadRequest, code: "IncompleteBody",
			message: "You did not provide the number of bytes specified by the Content-Length HTTP header",
		})
		return
	}
	o := &stored{
		body: body, contentType: orDefault(c.r.Header.Get("Content-Type"), defaultObjectType),
		meta: c.at.metadata(c.r.Header), modified: time.Now(),
	}
	if no := s.commit(c, o); no != nil {
		body.remove()
		c.refuseStore(no)
		return
	}
	c.w.Header().Set("Etag", o.etag())
	if o.version != nullVersion {
		c.setBoth("Version-Id", o.version)
	}
	c.w.Header().Set("Content-Length", "0")
	c.w.WriteHeader(http.StatusOK)
}

func (s *Simulator) checkLength(c *call) *refusal {
	longest := int64(maxPut)
	if s.opts.MaxBody > 0 {
		longest = min(longest, s.opts.MaxBody)
	}
	switch {
	case c.r.ContentLength < 0:
		return &refusal{
			status: http.StatusLengthRequired, code: "MissingContentLength",
			message: "You must provide the Content-Length HTTP header.",
		}
	case c.r.ContentLength > longest:
		return &refusal{
			status: http.StatusBadRequest, code: "EntityTooLarge",
			message: "Your proposed upload exceeds the maximum allowed object size.",
		}
	}
	return nil
}

// commit makes an object visible, all at once, if its conditions hold.
func (s *Simulator) commit(c *call, o *stored) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.entry.Object.Size, c.entry.Object.SHA256 = o.body.size, o.body.sha256
	if no := checkHashes(c.r, o.body); no != nil {
		return no
	}
	if c.w.does(doRaced) {
		s.intrude(c)
	}
	if no := c.bucket.checkWrite(c); no != nil {
		return no
	}
	c.bucket.add(c.at.key, o)
	c.entry.Object.StoredVersion = o.version
	if c.w.does(doReplaced) {
		s.intrude(c)
	}
	return nil
}

// checkHashes compares the body with what the client announced.
func checkHashes(r *http.Request, body *content) *refusal {
	if word := r.Header.Get(headerAmzHash); payloadHash64.MatchString(word) && word != body.sha256 {
		return &refusal{
			status: http.StatusBadRequest, code: "XAmzContentSHA256Mismatch",
			message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
		}
	}
	announced := r.Header.Get("Content-Md5")
	if announced == "" {
		return nil
	}
	sum, err := base64.StdEncoding.DecodeString(announced)
	if err != nil || hex.EncodeToString(sum) != body.md5 {
		return &refusal{
			status: http.StatusBadRequest, code: "BadDigest",
			message: "The Content-MD5 you specified did not match what we received.",
		}
	}
	return nil
}

// checkWrite looks at the conditions of a PUT and at WORM; the caller holds mu.
// OBS looks at its own header first.
func (b *bucket) checkWrite(c *call) *refusal {
	there := b.current(c.at.key)
	if there != nil && there.marker {
		there = nil
	}
	none, match := c.r.Header.Get("If-None-Match"), c.r.Header.Get("If-Match")
	switch {
	case b.IgnoreConditions:
	case there != nil && c.at.store.name == platformOBS && c.r.Header.Get(headerForbid) == "true":
		return &refusal{
			status: http.StatusConflict, code: "ObjectAlreadyExists",
			message: "The object you specified already exists and may not be overwritten.",
		}
	case none != "" && none != "*":
		return notImplemented()
	case none == "*" && there != nil:
		return preconditionFailed()
	case match != "" && there == nil:
		return usualRefusal(http.StatusNotFound)
	case match != "" && !matchesETag(match, there):
		return preconditionFailed()
	}
	if b.Worm && !b.Versioning && there != nil {
		return objectLocked()
	}
	return nil
}

func preconditionFailed() *refusal {
	return &refusal{
		status: http.StatusPreconditionFailed, code: "PreconditionFailed",
		message: "At least one of the pre-conditions you specified did not hold",
	}
}

func objectLocked() *refusal {
	return accessDenied("Access Denied because object protected by object lock.")
}

// storeBegin is InitiateMultipartUpload, in S3 CreateMultipartUpload. Parts are
// not simulated, so such an upload can be aborted only.
func (s *Simulator) storeBegin(c *call) {
	c.finishBody()
	id := randomHex(16)
	s.locked(func() {
		c.bucket.uploads[id] = c.at.key
		c.entry.Object.UploadID = id
	})
	namespace := s3Namespace
	if c.at.store.name == platformOBS {
		namespace = obsNamespace
	}
	c.xml(http.StatusOK, struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		XMLNS    string   `xml:"xmlns,attr"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{XMLNS: namespace, Bucket: c.at.bucket, Key: c.at.key, UploadID: id})
}

// storeAbort is AbortMultipartUpload.
func (s *Simulator) storeAbort(c *call) {
	found := false
	s.locked(func() {
		if found = c.bucket.uploads[c.at.upload] == c.at.key; found {
			delete(c.bucket.uploads, c.at.upload)
		}
	})
	if !found {
		c.refuseStore(&refusal{
			status: http.StatusNotFound, code: "NoSuchUpload",
			message: "The specified multipart upload does not exist.",
		})
		return
	}
	c.w.WriteHeader(http.StatusNoContent)
}

// storeDelete is DeleteObject. What is not there is deleted all the same.
func (s *Simulator) storeDelete(c *call) {
	if no := s.deleteObject(c); no != nil {
		c.refuseStore(no)
		return
	}
	c.w.WriteHeader(http.StatusNoContent)
}

func (s *Simulator) deleteObject(c *call) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, key, version := c.bucket, c.at.key, c.at.version
	if version == "" && b.Versioning {
		marker := &stored{marker: true, modified: time.Now()}
		b.add(key, marker)
		c.w.Header().Set("X-Amz-Delete-Marker", "true")
		c.setBoth("Version-Id", marker.version)
		return nil
	}
	there := b.current(key) != nil
	if version != "" {
		_, no := b.find(c.at)
		there = no == nil
	}
	if b.Worm && there {
		return objectLocked()
	}
	if was := b.remove(key, orDefault(version, nullVersion)); was != nil && was.marker {
		c.w.Header().Set("X-Amz-Delete-Marker", "true")
	}
	if version != "" {
		c.setBoth("Version-Id", version)
	}
	return nil
}
