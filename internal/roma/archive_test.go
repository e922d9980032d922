package roma

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func download(ctx context.Context, c *Client) (string, error) {
	body, err := c.Exporter(instance, ExportOptions{}).Download(ctx, asset.Job{ArchiveID: archiveID})
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(body)
	return string(data), errors.Join(err, body.Close(), body.Close())
}

func TestDownload(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty zip": emptyZip, "zip": "PK\x03\x04 and more", "long": "PK\x03\x04" + strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			config := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if r.Method+" "+r.URL.Path != "GET "+assetsPath+"archives/"+archiveID {
					t.Errorf("asked %s %s", r.Method, r.URL.Path)
				}
				_, _ = io.WriteString(w, content)
			})
			got, err := download(t.Context(), newClient(t, config))
			if err != nil || got != content || requests.Load() != 1 {
				t.Errorf("%d bytes, %v, %d requests", len(got), err, requests.Load())
			}
		})
	}
}

func TestNothingToDownload(t *testing.T) {
	t.Parallel()
	network := always(200, emptyZip)
	_, err := newClient(t, tokenConfig(network)).Exporter(instance, ExportOptions{}).Download(t.Context(), asset.Job{})
	if !errors.Is(err, asset.ErrTaken) || len(network.lines()) != 0 {
		t.Errorf("%v after %q", err, network.lines())
	}
}

func TestDownloadErrors(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	const roma = `{"error_code":"ROMA.10099","error_msg":"The archive does not exist"}`
	for name, row := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"400":               {400, roma, asset.ErrTaken},
		"400 invalid":       {400, `{"error_code":"ROMA.13000","error_msg":"invalid"}`, asset.ErrTaken},
		"403":               {403, roma, asset.ErrTaken},
		"404":               {404, roma, asset.ErrTaken},
		"410":               {410, roma, asset.ErrTaken},
		"404 of a proxy":    {404, `<html>`, other},
		"404 without words": {404, ``, other},
		"404 of gateway":    {404, `{"error_code":"APIG.0101","error_msg":"no API"}`, other},
		"no permission":     {403, `{"error_code":"ROMA.12001","error_msg":"no"}`, other},
		"old permission":    {400, `{"error_code":"ROMA.1006","error_msg":"no"}`, other},
		"no permission 8":   {403, `{"error_code":"ROMA.00012000","error_msg":"no"}`, other},
		"401":               {401, roma, asset.ErrDenied},
		"wrong token":       {400, `{"error_code":"ROMA.1002","error_msg":"token"}`, asset.ErrDenied},
		"429":               {429, `{"error_code":"APIG.0308","error_msg":"slow"}`, other},
		"500":               {500, roma, other},
		"504":               {504, ``, other},
		"busy":              {400, `{"error_code":"ROMA.10012","error_msg":"busy"}`, asset.ErrBusy},
		"JSON":              {200, `{"apps":[],"tasks":[]}`, asset.ErrNoArchive},
		"page":              {200, `<html><title>Log in</title></html>`, asset.ErrNoArchive},
		"nothing":           {200, ``, asset.ErrNoArchive},
		"half a mark":       {200, `PK`, asset.ErrNoArchive},
		"gzip":              {200, "\x1f\x8b\x08\x00", asset.ErrNoArchive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := always(row.status, row.body)
			_, err := download(t.Context(), newClient(t, tokenConfig(network)))
			for _, kind := range []error{asset.ErrTaken, asset.ErrNoArchive, asset.ErrDenied, asset.ErrBusy, io.ErrUnexpectedEOF} {
				if errors.Is(err, kind) != errors.Is(row.want, kind) {
					t.Errorf("%v: %v", kind, err)
				}
			}
			if err == nil || len(network.lines()) != 1 {
				t.Errorf("%v after %d requests", err, len(network.lines()))
			}
		})
	}
}

func TestNoArchiveIsQuoted(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`<html><title>Log in</title></html>`: "Log in",
		`{"token":"ready-token"}`:            `{"token":"***"}`,
		strings.Repeat("x", 1<<20):           strings.Repeat("x", 2048),
	} {
		_, err := download(t.Context(), newClient(t, tokenConfig(always(200, body, "X-Request-Id", "r"))))
		bad, ok := errors.AsType[*httpapi.AnswerError](err)
		if !ok || bad.Text != want || bad.RequestID != "r" {
			t.Errorf("%#v", bad)
		}
	}
}

// Wherever the stream breaks, it is not repeated and never looks whole.
func TestBrokenDownloads(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]string{
		"before the answer": "",
		"in the header":     "HTTP/1.1 200 OK\r\nContent-Le",
		"before the body":   "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"in the mark":       "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPK",
		"in the body":       "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nPK\x03\x04 more",
		"in a chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nPK\x03\x04 more",
		"after a chunk":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nPK\x03\x04 more\r\n",
		"with an odd chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nPK\x03\x04 more\r\nxyz\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			config := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, sent)
				_ = conn.Close()
			})
			config.MaxRetries = 5
			_, err := download(t.Context(), newClient(t, config))
			if !errors.Is(err, io.ErrUnexpectedEOF) || requests.Load() != 1 {
				t.Errorf("%v after %d requests", err, requests.Load())
			}
		})
	}
}

func TestDownloadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	config := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "PK\x03\x04")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	body, err := newClient(t, config).Exporter(instance, ExportOptions{}).Download(ctx, asset.Job{ArchiveID: archiveID})
	if err != nil {
		t.Fatal(err)
	}
	cancel(stopped)
	_, err = io.Copy(io.Discard, body)
	if !errors.Is(err, stopped) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if err := body.Close(); err != nil {
		t.Error(err)
	}
}
