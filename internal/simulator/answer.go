package simulator

import (
	"context"
	"net/http"
	"time"
)

// answerWriter sends an answer, counts it in the log and lets a fault of the
// transport shape it: slow, cut, drop_after.
type answerWriter struct {
	w     http.ResponseWriter
	sim   *Simulator
	ctx   context.Context
	entry *Request
	fault *Fault
	wrote bool
	sent  int64
}

func (a *answerWriter) Header() http.Header {
	return a.w.Header()
}

func (a *answerWriter) does(action string) bool {
	return a.fault != nil && a.fault.Do == action
}

// WriteHeader sends the status. The log has it before the client can.
func (a *answerWriter) WriteHeader(status int) {
	if a.wrote {
		return
	}
	a.wrote = true
	if a.does(doDropAfter) {
		return
	}
	if a.does(doSlow) && a.fault.DelayMS > 0 {
		a.sim.wait(a.ctx, time.Duration(a.fault.DelayMS)*time.Millisecond)
	}
	if a.does(doCut) && a.fault.Chunked {
		a.Header().Del("Content-Length")
	}
	a.sim.locked(func() { a.entry.Status = status })
	a.w.WriteHeader(status)
	if a.does(doCut) && a.fault.Chunked {
		// Otherwise net/http would announce the length of a short body.
		a.flush()
	}
}

// Write sends a part of the body.
func (a *answerWriter) Write(p []byte) (int, error) {
	if !a.wrote {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.does(doDropAfter):
		return len(p), nil
	case a.does(doCut):
		return a.writeCut(p)
	case a.does(doSlow) && a.fault.BytesPerSecond > 0:
		return a.writeSlowly(p)
	}
	return a.send(p)
}

func (a *answerWriter) send(p []byte) (int, error) {
	a.sim.locked(func() { a.entry.BytesOut += int64(len(p)) })
	n, err := a.w.Write(p)
	a.sent += int64(n)
	return n, err
}

// writeCut sends up to the fault's number of bytes. Then the connection ends,
// or, in the chunked form, the body ends as if it were complete.
func (a *answerWriter) writeCut(p []byte) (int, error) {
	left := a.fault.Bytes - a.sent
	if int64(len(p)) < left {
		return a.send(p)
	}
	if left > 0 {
		if n, err := a.send(p[:left]); err != nil {
			return n, err
		}
	}
	if a.fault.Chunked {
		return len(p), nil
	}
	a.flush()
	abort()
	return 0, nil
}

// writeSlowly sends ten pieces a second.
func (a *answerWriter) writeSlowly(p []byte) (int, error) {
	const piecesPerSecond = 10
	size := max(1, a.fault.BytesPerSecond/piecesPerSecond)
	gap := time.Duration(size) * time.Second / time.Duration(a.fault.BytesPerSecond)
	written := 0
	for written < len(p) {
		n, err := a.send(p[written:min(len(p), written+size)])
		written += n
		if err != nil {
			return written, err
		}
		a.flush()
		a.sim.wait(a.ctx, gap)
	}
	return written, nil
}

// flush sends what net/http buffers. A writer that cannot flush sends nothing
// before the end, which is all that is lost.
func (a *answerWriter) flush() {
	_ = http.NewResponseController(a.w).Flush()
}
