package csa

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const exportLine = "GET /csa/rest/export/" + artifactID

// chunked sends an archive as the documents show it: without a length.
func chunked(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip;charset=UTF-8")
		w.Header().Set("Content-Disposition", `attachment;filename="SERVICE_DESIGN_Mail_`+artifactID+`"`)
		for len(data) > 0 {
			n := min(len(data), 700)
			_, _ = w.Write(data[:n])
			_ = http.NewResponseController(w).Flush()
			data = data[n:]
		}
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	data := streamed(t, entry{ManifestName, designManifest}, entry{"big", strings.Repeat("x", 1<<20)})
	s := serve(t, map[string]http.HandlerFunc{loginLine: answer(200, personBody), exportLine: chunked(data)})
	e := newClient(t, s.config()).Exporter(ExportOptions{ArtifactID: artifactID})
	job, err := e.Start(t.Context())
	if err != nil || job.ID != "" || job.Status != asset.Succeeded {
		t.Fatalf("%+v, %v", job, err)
	}
	if job, err = asset.Wait(t.Context(), job, e.Job, nil); err != nil {
		t.Fatal(err)
	}
	stream, err := e.Download(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(stream)
	if err = errors.Join(err, stream.Close(), stream.Close()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d of %d bytes, %v", len(got), len(data), err)
	}
	requests := s.got()
	if len(requests) != 2 || requests[1].line != exportLine || requests[1].query != "userIdentifier="+personID {
		t.Fatalf("requests %v", requests)
	}
	if accept := requests[1].header.Get("Accept"); accept != "" {
		t.Errorf("accepts %q", accept)
	}
	if _, err := e.Job(t.Context(), "x"); !errors.Is(err, asset.ErrUnknownJob) {
		t.Errorf("job: %v", err)
	}
}

func TestExportErrors(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    error
	}{
		"missing":      {answer(404, "<html><title>HTTP Status 404</title></html>"), ErrNotFound},
		"account":      {answer(401, ""), asset.ErrDenied},
		"not the own":  {answer(403, ""), ErrForbidden},
		"duplicate":    {answer(409, ""), ErrDuplicate},
		"server":       {answer(500, ""), ErrServer},
		"page":         {answer(200, "\n\n<html><head><title>Cloud Service\n Automation</title>", "Content-Type", "application/zip"), asset.ErrNoArchive},
		"XML":          {answer(200, "<error/>"), asset.ErrNoArchive},
		"empty":        {answer(200, ""), asset.ErrNoArchive},
		"begins short": {answer(200, "PK"), asset.ErrNoArchive},
		"empty zip":    {answer(200, "PK\x05\x06"+strings.Repeat("\x00", 18)), asset.ErrNoArchive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{exportLine: row.handler})
			stream, err := newClient(t, s.known()).Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), asset.Job{})
			if !errors.Is(err, row.want) || stream != nil {
				t.Fatalf("%v, %v", stream, err)
			}
			missing, ok := errors.AsType[*ArtifactMissingError](err)
			if ok != (name == "missing") || ok && missing.ID != artifactID {
				t.Errorf("missing? %v", err)
			}
			page, ok := errors.AsType[*PageError](err)
			if ok != (name == "page") || ok && page.Title != "Cloud Service Automation" {
				t.Errorf("a page? %v", err)
			}
			if bad, ok := errors.AsType[*httpapi.AnswerError](err); ok && name == "page" && bad.Text != "Cloud Service Automation" {
				t.Errorf("text %q", bad.Text)
			}
		})
	}
}

// A stream that breaks tells so, wherever it does.
func TestExportCutOff(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, body := range map[string]string{
		"before the mark": "2\r\nPK\r\n",
		"nothing at all":  "",
		"later":           "a\r\nPK\x03\x04abcdef\r\n",
		"in a chunk":      "ff\r\nPK\x03\x04abcdef",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{exportLine: hangUp(head + body)})
			stream, err := newClient(t, s.known()).Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), asset.Job{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(stream); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("error %v", err)
			}
			if err := stream.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestExportRepeats(t *testing.T) {
	t.Parallel()
	data := streamed(t, entry{ManifestName, designManifest})
	first := true
	s := serve(t, map[string]http.HandlerFunc{exportLine: func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			hangUp("")(w, r)
			return
		}
		chunked(data)(w, r)
	}})
	config := s.known()
	config.MaxRetries = 1
	stream, err := newClient(t, config).Exporter(ExportOptions{ArtifactID: artifactID}).Download(t.Context(), asset.Job{})
	if err != nil || s.count(exportLine) != 2 {
		t.Fatalf("%v after %v", err, s.lines())
	}
	_ = stream.Close()
}

func TestExportOfAnOddID(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	c := newClient(t, s.known())
	for id, want := range map[string]error{"": httpapi.ErrPath, "..": httpapi.ErrPath, "a/../b": ErrNotFound} {
		if _, err := c.Exporter(ExportOptions{ArtifactID: id}).Download(t.Context(), asset.Job{}); !errors.Is(err, want) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if lines := s.lines(); len(lines) != 1 || lines[0] != "GET /csa/rest/export/a%2F..%2Fb" {
		t.Errorf("requests %v", lines)
	}
}
