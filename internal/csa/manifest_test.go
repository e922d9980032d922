package csa

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

func manifestOf(data []byte) (Manifest, error) {
	return ReadManifest(bytes.NewReader(data), int64(len(data)))
}

func TestReadManifest(t *testing.T) {
	t.Parallel()
	const class = "com.hp.csa.model.vo.service.ServiceBlueprintVO"
	want := Manifest{CSAVersion: "04.20.0000.0", Items: []ManifestItem{
		{Name: "SERVICE_DESIGN_DesignTemplate_v4_" + artifactID + ".xml", Location: class, Type: class, Kind: KindServiceDesign},
		{Name: "x.png", Location: `\images\library\x.png`, Type: "File"},
	}}
	for name, data := range map[string][]byte{
		"streamed":    streamed(t, entry{"x.png", "png"}, entry{ManifestName, designManifest}),
		"stored":      plain(t, entry{"x.png", "png"}, entry{ManifestName, designManifest}),
		"backslash":   plain(t, entry{`.\Manifest.xml`, designManifest}),
		"dot":         streamed(t, entry{"./manifest.xml", designManifest}),
		"appended to": append([]byte("#!/bin/sh\n"), streamed(t, entry{ManifestName, designManifest})...),
	} {
		got, err := manifestOf(data)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err := CheckManifest(bytes.NewReader(data), int64(len(data))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManifestErrors(t *testing.T) {
	t.Parallel()
	good := plain(t, entry{ManifestName, designManifest})
	damaged := bytes.Replace(good, []byte("04.20"), []byte("04.21"), 1)
	encrypted := bytes.Clone(good)
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= flagEncrypted
	method := bytes.Clone(good)
	method[bytes.Index(method, []byte("PK\x01\x02"))+10] = 12
	header := bytes.Clone(good)
	header[0] = 'p'
	deflated := bytes.Clone(good)
	deflated[bytes.Index(deflated, []byte("PK\x01\x02"))+10] = methodDeflated
	for name, row := range map[string]struct {
		data        []byte
		want        string
		checkPasses bool
	}{
		"none":            {streamed(t, entry{"a", "b"}), ErrNoManifest.Error(), false},
		"deeper":          {streamed(t, entry{"a/manifest.xml", designManifest}, entry{`b\manifest.xml`, "x"}), ErrNoManifest.Error(), false},
		"no zip":          {[]byte("<html>"), "the end of central directory record is missing", false},
		"empty":           {streamed(t, entry{ManifestName, ""}), "manifest.xml: cannot be understood: EOF", true},
		"another root":    {streamed(t, entry{ManifestName, "<project/>"}), `manifest.xml: cannot be understood: the document is "project"`, true},
		"cut off":         {streamed(t, entry{ManifestName, designManifest[:300]}), "manifest.xml: cannot be understood: XML syntax error", true},
		"entity":          {streamed(t, entry{ManifestName, `<!DOCTYPE m [<!ENTITY a "b">]><manifest><csaVersion>&a;</csaVersion></manifest>`}), "manifest.xml: cannot be understood: XML syntax error", true},
		"too long":        {streamed(t, entry{ManifestName, strings.Repeat(" ", maxManifest+1)}), "manifest.xml: it is too long", false},
		"damaged":         {damaged, "manifest.xml: its content is not what the zip announces", false},
		"encrypted":       {encrypted, "manifest.xml: it is encrypted", false},
		"method":          {method, "manifest.xml: its compression method is not supported", false},
		"no local header": {header, "manifest.xml: its local header is missing", false},
		"not deflated":    {deflated, "manifest.xml: its content cannot be read", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := manifestOf(row.data)
			if err == nil || !strings.HasPrefix(err.Error(), row.want) || !reflect.DeepEqual(got, Manifest{}) {
				t.Errorf("%+v, %v; want %s", got, err, row.want)
			}
			if err := CheckManifest(bytes.NewReader(row.data), int64(len(row.data))); (err == nil) != row.checkPasses {
				t.Errorf("check: %v", err)
			}
		})
	}
}

// archiveWith is a manifest with artifacts of these types.
func archiveWith(types ...string) string {
	text := "<manifest>"
	for i, kind := range types {
		text += fmt.Sprintf("<archiveItems><item>%d.xml</item><itemLocation>%s</itemLocation><itemType>%s</itemType></archiveItems>", i, kind, kind)
	}
	return text + "</manifest>"
}

func TestManifestKind(t *testing.T) {
	t.Parallel()
	const service, catalog = "com.hp.csa.model.vo.service.", "com.hp.csa.model.vo.catalog."
	for text, want := range map[string]string{
		designManifest: KindServiceDesign,
		archiveWith(service + "ServiceOfferingVO"):                                                     KindServiceOffering,
		archiveWith("x.ResourceOfferingVO", service+"ServiceBlueprintVO", service+"ServiceOfferingVO"): KindServiceOffering,
		archiveWith(service+"ServiceOfferingVO", catalog+"CatalogVO", "x.ResourceEnvironmentVO"):       KindCatalog,
		archiveWith("x.ResourceOfferingVO", "x.ComponentPaletteVO", "x.ComponentTypeVO"):               KindComponentPalette,
		archiveWith("x.ResourceOfferingVO", "x.ComponentTypeVO"):                                       "",
		archiveWith("x.ComponentTypeVO", catalog+"CatalogVO"):                                          KindCatalog,
		archiveWith("x.ResourceOfferingVO"):                                                            KindResourceOffering,
		archiveWith("x.ResourceEnvironmentVO", "File"):                                                 KindResourceEnvironment,
		archiveWith(): "",
		`<manifest><archiveItems><item>sub\CATALOG_My_Catalog_1.xml</item><itemType>x.Unknown</itemType></archiveItems></manifest>`: KindCatalog,
		`<manifest><archiveItems><item>SERVICE_BLUEPRINT_X_1.XML</item></archiveItems></manifest>`:                                  KindServiceDesign,
		`<manifest><archiveItems><item>CATALOG_picture.png</item><itemType>File</itemType></archiveItems></manifest>`:               "",
		`<manifest><archiveItems><item>CATALOG_data.xml</item><itemType>File</itemType></archiveItems></manifest>`:                  "",
	} {
		m, err := parseManifest(strings.NewReader(text))
		if err != nil || m.Kind() != want {
			t.Errorf("%s: %q, %v; want %q", text, m.Kind(), err, want)
		}
	}
}

func TestContradicts(t *testing.T) {
	t.Parallel()
	design, err := parseManifest(strings.NewReader(designManifest))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{
		"SERVICE_DESIGN": false, "SERVICE_BLUEPRINT": false, "": false, "SOMETHING_NEW": false,
		"CATALOG": true, "COMPONENT_PALETTE": true, "SERVICE_OFFERING": true, "RESOURCE_OFFERING": true, "RESOURCE_ENVIRONMENT": true,
	} {
		if design.Contradicts(word) != want {
			t.Errorf("%s: %v", word, !want)
		}
	}
	if new(Manifest).Contradicts("CATALOG") {
		t.Error("an archive of no certain kind contradicts")
	}
}

// Many entries before the manifest, and the longest manifest, cost no memory
// to speak of.
func TestManifestMemory(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	var entries []entry
	for i := range 65000 {
		entries = append(entries, entry{name: fmt.Sprintf("%0100d", i)})
	}
	item := "<archiveItems><item>a</item></archiveItems>"
	text := "<manifest>" + strings.Repeat(item, maxManifest/len(item)-1) + "</manifest>"
	data := plain(t, append(entries, entry{name: ManifestName, content: text})...)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m, err := manifestOf(data)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || len(m.Items) < 90000 {
		t.Fatalf("%d items, %v", len(m.Items), err)
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 32<<20 {
		t.Errorf("keeps %d bytes", kept)
	}
	runtime.KeepAlive(m)
}

func FuzzManifestText(f *testing.F) {
	for _, seed := range []string{
		designManifest, archiveWith("x.CatalogVO", "File"), "<manifest/>", "<manifest><csaVersion>\n04.80 </csaVersion><x><y/></x>",
		`<manifest><archiveItems><item>a\b\CATALOG_x.xml</item></archiveItems></manifest>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parseManifest(strings.NewReader(text))
		if err != nil {
			return
		}
		kind := m.Kind()
		if kind != "" && (Kind(kind) != kind || m.Contradicts(kind)) {
			t.Fatalf("%q of %q", kind, text)
		}
		for _, item := range m.Items {
			if item.Name == "" && item.Type == "" || item.Kind != "" && Kind(item.Kind) != item.Kind {
				t.Fatalf("%+v of %q", item, text)
			}
		}
	})
}

func FuzzManifest(f *testing.F) {
	for _, data := range [][]byte{
		streamed(f, entry{"x.png", "png"}, entry{ManifestName, designManifest}),
		plain(f, entry{ManifestName, designManifest}), plain(f, entry{`.\manifest.xml`, "<manifest/>"}), streamed(f),
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		m, err := ReadManifest(r, int64(len(data)))
		if err != nil {
			_, format := errors.AsType[*zipdir.FormatError](err)
			_, manifest := errors.AsType[*ManifestError](err)
			if !format && !manifest && !errors.Is(err, ErrNoManifest) || !reflect.DeepEqual(m, Manifest{}) {
				t.Fatalf("%+v, %v of %q", m, err, data)
			}
			return
		}
		if err := CheckManifest(r, int64(len(data))); err != nil {
			t.Fatalf("%v of %q", err, data)
		}
	})
}
