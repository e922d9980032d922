package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stream is the client of an event stream. It does not read when it is stuck.
type stream struct {
	*httptest.ResponseRecorder
	mu    sync.Mutex
	stuck bool
	// ended is closed when the handler has returned.
	ended chan struct{}
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stuck {
		// What a write deadline leads to.
		return 0, os.ErrDeadlineExceeded
	}
	return s.ResponseRecorder.Write(p)
}

// take answers the views that came since the last time, and empties them.
func (s *stream) take(t *testing.T) []view {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []view
	for event := range strings.SplitSeq(s.Body.String(), "\n\n") {
		data, found := strings.CutPrefix(event, "event: view\ndata: ")
		if !found {
			continue
		}
		var v view
		if err := json.Unmarshal([]byte(data), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	s.Body.Reset()
	return all
}

// follow opens an event stream.
func follow(t *testing.T, c *client) (*stream, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &stream{ResponseRecorder: httptest.NewRecorder(), ended: make(chan struct{})}
	r := c.request(http.MethodGet, "/_simulator/events", "", "").WithContext(ctx)
	go func() {
		defer close(s.ended)
		c.sim.ServeHTTP(s, r)
	}()
	synctest.Wait()
	return s, cancel
}

func TestEventsFollowAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{JobTime: 10 * time.Second})
		s, cancel := follow(t, c)
		defer cancel()
		if first := s.take(t); len(first) != 1 || len(first[0].Jobs) != 0 || first[0].Instances[0].Name != "dev" {
			t.Fatalf("began with %+v", first)
		}
		time.Sleep(time.Minute)
		if more := s.take(t); len(more) != 0 {
			t.Errorf("nothing happened, and %d views came", len(more))
		}
		id := c.export(ordersBody).started()
		var seen []float64
		for range 12 {
			time.Sleep(time.Second)
			synctest.Wait()
			for _, v := range s.take(t) {
				if len(v.Jobs) != 1 || v.Jobs[0].ID != id || v.Jobs[0].Subject != "1 app, 1 task" {
					t.Fatalf("jobs %+v", v.Jobs)
				}
				seen = append(seen, v.Jobs[0].Progress)
				if ended := v.Jobs[0].Status == "succeeded"; ended != (len(v.Archives) == 1 && v.Archives[0].Status == "waiting") {
					t.Errorf("job %+v, archives %+v", v.Jobs[0], v.Archives)
				}
			}
		}
		if len(seen) < 40 || seen[0] > 0.1 || seen[len(seen)-1] != 1 {
			t.Errorf("progress %v", seen)
		}
	})
}

// TestEventsAreMadeOnce has many streams, which do not make the view anew each.
func TestEventsAreMadeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		const streams = 100
		looks := 0
		var made [][]byte
		for range 10 {
			for range streams {
				made = append(made, c.sim.shown.get(func() view {
					looks++
					return c.sim.view()
				}))
			}
			time.Sleep(eventPace)
		}
		if looks != 10 || &made[0][0] != &made[len(made)-1][0] {
			t.Errorf("made %d times in 10 rounds", looks)
		}
		// Each stream has what happened, whatever another one was told.
		var all []*stream
		for range 3 {
			s, cancel := follow(t, c)
			defer cancel()
			s.take(t)
			all = append(all, s)
		}
		c.export(ordersBody).started()
		time.Sleep(2 * eventPace)
		synctest.Wait()
		for i, s := range all {
			if got := s.take(t); len(got) == 0 || len(got[len(got)-1].Jobs) != 1 {
				t.Errorf("stream %d has %d views", i, len(got))
			}
		}
	})
}

func TestEventsEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*client, *stream, context.CancelFunc){
		"the client goes away": func(_ *client, _ *stream, cancel context.CancelFunc) { cancel() },
		"the server is closed": func(c *client, _ *stream, _ context.CancelFunc) { c.sim.Close() },
		// Something is sent in any case after a silence.
		"the client does not read": func(_ *client, s *stream, _ context.CancelFunc) {
			s.mu.Lock()
			s.stuck = true
			s.mu.Unlock()
			time.Sleep(eventSilence + eventPace)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{})
				s, cancel := follow(t, c)
				defer cancel()
				time.Sleep(time.Hour)
				select {
				case <-s.ended:
					t.Fatal("it ended by itself")
				default:
				}
				end(c, s, cancel)
				synctest.Wait()
				select {
				case <-s.ended:
				default:
					t.Error("it goes on")
				}
			})
		})
	}
}

// TestEventsOverTheNetwork sees the stream end with the server.
func TestEventsOverTheNetwork(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.Info.Page+"_simulator/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); err != nil || line != "event: view\n" {
		t.Fatal(line, err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, lines); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the stream ended with %v", err)
	}
}
