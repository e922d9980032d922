package roma

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// emptyZip is a zip without entries: an end of central directory alone.
const emptyZip = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func newArchive(t *testing.T) *asset.Archive {
	t.Helper()
	file := filepath.Join(t.TempDir(), "my (strange) archive.zip")
	if err := os.WriteFile(file, []byte(emptyZip), 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := asset.OpenArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	return archive
}

func TestExportRequest(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]ExportOptions{
		`{"apps":[{"id":"b"},{"id":"a"}],"tasks":[{"id":"t"}]}`: {Apps: []string{"b", "a"}, Tasks: []string{"t"}},
		`{"apps":[{"id":"a"}],"tasks":[]}`:                      {Apps: []string{"a"}},
		`{"apps":[],"tasks":[{"id":"t"}]}`:                      {Tasks: []string{"t"}},
	} {
		network := always(200, startedBody, "X-Request-Id", "r")
		job, err := newClient(t, keyConfig(network)).Exporter(instance, options).Start(t.Context())
		if err != nil || job.ID != jobID || job.Status != asset.Running || job.RequestID != "r" {
			t.Fatal(job, err)
		}
		r := network.requests[0]
		if network.bodies[0] != want || network.lines()[0] != "POST "+assetsPath+"export" {
			t.Errorf("sent %s %s", network.lines()[0], network.bodies[0])
		}
		if r.ContentLength != int64(len(want)) || r.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
			t.Errorf("sent %d bytes, %v", r.ContentLength, r.Header)
		}
		if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "SignedHeaders=x-project-id;x-sdk-date,") || r.Header.Get("X-Project-Id") != projectOne {
			t.Errorf("signed %s", auth)
		}
	}
}

func TestImportRequest(t *testing.T) {
	t.Parallel()
	type arrival struct {
		header http.Header
		length int64
		body   []byte
		query  string
	}
	arrivals := make(chan arrival, 1)
	config := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(r.TransferEncoding) > 0 {
			t.Errorf("%v, encoding %v", err, r.TransferEncoding)
		}
		arrivals <- arrival{r.Header, r.ContentLength, body, r.URL.RawQuery}
		_, _ = io.WriteString(w, startedBody)
	})
	config.Credentials = KeyPair{AccessKey: "AKEXAMPLE0000000", SecretKey: secretKey}
	archive := newArchive(t)
	overwrite := true
	options := ImportOptions{Type: "Merge", Prefix: "dev env/", DatasourceOverwrite: &overwrite}
	job, err := newClient(t, config).Importer(instance, options).Start(t.Context(), archive)
	if err != nil || job.ID != jobID {
		t.Fatal(job, err)
	}
	got := <-arrivals
	header, body := got.header, got.body
	if query := got.query; query != "datasource_overwrite=true&prefix=dev%20env%2F&type=Merge" {
		t.Errorf("query %s", query)
	}
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	boundary := parameters["boundary"]
	want := "--" + boundary + "\r\n" +
		"Content-Disposition: form-data; name=\"ImportAssetRequestBody\"; filename=\"asset.zip\"\r\n" +
		"Content-Type: application/octet-stream\r\n\r\n" +
		emptyZip + "\r\n--" + boundary + "--\r\n"
	if string(body) != want || got.length != int64(len(want)) {
		t.Errorf("sent %d bytes:\n%q\nwant\n%q", got.length, body, want)
	}
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(1 << 20)
	if err != nil || len(form.File["ImportAssetRequestBody"]) != 1 {
		t.Errorf("%v %v", form, err)
	}
	if !strings.Contains(header.Get("Authorization"), "SignedHeaders=x-project-id;x-sdk-content-sha256;x-sdk-date,") ||
		header.Get("X-Sdk-Content-Sha256") != "UNSIGNED-PAYLOAD" {
		t.Errorf("signed %v", header)
	}
	if archive.SHA256 != hexSHA256([]byte(emptyZip)) {
		t.Errorf("sha256 %q", archive.SHA256)
	}
}

