package simulator

import (
	"net/http"
	"strings"
	"testing"
)

func TestCSALists(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	type item struct {
		ID          string `xml:"id"`
		Name        string `xml:"name"`
		DisplayName string `xml:"displayName"`
		Description string `xml:"description"`
		CreatedOn   string `xml:"createdOn"`
	}
	var catalogs struct {
		Count int    `xml:"count"`
		Limit *int   `xml:"limit"`
		Items []item `xml:"catalog"`
	}
	c.get("dev", "catalog?").xml(&catalogs)
	first := item{ID: catalogID, Name: "it_dienste_fachbereiche", DisplayName: "IT-Dienste für Fachbereiche"}
	if catalogs.Count != 2 || catalogs.Limit == nil || *catalogs.Limit != 0 || len(catalogs.Items) != 2 || catalogs.Items[0] != first {
		t.Errorf("catalogs %+v", catalogs)
	}
	catalogs.Items = nil
	c.get("dev", "catalog/?restrict=false").xml(&catalogs)
	if got := catalogs.Items[0]; got.Description == "" || !strings.Contains(got.CreatedOn, "T") {
		t.Errorf("unrestricted: %+v", got)
	}
	var offerings struct {
		Items []item `xml:"ServiceOffering"`
	}
	c.get("dev", "catalog/"+catalogID+"/offering?").xml(&offerings)
	if got := offerings.Items; len(got) != 2 || got[0].ID != offeringID || got[1].DisplayName != "Web Shop (Größe M)" {
		t.Errorf("offerings %+v", got)
	}
	var providers struct {
		Items []item `xml:"resourceProvider"`
	}
	c.get("dev", "artifact/?artifactType=RESOURCE_PROVIDER").xml(&providers)
	if len(providers.Items) != 1 || providers.Items[0].ID != providerID {
		t.Errorf("providers %+v", providers)
	}
	c.get("prod", "catalog?").status(http.StatusOK)
	var organizations struct {
		Items []item `xml:"organization"`
	}
	c.get("prod", "organization?").xml(&organizations)
	if len(organizations.Items) != 4 || organizations.Items[2].Name != "Vertrieb Süd" {
		t.Errorf("organizations %+v", organizations)
	}
}

// TestCSAAccept has JSON for those who ask for it, with arrays even of one.
func TestCSAAccept(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	for accept, isJSON := range map[string]bool{
		"": false, "*/*": false, "application/xml": false, "application/json": true,
		"application/json, application/xml;q=0.5": true, "application/xml, application/json;q=0.5": false,
	} {
		r := c.ask(http.MethodGet, "dev", "catalog/"+catalogID+"/offering?", "", "")
		r.Header.Set("Accept", accept)
		if got := strings.HasPrefix(c.send(r).Body.String(), "{"); got != isJSON {
			t.Errorf("Accept %q: JSON %v", accept, got)
		}
	}
	r := c.ask(http.MethodGet, "dev", "artifact?artifactType=RESOURCE_PROVIDER", "", "")
	r.Header.Set("Accept", "application/json")
	got := c.send(r).json()
	list, _ := got["resourceProvider"].([]any)
	if len(list) != 1 || got["count"] != 1.0 {
		t.Errorf("got %v", got)
	}
}

func TestCSAArtifact(t *testing.T) {
	t.Parallel()
	c := newCSA(t, Options{})
	if got := c.get("dev", "artifact/"+designID+"?view=basicinfo&scope=view").Body.String(); !strings.Contains(got, "<ServiceBlueprint>\n  <id>"+designID+"</id>") {
		t.Error(got)
	}
	state := c.get("dev", "artifact/state/"+designID+"?").json()
	if state["id"] != designID || state["artifactType"] != "SERVICE_BLUEPRINT" || state["artifactState"] != "ACTIVE" {
		t.Errorf("state %v", state)
	}
	retired := c.on("dev")["SERVICE_OFFERING LINUX_SERVER_OFFERING_1.0"]
	retired.Retired = true
	if err := c.sim.PutArtifacts("dev", retired); err != nil {
		t.Fatal(err)
	}
	if state := c.get("dev", "artifact/state/"+offeringID+"?").json(); state["artifactState"] != "RETIRED" {
		t.Errorf("state %v", state)
	}
	if got := c.get("dev", "catalog/"+catalogID+"/offering?").Body.String(); strings.Contains(got, offeringID) {
		t.Error("a retired offering is in a list")
	}
}
