package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// readHeaderTimeout ends connections that send nothing.
const readHeaderTimeout = time.Minute

// anyPort is where the stores and the metadata service listen.
const anyPort = "127.0.0.1:0"

// mostListeners is how many addresses a Server listens on at most.
const mostListeners = 4

// Server is a Simulator that listens.
type Server struct {
	// URL is the address without a path, for example
	// "http://127.0.0.1:8080".
	URL       string
	Info      Info
	Simulator *Simulator

	// http are the server at URL, the stores and, with Options.Metadata, the
	// metadata service.
	http []*http.Server
	once sync.Once
	err  error
	done chan error
}

// Serve listens on addr, for example "127.0.0.1:0", until ctx ends or Close
// is called. Other addresses than loopback ones are refused: the Simulator
// gives its secrets to everyone who asks.
func Serve(ctx context.Context, addr string, opts Options) (*Server, error) {
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	sim, err := New(opts)
	if err != nil {
		return nil, err
	}
	scheme := "http"
	var tlsConfig *tls.Config
	if opts.TLSDir != "" {
		scheme = "https"
		if tlsConfig, err = newTLS(opts.TLSDir, opts.Certificate); err != nil {
			return nil, err
		}
	}
	srv := &Server{Simulator: sim, done: make(chan error, mostListeners)}
	at, err := srv.listen(ctx, addr, sim, tlsConfig)
	if err != nil {
		return nil, err
	}
	srv.URL = scheme + "://" + at
	srv.Info = sim.Info(srv.URL)
	if at, err = srv.listen(ctx, anyPort, sim.OBS(), tlsConfig); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	srv.Info.OBS.Endpoint = scheme + "://" + at
	if at, err = srv.listen(ctx, anyPort, sim.S3(), tlsConfig); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	srv.Info.S3.Endpoint = scheme + "://" + at
	if opts.Metadata != MetadataOff {
		if at, err = srv.listen(ctx, anyPort, sim.Metadata(), nil); err != nil {
			return nil, errors.Join(err, srv.Close())
		}
		srv.Info.ROMA.MetadataURL = "http://" + at
	}
	go func() {
		select {
		case <-ctx.Done():
			// Close keeps its error for whoever asks.
			_ = srv.Close()
		case <-sim.done:
		}
	}()
	return srv, nil
}

// listen serves a handler, as https with a configuration for TLS, and answers
// the address.
func (s *Server) listen(ctx context.Context, addr string, handler http.Handler, tlsConfig *tls.Config) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	// Faults close connections, which HTTP/2 would not do.
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	server := &http.Server{
		Handler: handler, TLSConfig: tlsConfig, ReadHeaderTimeout: readHeaderTimeout,
		Protocols: protocols, ErrorLog: log.New(discard{}, "", 0),
	}
	s.http = append(s.http, server)
	go func() {
		if tlsConfig != nil {
			s.done <- server.ServeTLS(listener, "", "")
			return
		}
		s.done <- server.Serve(listener)
	}()
	return listener.Addr().String(), nil
}

// Close stops listening and closes all connections, also those with a request
// under way. It may be called more than once.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.Simulator.Close()
		for _, server := range s.http {
			s.err = errors.Join(s.err, server.Close())
		}
		for range s.http {
			if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
				s.err = errors.Join(s.err, err)
			}
		}
		s.err = errors.Join(s.err, s.Simulator.removeStoreDirectory())
	})
	return s.err
}

// checkLoopback accepts literal loopback addresses and localhost.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%w: listen address: %w", ErrOptions, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%w: listen address %q is not a loopback address", ErrOptions, addr)
}

// discard drops what net/http has to say about connections that clients or
// faults break off.
type discard struct{}

func (discard) Write(p []byte) (int, error) {
	return len(p), nil
}
