package httpapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// listen runs serve for each connection to a port of its own.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serve(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

func readRequest(conn net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

func zeros(length int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zero{}, length)), nil
	}
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { return len(p), nil }

func TestHowMuchWasSent(t *testing.T) {
	t.Parallel()
	long := &Call{Kind: Start, Method: http.MethodPost, Path: "/x", Body: zeros(64 << 20), Length: 64 << 20}
	short := &Call{Kind: Start, Method: http.MethodPost, Path: "/x", Body: zeros(100), Length: 200}
	unreadable := &Call{Kind: Start, Method: http.MethodPost, Path: "/x", Length: 200, Body: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("abc"), failing{})), nil
	}}
	closed := listen(t, func(net.Conn) {})
	refusing := func() string {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		return "http://" + listener.Addr().String()
	}()
	for name, row := range map[string]struct {
		server string
		call   *Call
		want   Sent
	}{
		"refused":       {refusing, post(Start, "x"), NotConnected},
		"no TLS there":  {strings.Replace(closed, "http:", "https:", 1), post(Start, "x"), NotConnected},
		"cut body":      {listen(t, reset), long, SentInPart},
		"short body":    {listen(t, readRequest), short, SentInPart},
		"body unread":   {listen(t, readRequest), unreadable, SentInPart},
		"no answer":     {listen(t, readRequest), post(Start, "x"), SentWhole},
		"no answer GET": {listen(t, readRequest), get(Download), SentWhole},
		"half an answer": {listen(t, func(conn net.Conn) {
			readRequest(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
		}), post(Start, "x"), SentWhole},
		"no HTTP": {listen(t, func(conn net.Conn) {
			readRequest(conn)
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH\r\n\r\n")
		}), post(Start, "x"), SentWhole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{BaseURL: row.server})
			err := discard(t.Context(), c, row.call)
			var failure *TransportError
			if !errors.As(err, &failure) {
				t.Fatalf("error %v", err)
			}
			if failure.Sent != row.want {
				t.Errorf("%s, want %s: %v", failure.Sent, row.want, err)
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("input/output error") }

// reset reads a little and ends the connection hard.
func reset(conn net.Conn) {
	_, _ = io.ReadFull(conn, make([]byte, 100))
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

func TestBodyBreaksOff(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{BaseURL: listen(t, func(conn net.Conn) {
		readRequest(conn)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"job_id\":")
	})})
	err := c.Parse(t.Context(), post(Start, "x"), func(http.Header, []byte) error {
		t.Error("half an answer was parsed")
		return nil
	})
	var failure *TransportError
	if !errors.As(err, &failure) || failure.Sent != SentWhole || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
}

func TestAnswerTimeoutIsNotTheCallers(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{
		BaseURL:       listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }),
		AnswerTimeout: 20 * time.Millisecond,
	})
	err := discard(t.Context(), c, post(Start, "x"))
	var failure *TransportError
	if !errors.As(err, &failure) || failure.Sent != SentWhole || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestCallersEndIsTold(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped by the user")
	ctx, cancel := context.WithCancelCause(t.Context())
	c := newClient(t, Options{Settings: Settings{MaxRetries: 5}, BaseURL: listen(t, func(conn net.Conn) {
		readRequest(conn)
		cancel(stopped)
		_, _ = io.Copy(io.Discard, conn)
	})})
	err := discard(ctx, c, get(Lookup))
	if !errors.Is(err, stopped) {
		t.Errorf("error %v", err)
	}
}

// A request that must not be repeated must not meet a connection that the
// server is about to close, nor be repeated by net/http.
func TestOneTimeRequestsHaveTheirOwnConnection(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]int{Lookup: 1, Poll: 1, Start: 3, Download: 3} {
		connections := make(chan string, 10)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections <- conn.RemoteAddr().String()
			}
		}
		server.Start()
		t.Cleanup(server.Close)
		c := newClient(t, Options{BaseURL: server.URL})
		for range 3 {
			if err := c.Parse(t.Context(), get(kind), func(http.Header, []byte) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if got := len(connections); got != want {
			t.Errorf("kind %d: %d connections, want %d", kind, got, want)
		}
	}
}

// An early answer must not leave the transport reading a file that the caller
// has closed since.
func TestBodyIsLeftAloneAfterTheAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	}))
	t.Cleanup(server.Close)
	c := newClient(t, Options{BaseURL: server.URL})
	reads := 0
	call := &Call{Kind: Start, Method: http.MethodPost, Path: "/x", Length: 1 << 30, Body: func() (io.ReadCloser, error) {
		return io.NopCloser(counting{&reads}), nil
	}}
	if err := discard(t.Context(), c, call); err == nil {
		t.Error("no error")
	}
	// The race detector watches this variable.
	reads = 0
}

type counting struct{ reads *int }

func (c counting) Read(p []byte) (int, error) {
	*c.reads++
	return len(p), nil
}
