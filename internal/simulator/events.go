package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	// eventPace is how often somebody looks for changes: nothing tells of them,
	// because the end of a job is a time and no event.
	eventPace = 200 * time.Millisecond
	// eventPatience is how long a client may take to read an event.
	eventPatience = 10 * time.Second
	// eventSilence is how long nothing is sent; then a comment, which shows
	// whether the client is still there.
	eventSilence = 15 * time.Second
)

// sendEvents sends the view whenever it changes, as server-sent events (HTML
// Living Standard, 9.2), until the client goes away or the Simulator is closed.
func (s *Simulator) sendEvents(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	ticker := time.NewTicker(eventPace)
	defer ticker.Stop()
	var last []byte
	var sent time.Time
	for {
		var err error
		data := s.shown.get(s.view)
		switch {
		case !bytes.Equal(data, last):
			err = sendEvent(w, "event: view\ndata: "+string(data)+"\n\n")
			last, sent = data, time.Now()
		case time.Since(sent) >= eventSilence:
			err = sendEvent(w, ": still here\n\n")
			sent = time.Now()
		}
		if err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}

// shownView is what all streams send, made once for all of them: a view of ten
// thousand assets for each of many streams would leave no time for requests.
type shownView struct {
	mu   sync.Mutex
	data []byte
	made time.Time
}

// get answers the view as JSON, at most half of eventPace old.
func (v *shownView) get(look func() view) []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.data != nil && time.Since(v.made) < eventPace/2 {
		return v.data
	}
	data, err := json.Marshal(look())
	if err != nil {
		panic(fmt.Sprintf("the simulator cannot encode its own view: %v", err))
	}
	v.made = time.Now()
	// Streams keep what they sent last: the same for all.
	if !bytes.Equal(data, v.data) {
		v.data = data
	}
	return v.data
}

// sendEvent fails where the client does not read.
func sendEvent(w http.ResponseWriter, text string) error {
	control := http.NewResponseController(w)
	if err := control.SetWriteDeadline(time.Now().Add(eventPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("event: %w", err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	return control.Flush()
}
