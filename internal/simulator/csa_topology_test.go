package simulator

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// topologyID is the topology design among the default artifacts.
const topologyID = "8a8187814db77a97014db92d6ed90282"

// repacked is an archive with other entries: edit returns the content of one, nil to
// leave it out.
func repacked(t *testing.T, archive []byte, edit func(name, content string) []byte, more ...string) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	contents := entries(t, archive)
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	write := func(name string, content []byte) {
		w, err := zw.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range zr.File {
		if content := edit(f.Name, contents[f.Name]); content != nil {
			write(f.Name, content)
		}
	}
	for pair := range slices.Chunk(more, 2) {
		write(pair[0], []byte(pair[1]))
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unchanged(_, content string) []byte { return []byte(content) }

// TestCSATopology brings a topology design with its components, whose confidential
// values are encrypted on the way.
func TestCSATopology(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	file := c.exported(topologyID)
	content := entries(t, file)
	want := []string{
		"COMPONENTTEMPLATE_com.hp.csa.template_MySQL_Database_1.json", "COMPONENTTEMPLATE_com.hp.csa.template_Server_1.json",
		"COMPONENTTYPE_com.hp.csa.type_MySQL_Database_1.json", "COMPONENTTYPE_com.hp.csa.type_Server_1.json",
		"SERVICE_DESIGN_Datenbank_für_Abteilungen_" + topologyID + ".xml", "TOPOLOGY_Datenbank für Abteilungen_",
		"component.png", "manifest.xml", "serviceBlueprint.png",
	}
	got := slices.Sorted(maps.Keys(content))
	if len(got) != len(want) || !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("the archive has %q", got)
	}
	if all := strings.Join(slices.Collect(maps.Values(content)), ""); strings.Contains(all, "Sim-Datenbank-1") || strings.Count(all, "ENC(") != 4 {
		t.Errorf("a password in clear, or not the encrypted values: %s", all)
	}
	if !strings.Contains(content[want[4]], "<name>TOPOLOGY_BASED</name>") {
		t.Error(content[want[4]])
	}
	c.imported("validateType=SERVICE_DESIGN", file).operation(statusSuccess)
	here, there := c.on("dev")["SERVICE_BLUEPRINT 08ef5eeb-bece-411b-9eba-a98620ce6328"], c.on("prod")["SERVICE_BLUEPRINT 08ef5eeb-bece-411b-9eba-a98620ce6328"]
	if len(there.Components) != 2 || !reflect.DeepEqual(here.Components, there.Components) {
		t.Errorf("prod has %+v, want %+v", there.Components, here.Components)
	}
}

// TestCSAExportsDiffer has two exports of the same artifact that are equal as JSON,
// and in all but what is encrypted.
func TestCSAExportsDiffer(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	encrypted := regexp.MustCompile(`ENC\([0-9A-Za-z+/]{22}==\)|ENC\([0-9A-Za-z+/]{32}\)`)
	first, orders := entries(t, c.exported(topologyID)), make(map[string]bool)
	for range 5 {
		second := entries(t, c.exported(topologyID))
		for name, text := range first {
			other := second[name]
			if len(text) != len(other) {
				t.Errorf("%s has another length:\n%s\n%s", name, text, other)
			}
			values := encrypted.FindAllString(text, -1)
			if len(values) != strings.Count(text, "ENC(") || len(values) > 0 && slices.Equal(values, encrypted.FindAllString(other, -1)) {
				t.Errorf("%s: values %q", name, values)
			}
			text, other = encrypted.ReplaceAllString(text, ""), encrypted.ReplaceAllString(other, "")
			if !strings.HasSuffix(name, ".json") {
				if text != other {
					t.Errorf("%s differs:\n%s\n%s", name, text, other)
				}
				continue
			}
			var a, b any
			if errA, errB := json.Unmarshal([]byte(text), &a), json.Unmarshal([]byte(other), &b); errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
				t.Errorf("%s, %v, %v:\n%s\n%s", name, errA, errB, text, other)
			}
			orders[name+other] = true
		}
	}
	if len(orders) < 8 {
		t.Errorf("%d orders of keys", len(orders))
	}
	quiet := newCSA(t, Options{RepeatableExports: true})
	if !maps.Equal(entries(t, quiet.exported(topologyID)), entries(t, quiet.exported(topologyID))) {
		t.Error("repeatable exports differ")
	}
}

