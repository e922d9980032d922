package simulator

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

const webShopTopology = "90cec2023cc75f8a013cc7643ad00036"

// TestTopologyArchives hold confidential values that are encrypted anew in each of
// them, and JSON whose members are in another order, unless that is turned off.
func TestTopologyArchives(t *testing.T) {
	t.Parallel()
	for _, stable := range []bool{false, true} {
		c := newCSA(t, Options{StableExports: stable})
		first := entries(t, c.exported(webShopTopology))
		const topology, kind = "TOPOLOGY_Web Shop Topologie_90cec202-3cc7-5f8a-013c-c7643ad00036.xml", "COMPONENTTEMPLATE_DATENBANK.json"
		orders := map[string]bool{}
		for range 20 {
			again := entries(t, c.exported(webShopTopology))
			if (first[topology] == again[topology]) != stable || len(first) != len(again) || len(first[kind]) != len(again[kind]) {
				t.Fatalf("stable %t: %q, then %q", stable, first[topology], again[topology])
			}
			before, _, _ := strings.Cut(again[kind], "ENC(")
			orders[before] = true
		}
		if (len(orders) == 1) != stable || !strings.Contains(first[kind], `"type":"string_encrypted"`) {
			t.Errorf("stable %t: %d orders of %s", stable, len(orders), first[kind])
		}
	}
}

// TestTopologyIsPromoted as what it is.
func TestTopologyIsPromoted(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	c.imported("validateType=SERVICE_DESIGN", c.exported(webShopTopology)).operation(statusSuccess)
	got := c.on("prod")["SERVICE_BLUEPRINT WEB_SHOP_TOPOLOGY_1.0.0"]
	if !slices.Equal(got.Components, []string{"LINUX_SERVER", "DATENBANK"}) {
		t.Errorf("prod has %+v", got)
	}
}

// TestSignedArchive: over REST nobody verifies a signature (Configuration Guide of CSA 4.70).
func TestSignedArchive(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	content := entries(t, c.exported(designID))
	maps.Copy(content, map[string]string{"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\n", "META-INF/CSA.SF": "x", "META-INF/CSA.RSA": "y"})
	for name, text := range content {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c.imported("", out.Bytes()).operation(statusSuccess)
	if n := len(c.on("prod")); n != 3 {
		t.Errorf("prod has %d artifacts", n)
	}
}

// TestPublishedIsNotUpdated, and the import says so and succeeds.
func TestPublishedIsNotUpdated(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	c.imported("", c.exported(designID)).operation(statusSuccess)
	there := c.on("prod")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	there.Published, there.DisplayName = true, "As published"
	if err := c.sim.PutArtifacts("prod", there); err != nil {
		t.Fatal(err)
	}
	got := c.imported("update=true", c.exported(designID)).operation(statusSuccess)
	if now := c.on("prod")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]; now.DisplayName != "As published" {
		t.Errorf("it was changed: %+v", now)
	}
	if !slices.ContainsFunc(got.Messages, func(m string) bool { return strings.Contains(m, "As published is published and was not changed.") }) {
		t.Errorf("messages %q", got.Messages)
	}
	for _, wrong := range []Artifact{{Type: typeResource, Published: true}, {Type: typeOffering, Components: []string{"a"}}} {
		wrong.ID, wrong.Name, wrong.DisplayName = newUUID(), "a", "a"
		if c.sim.PutArtifacts("prod", wrong) == nil {
			t.Errorf("%+v was taken", wrong)
		}
	}
}

// TestPreviewThatPromisedTooMuch: an import may fail where its preview succeeded.
func TestPreviewThatPromisedTooMuch(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	if err := c.sim.Order(Fault{On: kindCSAImport, Do: doImportStatus, Messages: []string{"Out of memory"}}); err != nil {
		t.Fatal(err)
	}
	file := c.exported(designID)
	c.imported("previewImport=true", file).operation(statusSuccess)
	c.imported("", file).operation(statusFailure)
	if n := len(c.on("prod")); n != 0 {
		t.Errorf("prod has %d artifacts", n)
	}
}
