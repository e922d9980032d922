package simulator

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestCSAAnswers orders what answers in the place of CSA.
func TestCSAAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault  Fault
		status int // 0 for a closed connection
		text   string
		done   bool
	}{
		{Fault{Do: "status", Status: 401}, 401, "Not authorized", false},
		{Fault{Do: "status", Status: 403}, 403, "not the owner", false},
		{Fault{Do: "status", Status: 404}, 404, "Object not found", false},
		{Fault{Do: "status", Status: 409}, 409, "Conflict", false},
		{Fault{Do: "status", Status: 500, Message: "out of <memory>"}, 500, "out of &lt;memory&gt;", false},
		{Fault{Do: "status", Status: 503, Unread: true}, 503, "Service Unavailable", false},
		{Fault{Do: "status", Status: 502, Body: "{}", ContentType: "application/json"}, 502, "{}", false},
		{Fault{Do: "raw_body", Body: "<ImportOperationResult>", ContentType: "application/xml"}, 200, "<ImportOperationResult>", false},
		{Fault{Do: "html_page"}, 200, "<title>Cloud Service Management Console</title>", false},
		{Fault{Do: "html_page", Status: 503}, 503, "Console", false},
		{Fault{Do: "endless_body", Bytes: 100_000}, 200, "<importSummary>aaaa", false},
		{Fault{Do: "drop_before"}, 0, "", false},
		{Fault{Do: "drop_after"}, 0, "", true},
		{Fault{Do: "cut", Bytes: 100}, 0, "<ImportOperationResult>", true},
		{Fault{Do: "cut", Bytes: 100, Chunked: true}, 200, "<ImportOperationResult>", true},
		{Fault{Do: "slow", BytesPerSecond: 1 << 30}, 200, "SUCCESS", true},
		{Fault{Do: "import_status", Word: "WARNING", Summary: "a < b", Messages: []string{"first", "second"}}, 200, "a &lt; b", false},
		{Fault{Do: "import_status", Status: 500}, 500, "FAILURE", false},
		{Fault{Do: "import_status", Word: "SUCCESS", Messages: []string{}}, 200, "SUCCESS", false},
		{Fault{Do: "job_time"}, 200, "SUCCESS", true},
	} {
		t.Run(tc.fault.Do, func(t *testing.T) {
			t.Parallel()
			c := newCSA(t, Options{})
			file := c.exported(designID)
			tc.fault.On = kindCSAImport
			c.order(tc.fault)
			got := c.imported("", file)
			if got.aborted != (tc.status == 0) || tc.status != 0 && got.Code != tc.status || !strings.Contains(got.Body.String(), tc.text) {
				t.Errorf("status %d, aborted %v: %.300s", got.Code, got.aborted, got.Body)
			}
			if entry := last(c.sim); entry.Fault != tc.fault.Do || (entry.BytesIn > 0) == tc.fault.Unread {
				t.Errorf("logged %+v", entry)
			}
			if (len(c.on("prod")) > 0) != tc.done {
				t.Errorf("prod has %v", c.on("prod"))
			}
			if state := c.sim.State().CSA["prod"]; state.Running != 0 || len(c.sim.PendingFaults()) != 0 {
				t.Errorf("%+v", state)
			}
		})
	}
}

