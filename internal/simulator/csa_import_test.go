package simulator

import (
	"archive/zip"
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const forSales = "orgForCatalogImport=Vertrieb%20S%C3%BCd"

// TestCSACreate brings an offering with all that belongs to it, and skips all
// of it the second time.
func TestCSACreate(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	file := c.exported(offeringID)
	got := c.imported("validateType=SERVICE_OFFERING", file).operation(statusSuccess)
	ids := got.ids(t)
	prod := c.on("prod")
	offering := prod["SERVICE_OFFERING LINUX_SERVER_OFFERING_1.0"]
	design := prod["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	if len(prod) != 4 || len(ids) != 4 || ids["Service offering Linux Server mit Überwachung imported successfully."] != offering.ID ||
		offering.ID == offeringID || !slices.Equal(offering.Uses, []string{design.ID}) || len(design.Uses) != 2 {
		t.Errorf("prod has %+v after %+v", prod, ids)
	}
	if !strings.Contains(got.Messages[0], "Service offering") || !strings.Contains(got.Messages[1], "Service design") ||
		strings.TrimSpace(got.Summary) != "Import of Service offering archive successful." || strings.TrimSpace(got.Record) == got.Record {
		t.Errorf("answer %+v", got)
	}
	second := c.imported("", file).operation(statusSuccess)
	if len(second.Messages) != 0 || second.Record == got.Record || !maps.EqualFunc(c.on("prod"), prod, sameArtifact) {
		t.Errorf("the second import changed something: %+v", second)
	}
	if state := c.sim.State().CSA["prod"]; state.Imports["import SUCCESS"] != 2 || state.Running != 0 || state.MostAtOnce != 1 {
		t.Errorf("state %+v", state)
	}
}

func sameArtifact(a, b Artifact) bool {
	return a.ID == b.ID && a.DisplayName == b.DisplayName && a.Description == b.Description && slices.Equal(a.Uses, b.Uses)
}

func TestCSAUpdate(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	first := c.imported("", c.exported(designID)).operation(statusSuccess).ids(t)
	changed := c.on("dev")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	changed.DisplayName, changed.Size = "Simple Compute Linux 2", 1000
	if err := c.sim.PutArtifacts("dev", changed); err != nil {
		t.Fatal(err)
	}
	second := c.imported("update=true", c.exported(designID)).operation(statusSuccess).ids(t)
	prod := c.on("prod")
	design := prod["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	if len(prod) != 3 || design.DisplayName != "Simple Compute Linux 2" || design.Size != 1000 ||
		design.ID != first["Service design Simple Compute Linux imported successfully."] ||
		design.ID != second["Service design Simple Compute Linux 2 imported successfully."] {
		t.Errorf("prod has %+v", prod)
	}
}

// TestCSAPublished has an update that leaves published offerings and designs as they
// are, says so, and succeeds.
func TestCSAPublished(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	c.imported(forSales, c.exported(catalogID)).operation(statusSuccess)
	published := c.on("prod")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	published.Published = true
	if err := c.sim.PutArtifacts("prod", published); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"SERVICE_OFFERING LINUX_SERVER_OFFERING_1.0", "SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX", "RESOURCE_OFFERING VMWARE_VCENTER_COMPUTE",
	} {
		changed := c.on("dev")[name]
		changed.Description = "Changed."
		if err := c.sim.PutArtifacts("dev", changed); err != nil {
			t.Fatal(err)
		}
	}
	before, file := c.on("prod"), c.exported(offeringID)
	for _, step := range []struct{ query, words string }{
		{"previewImport=true&update=true", "can be imported."}, {"update=true", "imported successfully."},
	} {
		got := c.imported(step.query, file).operation(statusSuccess)
		text := strings.Join(strings.Fields(strings.Join(got.Messages, "\n")), " ")
		if len(got.Messages) != 4 || strings.Count(text, step.words) != 2 ||
			!strings.Contains(text, "Service offering Linux Server mit Überwachung is published and is not updated.") ||
			!strings.Contains(text, "Service design Simple Compute Linux is published and is not updated.") {
			t.Errorf("%+v", got)
		}
	}
	after := c.on("prod")
	for name, a := range after {
		if same := sameArtifact(a, before[name]); same == (name == "RESOURCE_OFFERING VMWARE_VCENTER_COMPUTE") {
			t.Errorf("%s is as it was: %v", name, same)
		}
	}
	// Out of the catalog it is changed.
	catalog := after["CATALOG it_dienste_fachbereiche"]
	catalog.Uses = nil
	if err := c.sim.PutArtifacts("prod", catalog); err != nil {
		t.Fatal(err)
	}
	c.imported("update=true", file).operation(statusSuccess)
	if got := c.on("prod")["SERVICE_OFFERING LINUX_SERVER_OFFERING_1.0"]; got.Description != "Changed." {
		t.Errorf("%+v", got)
	}
	published.Type, published.ID, published.Name = typeOffering, newUUID(), "p"
	if err := c.sim.PutArtifacts("prod", published); err == nil {
		t.Error("an offering is marked as published")
	}
}

// TestCSAPreserve leaves one more renamed copy each time; what refers to the
// old one still does.
func TestCSAPreserve(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	file := c.exported(designID)
	before := c.imported("", file).operation(statusSuccess).ids(t)
	user := Artifact{
		ID: newUUID(), Type: typeOffering, Name: "user", DisplayName: "User",
		Uses: []string{before["Service design Simple Compute Linux imported successfully."]},
	}
	if err := c.sim.PutArtifacts("prod", user); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.imported("updatePreserveExisting=true", file).operation(statusSuccess)
	}
	prod := c.on("prod")
	kept := prod["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX-1"]
	if len(prod) != 10 || kept.ID != user.Uses[0] || kept.DisplayName != "Simple Compute Linux-1" ||
		!strings.HasPrefix(kept.Description, "Superseded on ") || prod["SERVICE_OFFERING user"].Uses[0] != kept.ID ||
		prod["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"].ID == prod["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX-2"].ID {
		t.Errorf("prod has %+v", prod)
	}
}

func TestCSACatalogAndPalette(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	catalog := c.exported(catalogID)
	c.imported("", catalog).page(http.StatusBadRequest, "orgForCatalogImport is required")
	c.imported("orgForCatalogImport=nobody", catalog).page(http.StatusNotFound, "Organization nobody")
	c.imported(forSales, catalog).operation(statusSuccess)
	prod := c.on("prod")
	if got := prod["CATALOG it_dienste_fachbereiche"]; got.Organization != "Vertrieb Süd" || len(got.Uses) != 3 || len(prod) != 8 {
		t.Errorf("prod has %+v", prod)
	}
	list := c.get("prod", "catalog/"+prod["CATALOG it_dienste_fachbereiche"].ID+"/offering?").Body.String()
	if !strings.Contains(list, "<count>2</count>") {
		t.Error(list)
	}
	global := c.on("dev")["CATALOG it_dienste_fachbereiche"]
	global.DisplayName = globalCatalog
	if err := c.sim.PutArtifacts("dev", global); err != nil {
		t.Fatal(err)
	}
	c.imported(forSales+"&update=true", c.exported(catalogID)).operation(statusFailure)

	// A palette is updated whatever the flags say.
	palette := c.exported(paletteID)
	c.imported("updatePreserveExisting=true&associateProviders=true", palette).operation(statusSuccess)
	if got := c.imported("updatePreserveExisting=true", palette).operation(statusSuccess); len(got.ids(t)) != 2 || len(c.on("prod")) != 9 {
		t.Errorf("%+v, prod has %+v", got, c.on("prod"))
	}
}

// TestCSAOptions takes options from the query and the form; the query wins.
func TestCSAOptions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		query  string
		fields []string
		status int
		text   string
	}{
		"both flags":        {"update=true&updatePreserveExisting=true", nil, 400, "cannot be used with"},
		"both, one in form": {"update=true", []string{"updatePreserveExisting", "true"}, 400, "cannot be used with"},
		"query wins":        {"update=true&updatePreserveExisting=false", []string{"updatePreserveExisting", "true"}, 200, "SUCCESS"},
		"no bool":           {"update=yes", nil, 400, "true or false"},
		"a design":          {"validateType=SERVICE_DESIGN", nil, 200, "SUCCESS"},
		"a blueprint":       {"validateType=SERVICE_BLUEPRINT", nil, 200, "SUCCESS"},
		"in the form":       {"", []string{"validateType", "SERVICE_BLUEPRINT", "other", "x"}, 200, "SUCCESS"},
		"another kind":      {"validateType=CATALOG", nil, 400, "the archive is of type SERVICE_BLUEPRINT, not CATALOG"},
		"no kind":           {"validateType=DESIGN", nil, 400, "validateType must be one of"},
		"file name":         {"file=a.zip", nil, 200, "SUCCESS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCSA(t, Options{})
			got := c.imported(tc.query, c.exported(designID), tc.fields...)
			got.status(tc.status)
			if !strings.Contains(got.Body.String(), tc.text) || (len(c.on("prod")) > 0) != (tc.status == 200) {
				t.Errorf("%s", got.Body)
			}
			upload := last(c.sim).Upload
			if upload.PartName != "file" || upload.FileName != "archive.zip" || upload.SHA256 != c.sim.ServedArchives()[0].SHA256 ||
				tc.fields != nil && (upload.FormFields[0] != tc.fields[0] || upload.Options[tc.fields[0]] == "") ||
				tc.query != "" && !strings.Contains(last(c.sim).Query, tc.query) {
				t.Errorf("logged %+v", upload)
			}
		})
	}
}

