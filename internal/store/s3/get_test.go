package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// breaking sends the first bytes of what is asked for and loses the connection, a number of
// times, on a real socket.
func breaking(data []byte, times, first int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if times == 0 {
			serving(data, `"e1"`)(w, r)
			return
		}
		times--
		serving(data, `"e1"`)(&shortWriter{w, first}, r)
		panic(http.ErrAbortHandler)
	}
}

type shortWriter struct {
	http.ResponseWriter
	left int
}

func (s *shortWriter) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p[:min(len(p), s.left)])
	s.left -= n
	if f, ok := s.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// A stream that breaks is taken up where it broke, as often as max_retries says.
func TestStreamBreaks(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("0123456789"), 10_000)
	for times, want := range map[int]int{1: 2, 2: 3, 3: 3} {
		c, rec := newServer(t, breaking(data, times, 30_000))
		body, o, err := c.Get(t.Context(), orders, Range{}, "")
		if err != nil || o.Size != int64(len(data)) {
			t.Fatal(o, err)
		}
		got, err := io.ReadAll(body)
		_ = body.Close()
		if len(rec.lines()) != want || rec.last().header.Get("Range") == "" || rec.last().header.Get("If-Match") != `"e1"` {
			t.Errorf("%d: %q %v", times, rec.lines(), rec.last().header)
		}
		switch {
		case times < 3 && (err != nil || !bytes.Equal(got, data)):
			t.Errorf("%d: %d bytes, %v", times, len(got), err)
		case times == 3 && (!errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 90_000):
			t.Errorf("%d: %d bytes, %v", times, len(got), err)
		}
		if _, ok := errors.AsType[*Error](err); err != nil && !ok {
			t.Errorf("%T", err)
		}
	}
}

// Nothing is put together of two objects.
func TestStreamBreaksAndChanges(t *testing.T) {
	t.Parallel()
	calls := 0
	c, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 1 {
			breaking(bytes.Repeat([]byte("a"), 1000), 1, 10)(w, r)
		}
		serving(bytes.Repeat([]byte("b"), 1000), `"e2"`)(w, r)
	})
	body, _, err := c.Get(t.Context(), orders, Range{}, "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	_ = body.Close()
	if KindOf(err) != Changed || len(got) != 10 {
		t.Errorf("%q %v", got, err)
	}
}

// Answers that are not what was asked for.
func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	header := func(status int, pairs ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(pairs); i += 2 {
				w.Header().Set(pairs[i], pairs[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "abc")
		}
	}
	for name, row := range map[string]struct {
		serve http.HandlerFunc
		part  Range
	}{
		"range ignored":      {header(200, "Content-Length", "3"), Range{1, 2}},
		"no Content-Range":   {header(206), Range{1, 2}},
		"another range":      {header(206, "Content-Range", "bytes 0-1/3"), Range{1, 2}},
		"a shorter range":    {header(206, "Content-Range", "bytes 1-1/9"), Range{1, 2}},
		"another length":     {header(206, "Content-Range", "bytes 1-2/9", "Content-Length", "3"), Range{1, 2}},
		"unknown size":       {header(206, "Content-Range", "bytes 1-2/*"), Range{1, 2}},
		"no length":          {header(200), Range{}},
		"a part":             {header(206, "Content-Length", "3"), Range{}},
		"encoded":            {header(200, "Content-Length", "3", "Content-Encoding", "gzip"), Range{}},
		"no range":           {header(200), Range{-1, 2}},
		"range of no length": {header(200), Range{1, 0}},
	} {
		c, _ := newStore(t, row.serve)
		body, _, err := c.Get(t.Context(), orders, row.part, "")
		if err == nil {
			_ = body.Close()
		}
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Other {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := newStore(t, func(http.ResponseWriter, *http.Request) {})
	if err := head(c); err == nil {
		t.Error("HEAD without a length")
	}
	if err := prove(c); err == nil {
		t.Error("an upload without an id")
	}
}

// A caller that ends while a stream stands still is told at once, and nothing is taken up again.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c, rec := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e1"`)
		w.Header().Set("Content-Length", "9")
		_, _ = io.WriteString(w, "abc")
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		<-r.Context().Done()
	})
	body, _, err := c.Get(ctx, orders, Range{}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if _, err := io.ReadFull(body, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	cancel()
	_, err = body.Read(make([]byte, 3))
	if !errors.Is(err, context.Canceled) || time.Since(at) > time.Second || len(rec.lines()) != 1 {
		t.Errorf("%v after %s, %q", err, time.Since(at), rec.lines())
	}
}

// An answer that ends early without a sign of it is not whole.
func TestShortBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := newStore(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(9))
			_, _ = io.WriteString(w, "abc")
		})
		body, _, err := c.Get(t.Context(), orders, Range{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		_ = body.Close()
	})
}
