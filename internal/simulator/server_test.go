package simulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func serve(t *testing.T, opts Options) *Server {
	t.Helper()
	srv, err := Serve(t.Context(), "127.0.0.1:0", opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// fetch sends a signed GET over the network. It answers the length that the
// server announced and the body.
func fetch(ctx context.Context, t *testing.T, srv *Server, path string) (int64, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	sign(t, r, keysOf(srv.Simulator.promoter), emptyHash)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(resp.Body)
	return resp.ContentLength, body, errors.Join(err, resp.Body.Close())
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1"} {
		if _, err := Serve(t.Context(), addr, Options{}); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	twice := &Assets{Instances: map[string]InstanceAssets{"a": {ID: "x"}, "b": {ID: "x"}}}
	for name, opts := range map[string]Options{
		"key life": {TemporaryKeyLife: -1}, "metadata": {Metadata: "x"}, "certificate": {Certificate: "x", TLSDir: "x"},
		"certificate without https": {Certificate: CertificateExpired},
		"vocabulary":                {Vocabulary: "2021"}, "job time": {JobTime: -1}, "token life": {TokenLife: -1}, "archive life": {ArchiveLife: -1},
		"second download": {SecondDownload: 500}, "assets": {Assets: twice},
		"app": {Assets: &Assets{Instances: map[string]InstanceAssets{"a": {Apps: []App{{ID: "x"}}}}}},
	} {
		if _, err := New(opts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLoadAssets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "assets.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"instances":{"a":{"id":"i","apps":[{"id":"x","name":"n","size":5}],"tasks":[{"id":"t","name":"m"}]},"b":{}}}`)
	assets, err := LoadAssets(file)
	if err != nil {
		t.Fatal(err)
	}
	sim, err := New(Options{Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	if ids := sim.Info("http://x/").ROMA.Instances; len(ids) != 2 || ids["a"] != "i" || len(ids["b"]) != 36 {
		t.Errorf("instances %v", ids)
	}
	write(`{"instance":{}}`)
	if _, err := LoadAssets(file); err == nil || !strings.Contains(err.Error(), "unknown field") {
		t.Errorf("got %v", err)
	}
}

// TestOnTheWire looks at what only a network shows.
func TestOnTheWire(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	sim := srv.Simulator
	c := &client{t: t, sim: sim}
	c.login()
	if err := sim.Put("dev", []App{{ID: ordersID, Name: "orders", Size: 1 << 20}}, nil); err != nil {
		t.Fatal(err)
	}
	order := func(f Fault) {
		if err := sim.Order(f); err != nil {
			t.Fatal(err)
		}
	}
	archivePath := func() string { return path("dev", "/assets/archives/"+c.exported()) }

	length, body, err := fetch(t.Context(), t, srv, archivePath())
	if err != nil || length != int64(len(body)) || len(entries(t, body)) != 4 {
		t.Errorf("download: %v, %d bytes", err, len(body))
	}
	if served := sim.ServedArchives(); len(served) != 1 || served[0].Size != int64(len(body)) {
		t.Errorf("served %v", served)
	}

	order(Fault{On: kindDownload, Do: doCut, Bytes: 700_000})
	length, body, err = fetch(t.Context(), t, srv, archivePath())
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 700_000 || length < 1<<20 {
		t.Errorf("cut: %v, %d bytes", err, len(body))
	}

	order(Fault{On: kindDownload, Do: doCut, Bytes: 700_000, Chunked: true})
	length, body, err = fetch(t.Context(), t, srv, archivePath())
	if err != nil || len(body) != 700_000 || length != -1 {
		t.Errorf("cut without a length: %v, %d bytes", err, len(body))
	}

	for _, do := range []string{"drop_before", doDropAfter} {
		order(Fault{On: kindApps, Do: do})
		if _, _, err := fetch(t.Context(), t, srv, path("dev", "/apps")); err == nil {
			t.Errorf("%s: an answer", do)
		}
	}

	order(Fault{On: kindApps, Do: "hang"})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for last(sim).Fault != "hang" {
			runtime.Gosched()
		}
		cancel()
	}()
	if _, _, err := fetch(ctx, t, srv, path("dev", "/apps")); !errors.Is(err, context.Canceled) {
		t.Errorf("hang: %v", err)
	}
}

// TestClose ends a request that hangs.
func TestClose(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	if err := srv.Simulator.Order(Fault{On: kindApps, Do: "hang"}); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() {
		for all := srv.Simulator.Requests(); len(all) == 0; all = srv.Simulator.Requests() {
			runtime.Gosched()
		}
		closed <- srv.Close()
	}()
	if _, _, err := fetch(t.Context(), t, srv, path("dev", "/apps")); err == nil {
		t.Error("an answer from a closed server")
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	for i := range 8 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			c := &client{t: t, sim: c.sim, token: c.token}
			c.appNames("dev")
			view := c.job("dev", c.export(ordersBody).started()).json()
			c.download(str(view["archive_id"])).wants(http.StatusOK)
			c.upload("?type=Merge", "asset.zip", c.packed()).started()
			c.sim.State()
			c.sim.Requests()
		})
	}
}
