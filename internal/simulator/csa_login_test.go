package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestCSALogin(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	id := func(server, organization, user string) string {
		return c.sim.UserIdentifier(server, organization, user)
	}
	for path, want := range map[string]string{
		"login/CSA-Provider/admin/":                                                         id("dev", "CSA-Provider", "admin"),
		"login/CSA-Provider/admin":                                                          id("dev", "CSA-Provider", "admin"),
		"login/CSA_CONSUMER/consumer/":                                                      id("dev", "CSA_CONSUMER", "consumer"),
		"login/CSA-Provider/" + escaped("jörg.müller") + "/":                                id("dev", "CSA-Provider", "jörg.müller"),
		"login/" + escaped("Vertrieb Süd") + "/" + escaped("anna.weiß") + "/":               id("dev", "Vertrieb Süd", "anna.weiß"),
		"login/CSA-Provider/userLookup?userName=" + url.QueryEscape(`EMEA\release manager`): id("dev", "CSA-Provider", `EMEA\release manager`),
		"login/CSA-Provider/userLookup?userName=ops/promoter":                               id("dev", "CSA-Provider", "ops/promoter"),
		"login/" + escaped("Forschung/Lehre") + "/userLookup?userName=ops%2Fpromoter":       id("dev", "Forschung/Lehre", "ops/promoter"),
	} {
		r := c.request(http.MethodGet, "/dev/csa/rest/"+path, "", "")
		r.SetBasicAuth(csaAccount, c.sim.csa["dev"].password)
		got := c.send(r)
		got.status(http.StatusOK)
		var person struct {
			ID           string `xml:"id"`
			Organization struct {
				ID string `xml:"id"`
			} `xml:"organization"`
		}
		got.xml(&person)
		if len(want) != 32 || person.ID != want || person.Organization.ID == "" || person.Organization.ID == want {
			t.Errorf("%s: got %+v, want %s", path, person, want)
		}
		r.Header.Set("Accept", "application/json")
		if got := c.send(r).json(); got["id"] != want {
			t.Errorf("%s as JSON: %v", path, got)
		}
	}
	if id("dev", "CSA-Provider", "admin") == id("prod", "CSA-Provider", "admin") {
		t.Error("both servers have the same userIdentifier")
	}
	if id("dev", "CSA-Provider", "nobody")+id("none", "CSA-Provider", "admin") != "" {
		t.Error("somebody who is not there has an id")
	}
}

// TestCSARefusals tells wrong account, unknown organization and unknown user
// apart.
func TestCSARefusals(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{MaxBody: 5000})
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"login/CSA-Consumer/admin/":                    {404, "Organization CSA-Consumer does not exist"},
		"login/CSA-Provider/root/":                     {404, "User root does not exist in organization CSA-Provider"},
		"login/CSA-Provider/userLookup?userName=a/b":   {404, "User a/b does not exist"},
		"login/CSA-Provider/ops%2Fpromoter/":           {400, "Bad request"},
		"login/CSA-Provider/EMEA%5crelease%20manager/": {400, "Bad request"},
		"login/CSA-Provider/" + escaped("jörg.müller"): {404, "User jörg does not exist"},
		"catalog":                                 {401, "userIdentifier is missing"},
		"catalog?x":                               {200, "CatalogList"},
		"nothing?":                                {404, "/dev/csa/rest/nothing"},
		"orgInformation/nobody?":                  {404, "Organization nobody does not exist"},
		"export/" + providerID + "?":              {404, "does not exist"},
		"import_result/x?":                        {400, "no import result record"},
		"import_result/" + newUUID() + "?":        {404, "does not exist"},
		"artifact?artifactType=SERVICE_BLUEPRINT": {404, "cannot be listed"},
		"catalog/" + designID + "/offering?":      {404, "Catalog " + designID},
		"artifact/" + newUUID() + "?":             {404, "Object not found"},
	} {
		got := c.get("dev", path)
		got.status(want.status)
		if !strings.Contains(got.Body.String(), want.text) {
			t.Errorf("%s: %s", path, got.Body)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"no account":       func(r *http.Request) { r.Header.Del("Authorization") },
		"unknown account":  func(r *http.Request) { r.SetBasicAuth("idmTransportUser", c.sim.csa["dev"].password) },
		"wrong password":   func(r *http.Request) { r.SetBasicAuth(csaAccount, c.sim.csa["prod"].password) },
		"unknown user":     func(r *http.Request) { r.URL.RawQuery = "userIdentifier=" + c.user["prod"] },
		"password of dev ": func(r *http.Request) { r.SetBasicAuth(csaAccount, "") },
	} {
		r := c.ask(http.MethodGet, "dev", "catalog?", "", "")
		change(r)
		got := c.send(r)
		got.page(http.StatusUnauthorized, "Not authorized")
		if got.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
	}
	got := c.imported("", make([]byte, 6000))
	got.page(http.StatusRequestEntityTooLarge, "too large")
	if got := c.send(c.request(http.MethodGet, "/dev", "", "")); got.Code != http.StatusNotFound || last(c.sim).Kind != kindCSAOther {
		t.Errorf("%d, %+v", got.Code, last(c.sim))
	}
}

