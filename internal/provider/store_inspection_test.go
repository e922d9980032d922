package provider_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// largeArchive is a zip of 2,000 entries and 64 MiB, whose names have a certain length.
func largeArchive(t *testing.T, nameLength int, first map[string]string) []byte {
	t.Helper()
	const entries, size = 2000, 33 << 10
	var b bytes.Buffer
	b.Grow(entries * (size + 2*nameLength + 200))
	w := zip.NewWriter(&b)
	put := func(name string, content []byte) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range first {
		put(name, []byte(content))
	}
	content := make([]byte, size)
	for i := range entries - len(first) {
		put(fmt.Sprintf("payload/%06d-%s.bin", i, strings.Repeat("n", nameLength-19)), content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const smallManifest = `<manifest><CSAVersion>04.20.0000.0</CSAVersion></manifest>`

// TestLookIntoLargeObject looks into archives of 64 MiB in a store: at most three requests, HEAD
// among them, and 1 MiB, also where names are long and where a manifest lies at the other end.
func TestLookIntoLargeObject(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		nameLength, requests int
		manifest             bool
	}{
		"names of 60 bytes":               {nameLength: 60, requests: 2},
		"names of 60 bytes, and manifest": {nameLength: 60, requests: 3, manifest: true},
		"names of 200 bytes":              {nameLength: 200, requests: 3},
		"names of 380 bytes":              {nameLength: 380, requests: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			var first map[string]string
			if each.manifest {
				first = map[string]string{"manifest.xml": smallManifest}
			}
			data := largeArchive(t, each.nameLength, first)
			if len(data) < 64<<20 {
				t.Fatalf("%d bytes", len(data))
			}
			said := map[string]string{"asset-sha256": hexSum(string(data)), "asset-content-digest": strings.Repeat("0", 64)}
			if err := server.Simulator.PutObject("obs", storeBucket, "orders.zip", data, said); err != nil {
				t.Fatal(err)
			}
			p := waysIn()["key pair"].enterWith(t, server.Info.ROMA, map[string]string{"OBS_ENDPOINT": server.Info.OBS.Endpoint})
			found, problem := p.read(t.Context(), t, "asset_archive", values{"path": releases})
			entries, _ := found["entries"].([]any)
			if strings.Contains(problem, "Error: ") || len(entries) != 2000 || found["sha256"] != said["asset-sha256"] {
				t.Fatalf("%d entries, %s", len(entries), problem)
			}
			requests, fetched := 0, 0
			for _, r := range server.Simulator.Requests() {
				if r.Object == nil {
					continue
				}
				requests++
				t.Logf("%s %s: %d bytes", r.Kind, r.Object.Range, r.BytesOut)
				if r.Kind == "store_get" {
					fetched += rangeLength(t, r.Object.Range)
				}
			}
			if requests > each.requests || fetched > 1<<20 {
				t.Errorf("%d requests and %d bytes, want at most %d and 1 MiB", requests, fetched, each.requests)
			}
		})
	}
}

// rangeLength is how many bytes a range asks for.
func rangeLength(t *testing.T, text string) int {
	t.Helper()
	from, to, _ := strings.Cut(strings.TrimPrefix(text, "bytes="), "-")
	begin, err := strconv.Atoi(from)
	if err != nil {
		t.Fatalf("the range is %q", text)
	}
	end, err := strconv.Atoi(to)
	if err != nil {
		t.Fatalf("the range is %q", text)
	}
	return end - begin + 1
}