func TestImportOptionsUnset(t *testing.T) {
	t.Parallel()
	network := always(200, startedBody)
	if _, err := newClient(t, keyConfig(network)).Importer(instance, ImportOptions{}).Start(t.Context(), newArchive(t)); err != nil {
		t.Fatal(err)
	}
	if query := network.requests[0].URL.RawQuery; query != "" {
		t.Errorf("query %s", query)
	}
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	refused := errors.New("plain refusal")
	for name, row := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"busy":                        {400, `{"error_code":"ROMA.10012","error_msg":"busy"}`, asset.ErrBusy},
		"busy, eight digits":          {400, `{"error_code":"ROMA.00010012","error_msg":"busy"}`, asset.ErrBusy},
		"busy, lower case":            {409, `{"error_code":"roma.10012","error_msg":"busy"}`, asset.ErrBusy},
		"busy with an odd status":     {500, `{"error_code":"ROMA.10012","error_msg":"busy"}`, asset.ErrBusy},
		"a gateway's 10012":           {400, `{"error_code":"APIGW.10012","error_msg":"busy"}`, refused},
		"file name":                   {400, `{"error_code":"ROMA.10013","error_msg":"zip"}`, refused},
		"permission":                  {403, `{"error_code":"ROMA.12001","error_msg":"no"}`, refused},
		"unpublished":                 {404, `{"error_code":"APIGW.0101","error_msg":"no"}`, refused},
		"page":                        {403, `<html>`, refused},
		"redirect":                    {302, ``, refused},
		"documented refusal as a 500": {500, `{"error_code":"ROMA.00013000","error_msg":"invalid"}`, refused},
		"408":                         {408, ``, asset.ErrOutcomeUnknown},
		"500":                         {500, `{"error_code":"ROMA.00011000","error_msg":"system error"}`, asset.ErrOutcomeUnknown},
		"500 of the gateway":          {500, `{"error_code":"APIGW.0201","error_msg":"Backend timeout"}`, asset.ErrOutcomeUnknown},
		"502":                         {502, `<html><title>Bad Gateway</title></html>`, asset.ErrOutcomeUnknown},
		"503":                         {503, ``, asset.ErrOutcomeUnknown},
		"504":                         {504, ``, asset.ErrOutcomeUnknown},
		"no id":                       {200, `{}`, asset.ErrOutcomeUnknown},
		"null":                        {200, `null`, asset.ErrOutcomeUnknown},
		"empty":                       {200, ``, asset.ErrOutcomeUnknown},
		"page as 200":                 {200, `<html>`, asset.ErrOutcomeUnknown},
		"id with a slash":             {200, `{"job_id":"../../x"}`, asset.ErrOutcomeUnknown},
		"id of the wrong type":        {200, `{"job_id":7}`, asset.ErrOutcomeUnknown},
		"long id":                     {200, `{"job_id":"` + strings.Repeat("a", 129) + `"}`, asset.ErrOutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := always(row.status, row.body)
			config := keyConfig(network)
			config.MaxRetries = 5
			c := newClient(t, config)
			_, err := c.Exporter(instance, ExportOptions{}).Start(t.Context())
			for _, kind := range []error{asset.ErrBusy, asset.ErrOutcomeUnknown, asset.ErrNotSent, asset.ErrDenied} {
				if errors.Is(err, kind) != errors.Is(row.want, kind) {
					t.Errorf("%v: %v", kind, err)
				}
			}
			if err == nil || len(network.lines()) != 1 {
				t.Errorf("%v after %d requests", err, len(network.lines()))
			}
			if _, ok := errors.AsType[*httpapi.Error](err); !ok && row.status != 200 {
				t.Errorf("no details in %v", err)
			}
		})
	}
}

func TestLostAnswer(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	config := serve(t, func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		hangUp(t, w)
	})
	config.MaxRetries = 5
	_, err := newClient(t, config).Exporter(instance, ExportOptions{}).Start(t.Context())
	if !errors.Is(err, asset.ErrOutcomeUnknown) || posts.Load() != 1 {
		t.Errorf("%v after %d requests", err, posts.Load())
	}
}

func hangUp(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_ = conn.Close()
}

func TestArchiveThatChangesIsNeverSentWhole(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int64{"shorter": 10, "longer": 30} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err == nil {
					t.Error("the server got a whole body")
				}
				_, _ = io.WriteString(w, startedBody)
			})
			archive := newArchive(t)
			form, err := httpapi.NewUpload(formField, formFile, archive.Size, func() io.Reader {
				return strings.NewReader(strings.Repeat("x", int(size)))
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = newClient(t, config).start(t.Context(), instance, request{
				segments: []string{"assets", "import"}, body: form.Open, length: form.Length, contentType: form.ContentType,
			})
			if !errors.Is(err, asset.ErrNotSent) || !errors.Is(err, httpapi.ErrChanged) {
				t.Errorf("error %v", err)
			}
		})
	}
}
