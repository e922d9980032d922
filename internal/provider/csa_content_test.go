package provider_test

import (
	"archive/zip"
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// rewritten packs an archive again, with more text behind its XML files other
// than the manifest, and more entries.
func rewritten(t *testing.T, archive, more string, entries ...[2]string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	add := func(name, text string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range z.File {
		f, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file.Name, ".xml") && file.Name != "manifest.xml" {
			text = append(text, more...)
		}
		add(file.Name, string(text))
	}
	for _, entry := range entries {
		add(entry[0], entry[1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A second export of the same assets has values that are encrypted anew: nothing
// is imported again, and plan, function and data source agree. Another content is
// imported, and so is a changed password if triggers say so.
func TestCSAContentOfTwoExports(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, csaSetup(server))
	archive, file := csaArchive(t, server, csaDesign), filepath.Join(t.TempDir(), "it.zip")
	it := &managed{kind: "asset_import"}
	digest := ""
	for _, step := range []struct {
		name, content, release string
		imports, same          bool
	}{
		{"the first", rewritten(t, archive, "<!-- ENC(YWJj+/==) -->"), "1", true, false},
		{"encrypted anew", rewritten(t, archive, "<!-- ENC(ZGVmZw==) -->"), "1", false, true},
		{"signed", rewritten(t, archive, "<!-- ENC(x) -->", [2]string{"META-INF/MANIFEST.MF", "m"}, [2]string{"META-INF/CSA.SF", "s"}, [2]string{"META-INF/CSA.RSA", "r"}), "1", false, true},
		{"a trigger", rewritten(t, archive, "<!-- ENC(aGlqaw==) -->"), "2", true, true},
		{"another text", rewritten(t, archive, "<!-- ENC(x), and more -->"), "2", true, false},
	} {
		writeFile(t, file, step.content)
		server.Simulator.ResetRequests()
		config := values{"source": file, "csa": values{}, "triggers": map[string]string{"release": step.release}}
		says(t, p.reaches(t.Context(), t, it, config, false))
		imports := len(requestsOf(server, "csa_import"))
		if (imports == 1) != step.imports || imports > 1 {
			t.Errorf("%s: %d imports", step.name, imports)
		}
		sum, problem := p.digest(t, file)
		if problem != "" || (sum == digest) != step.same {
			t.Errorf("%s: %q after %q, %s", step.name, sum, digest, problem)
		}
		digest = sum
		found, said := p.read(t.Context(), t, "asset_archive", values{"path": file})
		if got := p.attributes(t, it, it.state)["archive"]; !strings.Contains(got.String(), digest) || said != "" || found["content_digest"] != digest {
			t.Errorf("%s: state %s, data source %v, %s; want %s", step.name, got, found["content_digest"], said, digest)
		}
	}
}

// An archive with a topology design is of the kind SERVICE_DESIGN.
func TestCSATopologyKind(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, csaSetup(server))
	file := filepath.Join(t.TempDir(), "it.zip")
	item := func(name, class string) string {
		return "<archiveItems><item>" + name + "</item><itemLocation>" + class + "</itemLocation><itemType>" + class + "</itemType></archiveItems>"
	}
	const design = "com.hp.csa.model.vo.service.ServiceBlueprintVO"
	archive := rewritten(t, "PK\x05\x06"+strings.Repeat("\x00", 18), "",
		[2]string{"SERVICE_DESIGN_Shop_1.xml", "<a/>"}, [2]string{"COMPONENTTYPE_2.json", "{}"}, [2]string{"TOPOLOGY_My Shop_3.xml", "<a/>"},
		[2]string{"manifest.xml", "<manifest>" + item("SERVICE_DESIGN_Shop_1.xml", design) + item("COMPONENTTYPE_2.json", "com.hp.csa.topology.model.ComponentType") +
			item("TOPOLOGY_My Shop_3.xml", "com.hp.csa.topology.model.Topology") + "<csaVersion>04.50.0000.0</csaVersion></manifest>"})
	writeFile(t, file, archive)
	for kind, good := range map[string]bool{"CATALOG": false, "SERVICE_OFFERING": false, "SERVICE_DESIGN": true, "SERVICE_BLUEPRINT": true} {
		plan := p.plan(t, &managed{kind: "asset_import"}, values{"source": file, "csa": values{"validate_type": kind}}, false)
		if good == plan.fails() || !good && !strings.Contains(plan.said, "Error: Archive of another kind") {
			t.Errorf("%s: %s", kind, plan.said)
		}
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}