// TestCSALog has neither credentials nor a userIdentifier, and tells whether a
// cookie came back.
func TestCSALog(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	first := c.get("prod", "organization/?scope=base")
	first.status(http.StatusOK)
	cookies := (&http.Response{Header: first.Header()}).Cookies()
	if len(cookies) != 1 || cookies[0].Name != "JSESSIONID" || cookies[0].Path != "/prod/csa" || !cookies[0].HttpOnly {
		t.Errorf("cookies %v", cookies)
	}
	r := c.ask(http.MethodGet, "prod", "orgInformation/"+escaped("Vertrieb Süd")+"?", "", "")
	r.URL.RawQuery += "&%75serIdentifier=" + c.user["prod"]
	r.AddCookie(cookies[0])
	second := c.send(r)
	second.status(http.StatusOK)
	if second.Header().Get("Set-Cookie") != "" || second.Header().Get("Server") != "Apache-Coyote/1.1" ||
		second.Header().Get("X-Request-Id") != "" {
		t.Errorf("headers %v", second.Header())
	}
	c.imported("", []byte("PK"), userIdentifier, c.user["prod"]).status(http.StatusBadRequest)

	log := c.sim.Requests()
	if len(log) != 3 || log[0].Cookie || !log[1].Cookie {
		t.Fatalf("log %+v", log)
	}
	want := Request{
		Seq: 1, Time: log[0].Time, Platform: "csa", Kind: kindCSAOrganizations, Instance: "prod", Method: http.MethodGet,
		Path: "/prod/csa/rest/organization/", Query: "userIdentifier=***&scope=base", Status: 200, DurationMS: log[0].DurationMS, Auth: "basic",
		BytesOut: int64(first.Body.Len()),
	}
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if text(log[0]) != text(want) {
		t.Errorf("logged %+v, want %+v", log[0], want)
	}
	for _, secret := range []string{c.user["prod"], c.sim.csa["prod"].password, cookies[0].Value} {
		if strings.Contains(text(log), secret) {
			t.Errorf("the log has the secret %s", secret)
		}
	}
}

func TestCSAInfo(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{Assets: &Assets{CSA: map[string]CSAAssets{"third": {}}}})
	info := c.sim.Info("http://127.0.0.1:1/")
	data, err := json.Marshal(info.CSA["prod"])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"endpoint":"http://127.0.0.1:1/prod","username":"csaTransportUser","password":"` + c.sim.csa["prod"].password +
		`","organization":"CSA-Provider","user":"admin"}`
	if string(data) != want || len(info.CSA) != 3 || info.CSA["dev"].Password == info.CSA["prod"].Password {
		t.Errorf("got %s", data)
	}
	if n := len(c.sim.State().CSA["dev"].Artifacts); n != 0 {
		t.Errorf("dev has %d artifacts", n)
	}
}

func TestCSAAssets(t *testing.T) {
	t.Parallel()
	design := Artifact{ID: designID, Type: typeDesign, Name: "a", DisplayName: "A"}
	for name, change := range map[string]func(*Artifact){
		"type":         func(a *Artifact) { a.Type = "SERVICE_DESIGN" },
		"id":           func(a *Artifact) { a.ID = "x" },
		"name":         func(a *Artifact) { a.Name = "" },
		"organization": func(a *Artifact) { a.Organization = "CSA-Provider" },
		"uses":         func(a *Artifact) { a.Uses = []string{"x"} },
	} {
		a := design
		change(&a)
		if _, err := New(Options{Assets: &Assets{CSA: map[string]CSAAssets{"dev": {Artifacts: []Artifact{a}}}}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	other := design
	other.ID = computeID
	for name, csa := range map[string]map[string]CSAAssets{
		"twice":        {"dev": {Artifacts: []Artifact{design, other}}},
		"server":       {"v2": {}},
		"organization": {"dev": {Organizations: []Organization{{}}}},
	} {
		if _, err := New(Options{Assets: &Assets{CSA: csa}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	c := newCSA(t, Options{})
	for _, body := range []string{
		`{"csa":{"prod":{"artifacts":[{"id":"` + designID + `","type":"SERVICE_BLUEPRINT","name":"a","display_name":"A"}]}}}`,
		`{"csa":{"prod":{"flows":["x"],"artifacts":[]}}}`, `{"csa":{"none":{"artifacts":[]}}}`,
	} {
		c.send(c.request(http.MethodPost, "/_simulator/assets", "application/json", body))
	}
	if got := c.on("prod"); len(got) != 1 || got["SERVICE_BLUEPRINT a"].DisplayName != "A" {
		t.Errorf("prod has %v", got)
	}
}
