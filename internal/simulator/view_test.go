package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// watched is a Simulator in which both platforms and both stores were used, in
// every way to log in, and what a page of it shows.
func watched(t *testing.T) (*csaClient, view) {
	t.Helper()
	c := newCSA(t, Options{})
	c.login()
	s := c.sim
	job := c.export(ordersBody).started()
	archiveID := str(c.job("dev", job).json()["archive_id"])
	file := c.download(archiveID)
	file.wants(http.StatusOK)
	c.upload("?type=Merge", "orders.zip", file.Body.Bytes()).started()
	if err := s.Order(Fault{On: kindCSAImport, Do: doImportStatus, Messages: []string{"Not\ntoday."}}); err != nil {
		t.Fatal(err)
	}
	design := c.exported(designID)
	c.imported("previewImport=true", design).operation(statusSuccess)
	c.imported("", design).operation(statusFailure)
	if err := s.Order(Fault{On: kindExport, Do: doFailJob}, Fault{On: "*", Do: "hang", Skip: 1000}); err != nil {
		t.Fatal(err)
	}
	c.export(ordersBody).started()
	c.export(ordersBody).started()
	s.IDToken(time.Hour)
	s.TemporaryS3Keys(time.Hour)
	s.locked(func() { s.issueKeys("assume_role", s.promoter.identity, time.Hour) })
	if err := s.PutObject("obs", defaultBucket, "orders.zip", []byte("PK"), map[string]string{"who": "somebody"}); err != nil {
		t.Fatal(err)
	}
	return c, s.view()
}

func TestView(t *testing.T) {
	t.Parallel()
	_, v := watched(t)
	// The newest job comes first.
	var jobs []string
	for _, j := range v.Jobs {
		jobs = append(jobs, strings.Join(append([]string{j.Platform, j.Place, j.Kind, j.Subject, j.Status}, j.Messages...), " "))
	}
	want := []string{
		"roma dev export 1 app, 1 task succeeded",
		"roma dev export 1 app, 1 task failed application orders: The API path conflicts with an API of the instance (ROMA.13000)",
		"csa prod import archive.zip failed Import of Service design archive failed. Not\ntoday.",
		"csa prod preview archive.zip succeeded Import of Service design archive can succeed. Service design Simple Compute Linux can be imported. " +
			"Resource offering vCenter Offering can be imported. Resource offering Sicherung & Wiederherstellung can be imported.",
		"roma prod import orders.zip succeeded",
		"roma dev export 1 app, 1 task succeeded",
	}
	if !slices.Equal(jobs, want) {
		t.Errorf("jobs %q", jobs)
	}
	if len(v.Archives) != 2 || v.Archives[0].Status != "waiting" || v.Archives[1].Status != "taken" || v.Archives[1].Apps != 1 || v.Archives[1].Tasks != 1 {
		t.Errorf("archives %+v", v.Archives)
	}
	if dev, prod := v.Instances[0], v.Instances[1]; len(dev.Assets) != 6 || len(prod.Assets) != 2 || prod.Name != "prod" || prod.Assets[0].Name != "orders" {
		t.Errorf("instances %+v", v.Instances)
	}
	if len(v.CSA) != 2 || len(v.CSA[0].Assets) == 0 || len(v.CSA[1].Assets) != 0 {
		t.Errorf("CSA %+v", v.CSA)
	}
	if len(v.Stores) != 2 || v.Stores[0].Name != "obs" || len(v.Stores[0].Assets) != 1 || v.Stores[0].Assets[0].Note != "2 bytes" {
		t.Errorf("stores %+v", v.Stores)
	}
	if len(v.Faults) != 1 || v.Faults[0].Do != "hang" || v.Faults[0].Left != 1 || v.Faults[0].Seen != 2 {
		t.Errorf("faults %+v", v.Faults)
	}
	newest := v.Requests[0]
	if newest.Kind != kindExport || newest.Place != "dev" || newest.Status != http.StatusOK || newest.DurationMS < 0 || newest.Fault != "" || v.Requests[1].Fault != doFailJob {
		t.Errorf("requests %+v", v.Requests)
	}
}

