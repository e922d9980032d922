package simulator

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// storeXML is the type of bodies of a store that are no objects.
const storeXML = "application/xml"

// Namespaces of the answers of S3 and OBS.
const (
	s3Namespace  = "http://s3.amazonaws.com/doc/2006-03-01/"
	obsNamespace = "http://obs." + region + ".myhuaweicloud.com/doc/2015-06-30/"
)

// refusal is an answer of a store that is an error.
type refusal struct {
	status        int
	code, message string
	// region and endpoint tell where the bucket is, location where the object.
	region, endpoint, location string
	// headers are further headers of the answer.
	headers map[string]string
}

func accessDenied(message string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "AccessDenied", message: message}
}

func invalidArgument(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidArgument", message: message}
}

func malformedAuthorization(message, region string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "AuthorizationHeaderMalformed", message: message, region: region}
}

func expiredToken() *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ExpiredToken", message: "The provided token has expired."}
}

func notImplemented() *refusal {
	return &refusal{
		status: http.StatusNotImplemented, code: "NotImplemented",
		message: "A header you provided implies functionality that is not implemented.",
	}
}

// usualRefusal is the documented code for a status, where there is one.
func usualRefusal(status int) *refusal {
	no := &refusal{status: status, code: "InternalError", message: http.StatusText(status)}
	switch status {
	case http.StatusMovedPermanently:
		no.code = "PermanentRedirect"
	case http.StatusBadRequest:
		no.code = "InvalidRequest"
	case http.StatusForbidden:
		no.code = "AccessDenied"
	case http.StatusNotFound:
		no.code = "NoSuchKey"
	case http.StatusConflict:
		no.code = "OperationAborted"
	case http.StatusPreconditionFailed:
		no.code = "PreconditionFailed"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		no.code, no.message = "SlowDown", "Please reduce your request rate."
	case http.StatusNotImplemented:
		no.code = "NotImplemented"
	}
	return no
}

// greetStore sets the headers that every answer of a store has. OBS has the
// ids under both names.
func (c *call) greetStore() {
	h := c.w.Header()
	if c.at.store.name == platformOBS {
		h.Set("X-Obs-Request-Id", c.requestID)
		h.Set("X-Obs-Id-2", c.requestID)
	}
	h.Set("X-Amz-Request-Id", c.requestID)
	h.Set("X-Amz-Id-2", c.requestID)
	h.Set("Date", c.at.store.sim.clock().UTC().Format(http.TimeFormat))
}

// setBoth sets a header that OBS has under two names.
func (c *call) setBoth(name, value string) {
	c.w.Header().Set("X-Amz-"+name, value)
	if c.at.store.name == platformOBS {
		c.w.Header().Set("X-Obs-"+name, value)
	}
}

// refuseStore answers with an error. An answer to HEAD has no body, so the
// status is all that it tells; neither has 304.
func (c *call) refuseStore(no *refusal) {
	c.finishBody()
	if no.location != "" {
		c.w.Header().Set("Location", no.location)
	}
	if no.region != "" {
		c.setBoth("Bucket-Region", no.region)
	}
	for name, value := range no.headers {
		c.w.Header().Set(name, value)
	}
	if c.r.Method == http.MethodHead || no.status == http.StatusNotModified {
		c.w.Header().Set("Content-Type", storeXML)
		c.w.WriteHeader(no.status)
		return
	}
	c.xml(no.status, struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		Region    string `xml:",omitempty"`
		Endpoint  string `xml:",omitempty"`
		Bucket    string `xml:"BucketName,omitempty"`
		Key       string `xml:",omitempty"`
		RequestID string `xml:"RequestId"`
		HostID    string `xml:"HostId"`
	}{
		Code: no.code, Message: no.message, Region: no.region, Endpoint: no.endpoint,
		Bucket: c.at.bucket, Key: c.at.key, RequestID: c.requestID, HostID: c.requestID,
	})
}

// finishBody reads the request to its end, so that the client has sent
// everything when it is answered. One that waits for "100 Continue" is answered
// without; net/http would read its body if the connection were to stay.
func (c *call) finishBody() {
	if c.waits() {
		c.w.Header().Set("Connection", "close")
		return
	}
	// A request that breaks off is answered like any other.
	_, _ = io.Copy(io.Discard, c.r.Body)
}

func (c *call) waits() bool {
	return strings.EqualFold(c.r.Header.Get("Expect"), "100-continue")
}

// xml answers with an XML body of known length.
func (c *call) xml(status int, body any) {
	data, err := xml.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own answer: %v", err))
	}
	c.raw(status, storeXML, append([]byte(xml.Header), data...))
}

// storeOther answers for what is not simulated: lists, buckets, parts, copies.
func (s *Simulator) storeOther(c *call) {
	c.refuseStore(notImplemented())
}
