package simulator

import (
	"io"
	"net/http"
	"time"
)

// Actions of faults that only stores know.
const (
	doExpiredToken  = "expired_token"
	doHalf          = "half"
	doRaced         = "raced"
	doReplaced      = "replaced"
	doWrongMetadata = "wrong_metadata"
)

// storeKinds are those of the stores.
var storeKinds = []string{
	kindStoreHead, kindStoreGet, kindStorePut, kindStoreBegin, kindStoreAbort, kindStoreDelete,
	kindStorePart, kindStoreComplete, kindStoreOther,
}

// defaultIntruder is what another client stores.
const defaultIntruder = "stored by another client\n"

// answerExpiredToken answers as to a temporary key pair that has ended.
func (s *Simulator) answerExpiredToken(c *call, f *Fault) {
	c.answerEarly(f)
	c.refuseStore(expiredToken())
}

// answerStoreStatus answers with an error of a store.
func (c *call) answerStoreStatus(f *Fault) {
	no := usualRefusal(f.Status)
	no.code, no.message = orDefault(f.Code, no.code), orDefault(f.Message, no.message)
	c.answerEarly(f)
	c.refuseStore(no)
}

// answerEarly leaves the body alone, which an answer of a store would wait for,
// if the fault says so.
func (c *call) answerEarly(f *Fault) {
	if f.Unread {
		c.r.Body = http.NoBody
	}
}

// readHalf reads a part of the body, half of it unless the fault says how many
// bytes, and closes the connection.
func (s *Simulator) readHalf(c *call) {
	half := orDefault(c.w.fault.Bytes, c.r.ContentLength/2)
	// A client that breaks off by itself is not waited for.
	_, _ = io.CopyN(io.Discard, c.r.Body, half)
	abort()
}

// intrude stores an object under the key of the request, as another client
// would at that moment; the caller holds mu.
func (s *Simulator) intrude(c *call) {
	c.bucket.add(c.at.key, &stored{
		body:        inMemoryContent([]byte(orDefault(c.w.fault.Body, defaultIntruder))),
		contentType: defaultObjectType, modified: time.Now(),
	})
}