// TestNoSecretOnThePage looks for every credential in everything that a page
// gets.
func TestNoSecretOnThePage(t *testing.T) {
	t.Parallel()
	c, v := watched(t)
	s := c.sim
	var one []string
	s.locked(func() { one = s.secrets() })
	one = append(one, s.IDToken(time.Hour))
	// Credentials where they do not belong.
	for _, secret := range one {
		c.client.get("/v2/x?token=" + secret)
		c.get("prod", "catalog?"+"userIdentifier="+secret)
		c.client.get("/v2/p/" + url.PathEscape(secret) + "/x")
		c.get("prod", "catalog%3FuserIdentifier="+url.PathEscape(secret))
	}
	c.client.get("/v2/w/orders.zip%3FX-Amz-Signature=abcdef0123456789")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var text string
	for _, what := range []string{"/", "/_simulator/view", "/_simulator/actions", "/_simulator/events"} {
		got := c.send(c.request(http.MethodGet, what, "", "").WithContext(ctx))
		if what == "/" {
			got = ask(t, &c.client, http.MethodGet, what, nil, "")
		}
		if got.Code != http.StatusOK {
			t.Fatalf("%s: %d", what, got.Code)
		}
		text += got.Body.String()
	}
	// Only the latest requests are shown: look at each.
	s.locked(func() {
		for _, entry := range s.log {
			text += " " + s.viewRequest(entry, one).Path
		}
	})
	for _, secret := range append(one, "abcdef0123456789") {
		if strings.Contains(text, secret) || strings.Contains(text, url.PathEscape(secret)) {
			t.Errorf("the page shows %.12s…", secret)
		}
	}
	if !strings.Contains(text, " /v2/p/***/x ") || !strings.Contains(text, " /v2/w/orders.zip%3F***") {
		t.Error("paths are not shown, or hidden altogether")
	}
	if len(one) < 15 || len(v.Jobs) == 0 || !strings.Contains(text, `"path": "/v2/x"`) || !strings.Contains(text, `"path":"/v2/x"`) {
		t.Errorf("%d secrets were looked for in %d bytes", len(one), len(text))
	}
}

// TestViewIsBounded has texts and lists of any length.
func TestViewIsBounded(t *testing.T) {
	t.Parallel()
	c, _ := watched(t)
	long := strings.Repeat("ü", 5000)
	var faults []Fault
	for range 1000 {
		faults = append(faults, Fault{On: kindDownload, Do: "hang", PathContains: long[:100]})
	}
	faults = append(faults, Fault{On: kindCSAImport, Do: doImportStatus, Messages: slices.Repeat([]string{long}, 500)})
	if err := c.sim.Order(faults...); err != nil {
		t.Fatal(err)
	}
	c.imported("", c.exported(designID)).operation(statusFailure)
	if err := c.sim.PutArtifacts("prod", Artifact{ID: strings.Repeat("a", 32), Type: "RESOURCE_OFFERING", Name: "long", DisplayName: long}); err != nil {
		t.Fatal(err)
	}
	c.client.get("/v2/" + strings.Repeat("a", 1<<19))
	v := c.sim.view()
	if data, err := json.Marshal(v); err != nil || len(data) > 1<<17 {
		t.Errorf("the view has %d bytes, %v", len(data), err)
	}
	if len(v.Faults) != mostShown || v.More.Faults != len(c.sim.faults)-mostShown {
		t.Errorf("%d faults and %d more", len(v.Faults), v.More.Faults)
	}
	messages := v.Jobs[0].Messages
	if len(messages) != mostMessages+1 || messages[mostMessages] != "and 481 more messages" || messages[1] != strings.Repeat("ü", mostText/2)+"…" {
		t.Errorf("%d messages, the last %.40q", len(messages), messages[len(messages)-1])
	}
	if got := clip(strings.Repeat("a", mostText-1) + "ü"); got != strings.Repeat("a", mostText-1)+"…" {
		t.Errorf("clipped to %q", got)
	}
}

func TestViewOfCSAImports(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCSA(t, Options{JobTime: time.Minute})
		content := c.exported(designID)
		go c.imported("", content)
		synctest.Wait()
		time.Sleep(15 * time.Second)
		v := c.sim.view()
		if len(v.Jobs) != 1 || v.Jobs[0].Status != "running" || v.Jobs[0].Progress != 0.25 || v.Jobs[0].Place != "prod" || v.CSA[1].Running != 1 {
			t.Errorf("under way: %+v", v.Jobs)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if v = c.sim.view(); v.Jobs[0].Status != "succeeded" || v.Jobs[0].ID == "" || !strings.Contains(v.Jobs[0].Messages[1], "(Id="+v.CSA[1].Assets[0].ID+")") || v.Jobs[0].End.Sub(v.Jobs[0].Begin) != time.Minute {
			t.Errorf("ended: %+v", v.Jobs)
		}
		if err := c.sim.Order(Fault{On: kindCSAImport, Do: doNeverEnd}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var body bytes.Buffer
		contentType := form(t, &body, csaPart, "archive.zip", content)
		go c.send(c.ask(http.MethodPost, "prod", "import?", contentType, body.String()).WithContext(ctx))
		synctest.Wait()
		cancel()
		synctest.Wait()
		if v = c.sim.view(); len(v.Jobs) != 2 || v.Jobs[0].Status != "abandoned" || v.Jobs[0].Subject != "archive.zip" || v.CSA[1].Running != 0 {
			t.Errorf("abandoned: %+v", v.Jobs)
		}
	})
}