// TestCSASigned takes an archive that jarsigner signed, without a look at the
// signature.
func TestCSASigned(t *testing.T) {
	t.Parallel()
	for _, id := range []string{topologyID, offeringID} {
		c := newCSA(t, Options{})
		signed := repacked(t, c.exported(id), unchanged, "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n",
			"META-INF/CSA.SF", "Signature-Version: 1.0\r\n\r\n", "META-INF/CSA.RSA", "\x30\x82")
		if got := c.imported("", signed).operation(statusSuccess); len(got.ids(t)) != len(c.on("prod")) {
			t.Errorf("%+v", got)
		}
	}
}

// TestCSABadTopologies has archives whose topology does not fit.
func TestCSABadTopologies(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	file := c.exported(topologyID)
	replaced := func(prefix, before, after string) []byte {
		return repacked(t, file, func(name, content string) []byte {
			if strings.HasPrefix(name, prefix) {
				return []byte(strings.ReplaceAll(content, before, after))
			}
			return []byte(content)
		})
	}
	got := c.imported("", replaced("COMPONENTTYPE_", `"MySQL_Database"`, `"Another"`)).operation(statusFailure)
	if len(got.Messages) != 1 || !strings.Contains(got.Messages[0], "component type MySQL_Database does not exist") {
		t.Errorf("%+v", got)
	}
	got = c.imported("", replaced("TOPOLOGY_", topologyID, designID)).operation(statusFailure)
	if len(got.Messages) != 1 || !strings.Contains(got.Messages[0], "belongs to no design") {
		t.Errorf("%+v", got)
	}
	c.imported("", replaced("COMPONENTTEMPLATE_", "{", "")).page(400, "COMPONENTTEMPLATE_")
	c.imported("", replaced("TOPOLOGY_", "</Topology>", "")).page(400, "TOPOLOGY_")
	c.imported("", repacked(t, file, func(name, content string) []byte {
		if strings.HasPrefix(name, "COMPONENTTYPE_") {
			return nil
		}
		return []byte(content)
	})).page(400, "no entry COMPONENTTYPE_")
	if len(c.on("prod")) != 0 {
		t.Errorf("prod has %v", c.on("prod"))
	}
	// What another server encrypted stays as it is.
	c.imported("", replaced("TOPOLOGY_", "ENC(", "ENC(AAAA")).operation(statusSuccess)
	if got := c.on("prod")["SERVICE_BLUEPRINT 08ef5eeb-bece-411b-9eba-a98620ce6328"].Components[0].Properties[2]; !strings.HasPrefix(got.Value, "ENC(AAAA") || !got.Confidential {
		t.Errorf("%+v", got)
	}
	for _, a := range []Artifact{
		{Type: typeOffering, Components: []Component{{Name: "a"}}},
		{Type: typeDesign, Components: []Component{{Name: "a b"}}},
		{Type: typeDesign, Components: []Component{{Name: "a", Properties: []Property{{Name: "1"}}}}},
	} {
		a.ID, a.Name, a.DisplayName = newUUID(), "n", "N"
		if err := c.sim.PutArtifacts("dev", a); err == nil {
			t.Errorf("%+v was taken", a)
		}
	}
}

// TestNoise encrypts and decrypts any value.
func TestNoise(t *testing.T) {
	t.Parallel()
	for _, n := range []noise{{}, {quiet: true}} {
		for length := range 40 {
			value := strings.Repeat("ü", length)
			text := n.encrypted(value)
			if decrypted(text) != value || (n.encrypted(value) == text) != n.quiet {
				t.Errorf("%q: %q", value, text)
			}
		}
	}
	for _, text := range []string{"", "plain", "ENC()", "ENC(a)", "ENC(AAAA)", "ENC(" + strings.Repeat("A", 32) + ")"} {
		if got := decrypted(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
