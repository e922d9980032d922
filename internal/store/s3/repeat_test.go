package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// good answers every request well.
func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"e1"`)
	switch r.Method {
	case http.MethodPost:
		_, _ = io.WriteString(w, upload)
	case http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case http.MethodHead:
		w.Header().Set("Content-Length", "7")
	case http.MethodGet:
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("content"))
	}
}

// Each request is sent again as the table says: after a lost connection and after 5xx, up to
// max_retries times, and no more often.
func TestRepeats(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		ask    func(*Client) error
		method string
	}{
		"HEAD": {head, "HEAD"}, "GET": {get, "GET"}, "PUT": {put, "PUT"}, "PUT into versions": {overwrite, "PUT"}, "multipart begun": {prove, "POST"}, "multipart aborted": {prove, "DELETE"}, "DELETE": {remove, "DELETE"},
	} {
		for trouble, answer := range map[string]http.HandlerFunc{
			"lost": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			"503":  refusing(503, "SlowDown", "", ""),
			"500":  refusing(500, "InternalError", "", ""),
		} {
			for times, fails := range map[int]bool{2: false, 3: true} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, trouble, times), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						left := times
						c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
							if r.Method == row.method && left > 0 {
								left--
								answer(w, r)
								return
							}
							if row.method == http.MethodPut && r.Method == http.MethodHead {
								w.WriteHeader(http.StatusNotFound)
								return
							}
							good(w, r)
						})
						err := row.ask(c)
						sent := 0
						for _, line := range rec.lines() {
							if strings.HasPrefix(line, row.method+" ") {
								sent++
							}
						}
						if (err != nil) != fails || sent != 3 {
							t.Errorf("%d sent, %v", sent, err)
						}
						if row.method == "PUT" && !fails && rec.last().body != "content" {
							t.Errorf("body %q", rec.last().body)
						}
					})
				})
			}
		}
	}
}

// The answer of a PUT is lost after the object was written: HEAD finds it, or the condition of
// the next PUT, where HEAD is refused; and the caller asks whose it is.
func TestPutAnswerLost(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		hidden  bool
		retries int
		want    []string
	}{
		"found":          {false, 2, []string{"PUT", "HEAD"}},
		"found, at last": {false, 0, []string{"PUT", "HEAD"}},
		"hidden":         {true, 2, []string{"PUT", "HEAD", "PUT"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { putAnswerLost(t, row.hidden, row.retries, row.want) })
		})
	}
}

func putAnswerLost(t *testing.T, hidden bool, retries int, want []string) {
	t.Helper()
	var stored string
	c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case hidden && r.Method == http.MethodHead:
			w.WriteHeader(http.StatusForbidden)
		case r.Method == http.MethodHead:
			w.Header().Set("X-Amz-Meta-Asset-Sha256", stored)
			w.Header().Set("Content-Length", "7")
		case stored != "":
			xmlAnswer(w, r, 412, "PreconditionFailed", "", "")
		default:
			stored = r.Header.Get("X-Amz-Meta-Asset-Sha256")
			panic(http.ErrAbortHandler)
		}
	}, func(c *Config) { c.MaxRetries = retries })
	if err := put(c); KindOf(err) != AlreadyExists {
		t.Error(err)
	}
	lines := rec.lines()
	for i, line := range lines {
		lines[i], _, _ = strings.Cut(line, " ")
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	hidden = false
	if o, err := c.Head(t.Context(), orders); err != nil || o.SHA256 != sum {
		t.Errorf("%+v %v", o, err)
	}
}

// A store that refuses before it has read the body, and closes the connection, is heard.
func TestPutIsRefusedEarly(t *testing.T) {
	t.Parallel()
	there := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodHead && there:
			w.Header().Set("Content-Length", "7")
		case r.Method == http.MethodHead:
			w.WriteHeader(http.StatusNotFound)
		default:
			there = true
			_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(server.Close)
	c, _ := newStore(t, nil, func(c *Config) { c.transport, c.Endpoint, c.MaxRetries = nil, server.URL, 0 })
	_, err := c.Put(t.Context(), orders, bytes.NewReader(make([]byte, 8<<20)), 8<<20, PutOptions{OnlyIfAbsent: true})
	if _, ok := errors.AsType[*httpapi.TransportError](err); KindOf(err) != AlreadyExists || !ok {
		t.Error(err)
	}
}

// A bucket with object lock wants a checksum, and gets it when it says so.
func TestChecksumOnDemand(t *testing.T) {
	t.Parallel()
	c, rec := newStore(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Checksum-Sha256") == "" {
			xmlAnswer(w, r, 400, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters", "")
		}
	})
	if err := put(c); err != nil || rec.last().header.Get("X-Amz-Checksum-Sha256") != "ASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8=" {
		t.Error(err, rec.last().header)
	}
	if err := overwrite(c); KindOf(err) != Other || len(rec.lines()) != 3 {
		t.Error(err, rec.lines())
	}
}

// What cannot be read, or has another length, ends it; what is too long begins nothing.
func TestPutContent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, rec := newStore(t, good)
		disk := errors.New("disk on fire")
		for want, content := range map[error]io.ReaderAt{httpapi.ErrChanged: strings.NewReader("conten"), disk: brokenDisk{disk}} {
			_, err := c.Put(t.Context(), orders, content, 7, PutOptions{OnlyIfAbsent: true})
			if _, ok := errors.AsType[*Error](err); !ok || !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		if _, err := c.Put(t.Context(), orders, bytes.NewReader(nil), MaxPut+1, PutOptions{}); KindOf(err) != TooLarge {
			t.Error(err)
		}
		if _, err := c.Put(t.Context(), orders.WithVersion("1"), bytes.NewReader(nil), 0, PutOptions{}); err == nil {
			t.Error("a version was written")
		}
		if err := c.ProveWritable(t.Context(), orders.WithVersion("1")); err == nil || len(rec.lines()) != 0 {
			t.Error(err, rec.lines())
		}
	})
}

type brokenDisk struct{ err error }

func (b brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, b.err }

// A caller that ends is told within a second, in each request; an upload that was begun is
// given up nevertheless.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for name, ask := range map[string]func(context.Context, *Client) error{
		"HEAD": func(ctx context.Context, c *Client) error { _, err := c.Head(ctx, orders); return err },
		"PUT": func(ctx context.Context, c *Client) error {
			_, err := c.Put(ctx, orders, strings.NewReader("x"), 1, PutOptions{})
			return err
		},
		"POST":   func(ctx context.Context, c *Client) error { return c.ProveWritable(ctx, orders) },
		"DELETE": func(ctx context.Context, c *Client) error { return c.Delete(ctx, orders) },
		"abort":  func(ctx context.Context, c *Client) error { return c.ProveWritable(ctx, orders) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				var at time.Time
				c, _ := newStore(t, func(w http.ResponseWriter, r *http.Request) {
					if name == "abort" && r.Method == http.MethodPost {
						good(w, r)
						return
					}
					at = time.Now()
					cancel(stopped)
					<-r.Context().Done()
				})
				err := ask(ctx, c)
				if err == nil || time.Since(at) > time.Second {
					t.Errorf("%v after %s", err, time.Since(at))
				}
			})
		})
	}
}

// The abort is sent also after the end of the caller.
func TestAbortAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, rec := newStore(t, good, func(c *Config) {
			c.Log = func(context.Context, string, map[string]any) { cancel() }
		})
		if err := c.ProveWritable(ctx, orders); err != nil || len(rec.lines()) != 2 {
			t.Error(err, rec.lines())
		}
	})
}

// The table of DESIGN.md has a row for each kind of request.
func TestRequestsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{"HEAD", "GET, whole or a range", "PUT", "multipart upload, begun", "multipart upload, aborted", "DELETE"} {
		if !strings.Contains(string(text), "\n| "+row+" |") {
			t.Errorf("no row %q", row)
		}
	}
}
