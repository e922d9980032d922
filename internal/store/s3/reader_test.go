package s3

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// archive is a zip of so many stored entries of so many bytes; names have about nameLength.
func archive(t *testing.T, entries, size, nameLength int) []byte {
	t.Helper()
	var b bytes.Buffer
	b.Grow(entries * (size + 2*nameLength + 200))
	w := zip.NewWriter(&b)
	content := make([]byte, size)
	for i := range entries {
		name := fmt.Sprintf("apis/%06d-%s.json", i, strings.Repeat("n", nameLength-17))
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serving answers for one object as a store does, with ranges and conditions.
func serving(data []byte, etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

// The directory of 64 MiB with 2,000 entries costs at most two requests and 1 MiB however often it
// is read, and names of ordinary length one.
func TestDirectoryInFewRequests(t *testing.T) {
	t.Parallel()
	for nameLength, most := range map[int]int{60: 1, 380: 2} {
		data := archive(t, 2000, 33<<10, nameLength)
		c, rec := newServer(t, serving(data, `"e1"`))
		o, err := c.Head(t.Context(), orders)
		if err != nil || o.Size != int64(len(data)) || o.Size < 64<<20 {
			t.Fatal(o.Size, err)
		}
		r := c.ReaderAt(t.Context(), o)
		got, err := zipdir.Digest(r, o.Size)
		want, wrong := zipdir.Digest(bytes.NewReader(data), o.Size)
		if err != nil || wrong != nil || got != want {
			t.Errorf("%s %v, want %s %v", got, err, want, wrong)
		}
		entries := 0
		for _, err := range zipdir.Entries(r, o.Size) {
			if err != nil {
				t.Fatal(err)
			}
			entries++
		}
		requests, fetched := r.Requests()
		if entries != 2000 || len(rec.lines()) != 1+requests {
			t.Errorf("%d entries, %q", entries, rec.lines())
		}
		if most == 1 && (requests != 1 || fetched != 256<<10) {
			t.Errorf("names of %d: %d requests, %d bytes", nameLength, requests, fetched)
		}
		if header := rec.last().header; header.Get("If-Match") != `"e1"` || !strings.HasPrefix(header.Get("Range"), "bytes=") {
			t.Errorf("%v", header)
		}
		if requests > most || fetched > 1<<20 {
			t.Errorf("names of %d: %d requests, %d bytes", nameLength, requests, fetched)
		}
	}
}

// It reads like the bytes themselves, wherever, also from empty and small objects.
func TestReaderAt(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 256 << 10, 256<<10 + 1, 3 << 20} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i>>10 ^ i)
		}
		c, rec := newStore(t, serving(data, `"e1"`))
		r := c.ReaderAt(t.Context(), Object{Address: orders, Size: int64(size), ETag: `"e1"`, VersionID: "v7"})
		if err := iotest.TestReader(io.NewSectionReader(r, 0, int64(size)), data); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		whole := make([]byte, size+5)
		if n, err := r.ReadAt(whole, 0); n != size || !errors.Is(err, io.EOF) || !bytes.Equal(whole[:n], data) {
			t.Errorf("%d bytes: %d %v", size, n, err)
		}
		if _, err := r.ReadAt(whole, -1); err == nil {
			t.Error("a negative offset")
		}
		for _, line := range rec.lines() {
			if !strings.HasSuffix(line, "?versionId=v7") {
				t.Errorf("%s", line)
			}
		}
	}
}

// An object that changes between HEAD and GET is told, by a store that knows If-Match, by one that
// does not, and by one that has no ETags.
func TestChanged(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]http.HandlerFunc{
		"If-Match": serving([]byte("other content"), `"e2"`),
		"ignored": func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("If-Match")
			serving([]byte("content"), `"e2"`)(w, r)
		},
		"no ETag": serving([]byte("other content"), ""),
	} {
		c, _ := newStore(t, serve)
		o := Object{Address: orders, Size: 7, ETag: `"e1"`}
		if name == "no ETag" {
			o.ETag = ""
		}
		_, err := c.ReaderAt(t.Context(), o).ReadAt(make([]byte, 7), 0)
		if KindOf(err) != Changed {
			t.Errorf("%s: %v", name, err)
		}
	}
}
