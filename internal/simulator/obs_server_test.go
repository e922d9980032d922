package simulator

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// overTheNet signs a request for a store that listens and sends it. The status
// is 0 when there was no answer.
func overTheNet(t *testing.T, transport *http.Transport, c *storeClient, method, target string, body io.Reader, size int64, headers header) (status int, data []byte, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	// What the signer reads is what arrives at a server.
	r.Host, r.RequestURI, r.ContentLength = r.URL.Host, r.URL.RequestURI(), size
	c.sign(r)
	r.RequestURI = ""
	t.Cleanup(transport.CloseIdleConnections)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	data, err = io.ReadAll(resp.Body)
	return resp.StatusCode, data, errors.Join(err, resp.Body.Close())
}

// TestStoreOnTheWire has a large object, which is in a file as long as the
// server runs.
func TestStoreOnTheWire(t *testing.T) {
	t.Parallel()
	srv, err := Serve(t.Context(), anyPort, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sim, large := srv.Simulator, bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	for store, endpoint := range map[string]string{platformOBS: srv.Info.OBS.Endpoint, platformS3: srv.Info.S3.Endpoint} {
		c := newStoreClient(t, sim, store)
		at := endpoint + "/" + defaultBucket + "/large%20one.zip"
		put := func(headers header) (int, []byte, error) {
			return overTheNet(t, &http.Transport{ExpectContinueTimeout: 1e10}, c, http.MethodPut, at, bytes.NewReader(large), int64(len(large)), headers)
		}
		c.order(Fault{On: kindStorePut, Do: doHalf})
		if _, _, err := put(nil); err == nil || len(c.held().Objects) != 0 {
			t.Errorf("%s: half a body: %v, %+v", store, err, c.held())
		}
		c.order(Fault{On: kindStorePut, Do: doDropAfter})
		if _, _, err := put(nil); err == nil || len(c.held().Objects) != 1 {
			t.Errorf("%s: a lost answer: %v, %+v", store, err, c.held())
		}
		status, _, err := put(header{"If-None-Match": "*"})
		if err != nil || status != http.StatusPreconditionFailed || last(sim).BytesIn != int64(len(large)) {
			t.Errorf("%s: %d, %v", store, status, err)
		}
		status, _, err = put(header{"If-None-Match": "*", "Expect": "100-continue"})
		if err != nil || status != http.StatusPreconditionFailed || last(sim).BytesIn != 0 {
			t.Errorf("%s: %d, %v", store, status, err)
		}
		sum := sha256.Sum256(large)
		if held := c.held().Objects; held[0].SHA256 != hex.EncodeToString(sum[:]) || held[0].Size != int64(len(large)) {
			t.Errorf("%s: %+v", store, held)
		}
		_, data, err := overTheNet(t, &http.Transport{}, c, http.MethodGet, at, nil, 0, nil)
		if err != nil || !bytes.Equal(data, large) {
			t.Errorf("%s: GET: %d bytes, %v", store, len(data), err)
		}
		c.order(Fault{On: kindStoreGet, Do: doCut, Bytes: 1_500_000})
		status, data, err = overTheNet(t, &http.Transport{}, c, http.MethodGet, at, nil, 0, header{"Range": "bytes=1-"})
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(data) != 1_500_000 || status != http.StatusPartialContent {
			t.Errorf("%s: cut: %d bytes, %v", store, len(data), err)
		}
	}
	dir := sim.storeDir
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("files %v, %v", files, err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is still there: %v", err)
	}
}

// TestStoreAsProxy is how hosts of the cloud are reached without a resolver,
// at the address of a store and at that of the platforms.
func TestStoreAsProxy(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	c := newStoreClient(t, srv.Simulator, platformOBS)
	for _, address := range []string{srv.Info.OBS.Endpoint, srv.URL} {
		proxy, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{Proxy: http.ProxyURL(proxy)}
		status, data, err := overTheNet(t, transport, c, http.MethodPut, "http://"+defaultBucket+"."+obsHost+"/a%2Bb.zip", strings.NewReader("x"), 1, nil)
		if err != nil || status != http.StatusOK {
			t.Errorf("%s: %d, %s, %v", address, status, data, err)
		}
		if entry := last(srv.Simulator); entry.Object == nil || entry.Object.Addressing != "virtual" || entry.Path != "/a%2Bb.zip" || entry.Object.Key != "a+b.zip" {
			t.Errorf("logged %+v", entry)
		}
	}
}

func TestStoreTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	srv := serve(t, Options{TLSDir: dir})
	pem, err := os.ReadFile(filepath.Join(dir, caFile))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	for store, endpoint := range map[string]string{platformOBS: srv.Info.OBS.Endpoint, platformS3: srv.Info.S3.Endpoint} {
		c := newStoreClient(t, srv.Simulator, store)
		transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}}
		status, _, err := overTheNet(t, transport, c, http.MethodPut, endpoint+"/"+defaultBucket+"/a", strings.NewReader("x"), 1, nil)
		if err != nil || status != http.StatusOK || !strings.HasPrefix(endpoint, "https://127.0.0.1:") {
			t.Errorf("%s: %d, %v", endpoint, status, err)
		}
	}
}

// TestStoresAtOnce is for the race detector.
func TestStoresAtOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, Bucket{}, func(t *testing.T, c *storeClient) {
		done := make(chan bool)
		for range 8 {
			go func() {
				c := *c
				won := c.do(http.MethodPut, "a", "x", header{"If-None-Match": "*"}).Code == http.StatusOK
				c.do(http.MethodGet, "a", "", nil)
				c.sim.State()
				c.sim.Requests()
				done <- won
			}()
		}
		wins := 0
		for range 8 {
			if <-done {
				wins++
			}
		}
		if wins != 1 {
			t.Errorf("%d clients stored the same key", wins)
		}
	})
}
