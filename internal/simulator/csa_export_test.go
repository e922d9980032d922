package simulator

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestCSAExportKinds has an archive of each kind with all that belongs to it,
// each artifact once.
func TestCSAExportKinds(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	for _, a := range c.sim.State().CSA["dev"].Artifacts {
		if a.Type == typeProvider {
			continue
		}
		t.Run(a.Type+" "+a.Name, func(t *testing.T) {
			t.Parallel()
			c := newCSA(t, Options{})
			content := entries(t, c.exported(a.ID))
			if content[a.fileName()+".xml"] == "" {
				t.Errorf("no XML of the artifact in %v", slices.Sorted(maps.Keys(content)))
			}
			var manifest struct {
				XMLName xml.Name `xml:"manifest"`
				Items   []struct {
					Item     string `xml:"item"`
					Location string `xml:"itemLocation"`
					Type     string `xml:"itemType"`
				} `xml:"archiveItems"`
				Version string `xml:"csaVersion"`
			}
			if err := xml.Unmarshal([]byte(content["manifest.xml"]), &manifest); err != nil {
				t.Fatal(err)
			}
			if manifest.Version != "04.80.0000.0" || len(manifest.Items) != len(content)-1 || manifest.Items[0].Item != a.fileName()+".xml" {
				t.Errorf("manifest %+v of %d entries", manifest, len(content))
			}
			for _, item := range manifest.Items {
				want := item.Type
				switch {
				case item.Item == componentIcon:
					want = "/images//library/" + item.Item
				case strings.HasSuffix(item.Item, ".png"):
					want = `\images\library\` + item.Item
				}
				if (item.Type == "File") != strings.HasSuffix(item.Item, ".png") {
					t.Errorf("%s is a %s", item.Item, item.Type)
				}
				if item.Location != want || content[item.Item] == "" || strings.Contains(item.Item, "/") {
					t.Errorf("item %+v", item)
				}
			}
		})
	}
	want := map[string]int{catalogID: 8, offeringID: 4, designID: 3, computeID: 1, paletteID: 2}
	for id, n := range want {
		got := 0
		for name := range entries(t, c.exported(id)) {
			if strings.HasSuffix(name, ".xml") && name != csaManifest {
				got++
			}
		}
		if got != n {
			t.Errorf("the archive of %s has %d artifacts, want %d", id, got, n)
		}
	}
}

func TestCSAExportFile(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	got := c.get("dev", "export/"+catalogID+"?")
	h := got.Header()
	h.Del("Set-Cookie")
	name := "CATALOG_IT-Dienste_f\xfcr_Fachbereiche_" + catalogID
	want := http.Header{
		"Cache-Control":       {"must-revalidate, post-check=0, pre-check=0"},
		"Content-Disposition": {`attachment;filename="` + name + `"`},
		"Content-Type":        {"application/zip;charset=UTF-8"},
		"Expires":             {"0"}, "Pragma": {"public"}, "Server": {"Apache-Coyote/1.1"},
		"content-transfer-encoding": {"binary"},
	}
	if !maps.EqualFunc(h, want, slices.Equal) {
		t.Errorf("headers %v", h)
	}
	data := got.Body.Bytes()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range zr.File {
		if f.Method != zip.Deflate || f.Flags != 0x808 {
			t.Errorf("%s: method %d, flags %x", f.Name, f.Method, f.Flags)
		}
	}
	if last := zr.File[len(zr.File)-1].Name; last != csaManifest {
		t.Errorf("the last entry is %s", last)
	}
	served := c.sim.ServedArchives()
	if len(served) != 1 || served[0].Size != int64(len(data)) || served[0].ArchiveID != catalogID {
		t.Errorf("served %v", served)
	}
	// The same content, with other times.
	again := c.exported(catalogID)
	if !maps.Equal(entries(t, data), entries(t, again)) {
		t.Error("two exports differ in content")
	}
	if got := latin1("日本"); got != "??" {
		t.Errorf("a header with %q", got)
	}
}

func TestCSAExportRefused(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	forbidden := Artifact{ID: newUUID(), Type: typeDesign, Name: "other", DisplayName: "Other", Forbidden: true}
	if err := c.sim.PutArtifacts("dev", forbidden); err != nil {
		t.Fatal(err)
	}
	c.get("dev", "export/"+forbidden.ID+"?").page(http.StatusForbidden, "not the owner")
	c.get("dev", "export/"+newUUID()+"?").page(http.StatusNotFound, "does not exist")
	c.user["dev"] = c.sim.UserIdentifier("dev", "CSA_CONSUMER", "consumer")
	c.get("dev", "export/"+designID+"?").page(http.StatusForbidden, "not the owner")
}

// TestCSAOnTheWire has no length, whatever the size, and is cut without an end.
func TestCSAOnTheWire(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{})
	const size = 3 << 20
	big := Artifact{ID: newUUID(), Type: typeDesign, Name: "big", DisplayName: "Big", Size: size}
	if err := srv.Simulator.PutArtifacts("dev", big); err != nil {
		t.Fatal(err)
	}
	fetch := func(id string) (header http.Header, chunked bool, body []byte, err error) {
		info := srv.Info.CSA["dev"]
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, info.Endpoint+"/csa/rest/export/"+id+
			"?userIdentifier="+srv.Simulator.UserIdentifier("dev", info.Organization, info.User), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(info.Username, info.Password)
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		resp, err := transport.RoundTrip(r)
		if err != nil {
			return nil, false, nil, err
		}
		body, err = io.ReadAll(resp.Body)
		chunked = resp.ContentLength == -1 && slices.Equal(resp.TransferEncoding, []string{"chunked"})
		return resp.Header, chunked, body, errors.Join(err, resp.Body.Close())
	}
	for _, id := range []string{computeID, big.ID, catalogID} {
		header, chunked, body, err := fetch(id)
		if err != nil || !chunked || header.Get("Content-Length") != "" {
			t.Errorf("%s: %v, chunked %v", id, err, chunked)
		}
		// The name may be in the character set of the container.
		if !strings.HasSuffix(header.Get("Content-Disposition"), "_"+id+`"`) {
			t.Errorf("%s: headers %v", id, header)
		}
		if n := len(entries(t, body)["payload_"+id+".png"]); id == big.ID && n != size {
			t.Errorf("payload of %d bytes", n)
		}
	}
	for _, fault := range []Fault{
		{Do: doCut, Bytes: 1 << 20}, {Do: doCut, Bytes: 1 << 20, Chunked: true}, {Do: doDropAfter}, {Do: "drop_before"},
	} {
		fault.On = kindCSAExport
		if err := srv.Simulator.Order(fault); err != nil {
			t.Fatal(err)
		}
		header, _, body, err := fetch(big.ID)
		if (err == nil) != fault.Chunked || fault.Bytes != int64(len(body)) {
			t.Errorf("%s: %v, %d bytes", fault.Do, err, len(body))
		}
		if (header != nil) != (fault.Do == doCut) {
			t.Errorf("%s: answer with %v", fault.Do, header)
		}
	}
	if n := len(srv.Simulator.ServedArchives()); n != 3 {
		t.Errorf("%d archives count as served", n)
	}
}