// TestCSAImportFaults orders what changes an import.
func TestCSAImportFaults(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	file := c.exported(designID)

	c.order(Fault{On: kindCSAImport, Do: doNoRecord}, Fault{On: kindCSAImport, Do: doIDsMissing})
	got := c.imported("", file).operation(statusSuccess)
	if got.Record != "" || len(got.Messages) != 3 || strings.Contains(got.Messages[0], "Id") || last(c.sim).Fault != "no_record,ids_missing" {
		t.Errorf("%+v, %+v", got, last(c.sim))
	}
	c.order(Fault{On: kindCSAImport, Do: doImportStatus, Word: "ERROR", Messages: []string{"x"}})
	failed := c.imported("update=true", file).operation("ERROR")
	record := strings.TrimSpace(failed.Record)
	if body := c.get("prod", "import_result/"+record+"?").Body.String(); !strings.Contains(body, "<status>ERROR</status>") {
		t.Error(body)
	}

	for _, fault := range []Fault{
		{On: kindCSAPreview, Do: doIgnoresPreview, PathContains: "/prod/"}, {On: kindCSAPreview, Do: doOldServer},
	} {
		c := newCSA(t, Options{})
		c.order(fault)
		got := c.imported("previewImport=true", file).operation(statusSuccess)
		if len(got.ids(t)) != 3 || got.Record == "" || len(c.on("prod")) != 3 || last(c.sim).Kind != kindCSAPreview {
			t.Errorf("%s: %+v", fault.Do, got)
		}
	}
	// A preview that sees nothing is good although the import fails.
	missing := c.on("dev")["SERVICE_BLUEPRINT SIMPLE_COMPUTE_LINUX"]
	missing.Flows = []string{"/Library/Not deployed"}
	if err := c.sim.PutArtifacts("dev", missing); err != nil {
		t.Fatal(err)
	}
	broken := c.exported(designID)
	c.order(Fault{On: kindCSAPreview, Do: doPreviewBlind})
	c.imported("previewImport=true", broken).operation(statusSuccess)
	c.imported("", broken).operation(statusFailure)
	c.imported("previewImport=true", broken).operation(statusFailure)

	c.order(Fault{On: "*", Do: doOldServer, Times: 2})
	c.imported("validateType=SERVICE_DESIGN", file).page(http.StatusBadRequest, "validateType must be one of")
	c.imported("validateType=SERVICE_BLUEPRINT", file).operation(statusSuccess)
	for _, order := range []Fault{
		{On: kindCSAImport, Do: doIgnoresPreview},
		{On: kindCSAImport, Do: doPreviewBlind},
		{On: kindCSAExport, Do: doNoRecord},
		{On: kindCSAExport, Do: doExpireToken},
		{On: kindImport, Do: doImportStatus},
		{On: kindCSAImport, Do: "busy"},
		{On: kindCSAImport, Do: doNoRecord, Word: "x"},
	} {
		if err := c.sim.Order(order); err == nil {
			t.Errorf("%s on %s was taken", order.Do, order.On)
		}
	}
}

func TestCSABadExports(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	for _, fault := range []Fault{
		{Do: "not_a_zip"},
		{Do: "not_a_zip", ContentType: "application/json"},
		{Do: "html_page"},
		{Do: "bad_zip", Variant: zipLocalHeader},
		{Do: "bad_zip", Variant: zipTruncated},
		{Do: "bad_zip", Variant: zipNoManifest},
		{Do: "bad_zip", Variant: zipManyEntries, Entries: 10},
	} {
		fault.On = kindCSAExport
		c.order(fault)
		got := c.get("dev", "export/"+designID+"?")
		got.status(http.StatusOK)
		contentType := got.Header().Get("Content-Type")
		zr, err := zip.NewReader(bytes.NewReader(got.Body.Bytes()), int64(got.Body.Len()))
		switch {
		case fault.Variant == "":
			if contentType != orDefault(fault.ContentType, htmlType) {
				t.Errorf("%+v: %s %s", fault, contentType, got.Body)
			}
		case contentType != "application/zip;charset=UTF-8":
			t.Errorf("%s: %s", fault.Variant, contentType)
		case (err != nil) != (fault.Variant == zipTruncated):
			t.Errorf("%s: %v", fault.Variant, err)
		case fault.Variant == zipNoManifest && zr.File[0].Name == csaManifest:
			t.Error("there is a manifest")
		}
	}
	if len(c.sim.ServedArchives()) != 0 {
		t.Error("counts as served")
	}
	entries(t, c.exported(designID))
}

// TestCSATime lets an import take its time.
func TestCSATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCSA(t, Options{JobTime: time.Minute})
		file := c.exported(designID)
		start := time.Now()
		c.imported("previewImport=true", file).operation(statusSuccess)
		if d := time.Since(start); d != 0 {
			t.Errorf("a preview took %v", d)
		}
		c.imported("", file).operation(statusSuccess)
		if d := time.Since(start); d != time.Minute {
			t.Errorf("an import took %v", d)
		}
		c.order(Fault{On: kindCSAPreview, Do: doJobTime, JobTimeMS: 5000})
		start = time.Now()
		c.imported("previewImport=true", file).operation(statusSuccess)
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("a preview took %v", d)
		}
		// Two at once are not refused, but seen.
		done := make(chan bool)
		for range 2 {
			go func() {
				got := c.imported("update=true", file)
				done <- !got.aborted && got.Code == http.StatusOK
			}()
		}
		synctest.Wait()
		if state := c.sim.State().CSA; state["prod"].Running != 2 || state["dev"].Running != 0 {
			t.Errorf("%+v", state["prod"])
		}
		for range 2 {
			if !<-done {
				t.Error("one was refused")
			}
		}
		if state := c.sim.State().CSA["prod"]; state.Running != 0 || state.MostAtOnce != 2 || last(c.sim).Concurrent != 2 {
			t.Errorf("%+v", state)
		}
	})
}