func TestCSABadUploads(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	with := func(files ...string) []byte {
		var buf bytes.Buffer
		zw := zip.NewWriter(&buf)
		for pair := range slices.Chunk(files, 2) {
			w, err := zw.Create(pair[0])
			if err == nil {
				_, err = w.Write([]byte(pair[1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	item := func(name, itemType string) string {
		return "<archiveItems><item>" + name + "</item><itemType>" + itemType + "</itemType></archiveItems>"
	}
	design := kindOf(typeDesign).class
	for name, tc := range map[string]struct {
		file []byte
		text string
	}{
		"no zip":      {[]byte("hello"), "not a content archive"},
		"no manifest": {with("a", "b"), "no entry manifest.xml"},
		"no XML":      {with("manifest.xml", "{}"), "manifest.xml"},
		"empty":       {with("manifest.xml", "<manifest/>"), "lists no artifact"},
		"not there":   {with("manifest.xml", "<manifest>"+item("a.xml", design)+"</manifest>"), "no entry a.xml"},
		"nameless":    {with("manifest.xml", "<manifest>"+item("a.xml", design)+"</manifest>", "a.xml", "<ServiceBlueprint/>"), "an id and a name"},
	} {
		got := c.imported("", tc.file)
		if got.page(http.StatusBadRequest, tc.text); t.Failed() {
			t.Fatal(name)
		}
	}
	document := "<ServiceBlueprint>\n <createdBy><id>x</id></createdBy><id> a </id><name>\n n</name><displayName>N</displayName></ServiceBlueprint>"
	got := c.imported("", with("import.xml", document, "x.exe", "x",
		"manifest.xml", "<manifest>"+item("x.exe", "File")+item("import.xml", design)+item("gone.png", "File")+"</manifest>")).operation(statusFailure)
	if len(got.Messages) != 2 || len(c.on("prod")) != 0 {
		t.Errorf("%+v", got)
	}
	got = c.imported("", with("import.xml", document, "manifest.xml", "<manifest>"+item("import.xml", design)+"</manifest>")).operation(statusSuccess)
	if len(got.ids(t)) != 1 || c.on("prod")["SERVICE_BLUEPRINT n"].DisplayName != "N" {
		t.Errorf("%+v", got)
	}

	c.send(c.ask(http.MethodPost, "prod", "import?", "application/json", "{}")).page(http.StatusUnsupportedMediaType, "multipart")
	var body bytes.Buffer
	contentType := form(t, &body, "archive", "a.zip", []byte("x"))
	c.send(c.ask(http.MethodPost, "prod", "import?", contentType, body.String())).page(http.StatusBadRequest, "the part file is missing")
	if got := last(c.sim).Upload; got.PartName != "archive" || got.FileName != "a.zip" {
		t.Errorf("logged %+v", got)
	}
	c.send(c.ask(http.MethodPost, "prod", "import?", contentType, body.String()[:50])).page(http.StatusBadRequest, "EOF")
	c.user["prod"] = c.sim.UserIdentifier("prod", "CSA-Provider", "viewer")
	c.imported("", nil).page(http.StatusForbidden, "not the owner")
}

// TestCSAPreview changes nothing and says what an import would.
func TestCSAPreview(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{JobTime: time.Hour})
	design := c.on("dev")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	file := c.exported(designID)
	for range 2 {
		got := c.imported("previewImport=true&update=true", file).operation(statusSuccess)
		if len(got.Messages) != 3 || got.Record != "" || strings.Contains(strings.Join(got.Messages, ""), "Id=") || len(c.on("prod")) != 0 {
			t.Errorf("%+v, prod has %v", got, c.on("prod"))
		}
	}
	if entry := last(c.sim); entry.Kind != kindCSAPreview || entry.JobID != "" {
		t.Errorf("logged %+v", entry)
	}
	c.imported("", file, "previewImport", "true").operation(statusSuccess)
	if entry := last(c.sim); entry.Kind != kindCSAPreview || len(c.on("prod")) != 0 {
		t.Errorf("logged %+v", entry)
	}
	design.Flows = append(design.Flows, "/Library/Not deployed")
	if err := c.sim.PutArtifacts("dev", design); err != nil {
		t.Fatal(err)
	}
	got := c.imported("previewImport=true", c.exported(designID)).operation(statusFailure)
	if len(got.Messages) != 1 || !strings.Contains(got.Messages[0], "process definition /Library/Not deployed does not exist") {
		t.Errorf("%+v", got)
	}
	if state := c.sim.State().CSA["prod"]; state.Imports["preview SUCCESS"] != 3 || state.Imports["preview FAILURE"] != 1 {
		t.Errorf("%+v", state)
	}
}

// TestCSAResult is told by the record, with the word Error in a success.
func TestCSAResult(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	record := strings.TrimSpace(c.imported("", c.exported(offeringID)).operation(statusSuccess).Record)
	if entry := last(c.sim); entry.JobID != record || entry.Concurrent != 1 {
		t.Errorf("logged %+v", entry)
	}
	var result struct {
		Entries []struct {
			Name      string `xml:"artifactName"`
			Display   string `xml:"artifactDisplayName"`
			Type      string `xml:"artifactType"`
			Operation string `xml:"importOperation"`
		} `xml:"importResultLogEntry"`
		Summary string `xml:"importSummary"`
		Status  string `xml:"status"`
		Time    string `xml:"timeOfImport"`
		User    string `xml:"userInformation"`
	}
	got := c.get("prod", "import_result/"+record+"?")
	got.xml(&result)
	if len(result.Entries) != 4 || result.Entries[1].Type != "SERVICE_BLUEPRINT" || result.Entries[1].Operation != "Error" ||
		strings.TrimSpace(result.Entries[1].Name) != "SIMPLE_COMPUTE_LINUX" || result.Status != "SUCCESS" || result.User != "admin" {
		t.Errorf("result %+v", result)
	}
	if _, err := time.Parse("January 2, 2006 3:04:05 PM MST", result.Time); err != nil {
		t.Error(err)
	}
	if strings.Contains(got.Body.String(), "Id=") {
		t.Error("the result has ids")
	}
	page := c.get("prod", "import_result/"+record+"?format=HTML")
	page.page(http.StatusOK, "Import of Service offering archive successful.")
	c.get("dev", "import_result/"+record+"?").page(http.StatusNotFound, record)
}

// TestCSAForbidden keeps the access rules of what is there.
func TestCSAForbidden(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	mine := Artifact{ID: newUUID(), Type: typeDesign, Name: "SIMPLE_COMPUTE_LINUX", DisplayName: "Theirs", Forbidden: true}
	if err := c.sim.PutArtifacts("prod", mine); err != nil {
		t.Fatal(err)
	}
	file := c.exported(designID)
	got := c.imported("update=true", file).operation(statusFailure)
	if len(c.on("prod")) != 1 || !strings.Contains(got.Messages[0], "cannot be changed") {
		t.Errorf("%+v", got)
	}
	c.imported("", file).operation(statusSuccess)
	if got := c.on("prod")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]; got.DisplayName != "Theirs" {
		t.Errorf("%+v", got)
	}
}
