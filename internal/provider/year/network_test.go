package year_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// network connects clients with handlers through pipes in memory, which wait for simulated time as
// everything in the bubble does. Each handler has an address, as a server has.
type network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	servers   []*http.Server
	open      map[*conn]bool
	downUntil time.Time
}

func newNetwork() *network {
	return &network{listeners: map[string]*listener{}, open: map[*conn]bool{}}
}

// serve answers at an address, HOST:PORT.
func (n *network) serve(address string, handler http.Handler) {
	l := &listener{address: address, incoming: make(chan net.Conn), done: make(chan struct{})}
	n.listeners[address] = l
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	server := &http.Server{Handler: handler, Protocols: protocols, ReadHeaderTimeout: time.Minute}
	n.servers = append(n.servers, server)
	go func() { _ = server.Serve(l) }()
}

// observe puts the network in place of that of the machine.
func (n *network) observe(carrier http.RoundTripper) http.RoundTripper {
	if transport, ok := carrier.(*http.Transport); ok {
		transport.DialContext = n.dial
	}
	return carrier
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	down := time.Now().Before(n.downUntil)
	n.mu.Unlock()
	if l == nil || down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	near, far := net.Pipe()
	a, b := n.track(near), n.track(far)
	select {
	case l.incoming <- b:
		return a, nil
	case <-l.done:
	case <-ctx.Done():
	}
	_, _ = a.Close(), b.Close()
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

func (n *network) track(c net.Conn) *conn {
	n.mu.Lock()
	defer n.mu.Unlock()
	tracked := &conn{Conn: c, network: n}
	n.open[tracked] = true
	return tracked
}

// restart cuts all connections and refuses new ones for a time.
func (n *network) restart(down time.Duration) {
	n.mu.Lock()
	n.downUntil = time.Now().Add(down)
	var all []*conn
	for c := range n.open {
		all = append(all, c)
	}
	n.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

// connections counts the ends of connections that are open.
func (n *network) connections() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.open)
}

func (n *network) close() {
	for _, server := range n.servers {
		_ = server.Close()
	}
}

type conn struct {
	net.Conn
	network *network
}

func (c *conn) Close() error {
	c.network.mu.Lock()
	delete(c.network.open, c)
	c.network.mu.Unlock()
	return c.Conn.Close()
}

type listener struct {
	address  string
	incoming chan net.Conn
	done     chan struct{}
	once     sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.incoming:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.address) }

type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }
