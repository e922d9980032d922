package simulator

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"testing"
)

func TestDownloadOnce(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]string{
		http.StatusOK: "", http.StatusBadRequest: "ROMA.13000", http.StatusForbidden: "ROMA.1006", http.StatusNotFound: "ROMA.13000",
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{SecondDownload: status})
			id := c.exported()
			got := c.download(id)
			got.wants(http.StatusOK)
			if got.Header().Get("Content-Length") != strconv.Itoa(got.Body.Len()) {
				t.Errorf("announced %s bytes, sent %d", got.Header().Get("Content-Length"), got.Body.Len())
			}
			sum := sha256.Sum256(got.Body.Bytes())
			served := c.sim.ServedArchives()
			if len(served) != 1 || served[0] != (Served{id, hex.EncodeToString(sum[:]), int64(got.Body.Len())}) {
				t.Errorf("served %v", served)
			}
			second := c.download(id)
			if code != "" {
				second.refused(status, code, id)
				return
			}
			second.wants(http.StatusOK)
			second.json()
		})
	}
}

// TestSameContentOtherBytes also reads a payload and the changed content of a
// changed app.
func TestSameContentOtherBytes(t *testing.T) {
	t.Parallel()
	const size = 300_000
	c := newClient(t, Options{})
	big := App{ID: ordersID, Name: "orders", Size: size}
	if err := c.sim.Put("dev", []App{big}, nil); err != nil {
		t.Fatal(err)
	}
	first, second := c.archive(), c.archive()
	if bytes.Equal(first, second) {
		t.Error("two packages have the same bytes")
	}
	content := entries(t, first)
	if !maps.Equal(content, entries(t, second)) {
		t.Error("two packages of the same assets differ in content")
	}
	if n := len(content["payload/"+ordersID+".bin"]); n != size {
		t.Errorf("payload of %d bytes", n)
	}
	big.Remark = "changed"
	if err := c.sim.Put("dev", []App{big}, nil); err != nil {
		t.Fatal(err)
	}
	if maps.Equal(content, entries(t, c.archive())) {
		t.Error("a changed app did not change the content")
	}
	// A payload is not part of what an import reads, but is not lost either.
	if view := c.job("prod", c.upload("", "asset.zip", first).started()).json(); view["status"] != "SUCCEEDED" {
		t.Errorf("import: %v", view)
	}
	if apps := c.sim.State().Instances["prod"].Apps; len(apps) != 1 || apps[0].Size != size {
		t.Errorf("prod has %v", apps)
	}
}

// TestArchiveSize measures a package without making its payload.
func TestArchiveSize(t *testing.T) {
	t.Parallel()
	a := &archive{apps: []App{{ID: "a", Name: "a", Size: 100_000}, {ID: "b", Name: "b", Size: 1}}, mark: "m"}
	want, err := a.size()
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := a.writeTo(&buf); err != nil {
		t.Fatal(err)
	}
	if int64(buf.Len()) != want {
		t.Errorf("measured %d bytes, wrote %d", want, buf.Len())
	}
	if _, err := zip.NewReader(bytes.NewReader(buf.Bytes()), want); err != nil {
		t.Error(err)
	}
}

func TestDownloadOfAnotherInstance(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	id := c.exported()
	c.get(path("prod", "/assets/archives/"+id)).refused(http.StatusNotFound, "ROMA.13000", id)
	c.download(id).wants(http.StatusOK)
}