// TestCSANever has imports that end by an order, by a client that leaves, or
// never.
func TestCSANever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tc := range map[string]struct {
			fault string
			end   func(c *csaClient, cancel func())
			// answered is whether there is an answer, done whether something
			// was imported.
			answered, done bool
		}{
			"finished":         {doNeverEnd, func(c *csaClient, _ func()) { c.sim.FinishJobs() }, true, true},
			"left for ever":    {doNeverEnd, func(_ *csaClient, cancel func()) { cancel() }, false, false},
			"left":             {doJobTime, func(_ *csaClient, cancel func()) { cancel() }, false, true},
			"server is closed": {doJobTime, func(c *csaClient, _ func()) { c.sim.Close() }, false, false},
		} {
			c := newCSA(t, Options{})
			file := c.exported(designID)
			c.order(Fault{On: kindCSAImport, Do: tc.fault})
			if tc.fault == doJobTime {
				c.sim.ClearFaults()
				c.order(Fault{On: kindCSAImport, Do: doJobTime, JobTimeMS: 3600_000})
			}
			ctx, cancel := context.WithCancel(t.Context())
			var body bytes.Buffer
			contentType := form(t, &body, csaPart, "archive.zip", file)
			r := c.ask(http.MethodPost, "prod", "import?", contentType, body.String()).WithContext(ctx)
			answered := make(chan answer)
			go func() { answered <- c.send(r) }()
			synctest.Wait()
			if c.sim.State().CSA["prod"].Running != 1 || len(c.on("prod")) != 0 {
				t.Errorf("%s: nothing runs, or it is done already", name)
			}
			tc.end(c, cancel)
			got := <-answered
			cancel()
			if got.aborted == tc.answered || (len(c.on("prod")) > 0) != tc.done || c.sim.State().CSA["prod"].Running != 0 {
				t.Errorf("%s: aborted %v, prod has %v", name, got.aborted, c.on("prod"))
			}
		}
	})
}

// TestCSAGone lets a client go away over the network: the import is done all
// the same.
func TestCSAGone(t *testing.T) {
	t.Parallel()
	srv := serve(t, Options{JobTime: time.Hour})
	c := &csaClient{client{t: t, sim: srv.Simulator}, map[string]string{}}
	for _, name := range []string{"dev", "prod"} {
		c.user[name] = srv.Simulator.UserIdentifier(name, csaOrganization, csaUser)
	}
	file := c.exported(designID)
	var body bytes.Buffer
	contentType := form(t, &body, csaPart, "archive.zip", file)
	length := int64(body.Len())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		defer cancel()
		until(t, func() bool { return last(c.sim).BytesIn == length })
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+"/prod/csa/rest/import?userIdentifier="+c.user["prod"], &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.SetBasicAuth(csaAccount, c.sim.csa["prod"].password)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	if resp, err := transport.RoundTrip(r); err == nil {
		t.Errorf("status %d, %v", resp.StatusCode, resp.Body.Close())
	}
	until(t, func() bool { return len(c.on("prod")) == 3 })
}

// TestElements has documents that any reader of XML can read.
func TestElements(t *testing.T) {
	t.Parallel()
	text := "a & b < c > \"d\" ü\n 'e'"
	var got struct {
		Inside []string `xml:"inside>leaf"`
	}
	if err := xml.Unmarshal(tree("root", tree("inside", leaf("leaf", text), leaf("leaf", true))).xml(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Inside) != 2 || got.Inside[0] != text || got.Inside[1] != "true" {
		t.Errorf("%+v", got)
	}
}
