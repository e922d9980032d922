package csa

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

const (
	catalogsLine = "GET /csa/rest/catalog"
	catalogsBody = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><CatalogList><count>2</count><limit>0</limit>` +
		`<catalog><id>c2</id><name>N2</name><displayName>Same</displayName><organization><id>o</id><name>x</name></organization></catalog>` +
		`<catalog><id> c1 </id><name>Only
 name</name></catalog></CatalogList>`
	offeringsBody = `<ServiceOfferingList><count>3</count><limit>0</limit>` +
		`<ServiceOffering><id>s2</id><displayName>Same</displayName></ServiceOffering>` +
		`<ServiceOffering><id>s1</id><displayName>Same</displayName></ServiceOffering>` +
		`<ServiceOffering><id>s3</id><displayName>Another</displayName></ServiceOffering></ServiceOfferingList>`
)

func catalogs(t *testing.T) *server {
	t.Helper()
	return serve(t, map[string]http.HandlerFunc{
		loginLine:                           answer(200, personBody),
		catalogsLine:                        answer(200, catalogsBody),
		"GET /csa/rest/catalog/c1/offering": answer(200, offeringsBody),
		"GET /csa/rest/catalog/c2/offering": answer(200, strings.ReplaceAll(offeringsBody, "s3", "s4")),
	})
}

func TestArtifacts(t *testing.T) {
	t.Parallel()
	s := catalogs(t)
	got, err := newClient(t, s.config()).Artifacts(t.Context(), "")
	want := []asset.Artifact{
		{ID: "c1", Type: "CATALOG", Name: "Only name"},
		{ID: "c2", Type: "CATALOG", Name: "Same"},
		{ID: "s3", Type: "SERVICE_OFFERING", Name: "Another"},
		{ID: "s4", Type: "SERVICE_OFFERING", Name: "Another"},
		{ID: "s1", Type: "SERVICE_OFFERING", Name: "Same"},
		{ID: "s2", Type: "SERVICE_OFFERING", Name: "Same"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	requests := s.got()
	if len(requests) != 4 || requests[1].query != "detail=basic&userIdentifier="+personID || requests[2].query != "userIdentifier="+personID {
		t.Errorf("requests %+v", requests)
	}
}

func TestArtifactsByName(t *testing.T) {
	t.Parallel()
	c := newClient(t, catalogs(t).config())
	for name, want := range map[string]int{"Same": 3, "same": 0, "Sam": 0, "Only name": 1, "Another": 2} {
		got, err := c.Artifacts(t.Context(), name)
		if err != nil || len(got) != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestArtifactsErrors(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"page":       answer(200, "<html><title>Log in</title></html>"),
		"no id":      answer(200, "<ServiceOfferingList><ServiceOffering/></ServiceOfferingList>"),
		"odd id":     answer(200, "<ServiceOfferingList><ServiceOffering><id>a/b</id></ServiceOffering></ServiceOfferingList>"),
		"secret id":  answer(200, "<ServiceOfferingList><ServiceOffering><id>x-"+personID+"</id></ServiceOffering></ServiceOfferingList>"),
		"other list": answer(200, catalogsBody),
		"cut off":    answer(200, offeringsBody[:200]),
		"too long":   answer(200, "<ServiceOfferingList>"+strings.Repeat(" ", maxList)+"</ServiceOfferingList>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, map[string]http.HandlerFunc{
				catalogsLine:                        answer(200, catalogsBody),
				"GET /csa/rest/catalog/c2/offering": handler,
			})
			got, err := newClient(t, s.known()).Artifacts(t.Context(), "")
			if _, ok := errors.AsType[*httpapi.AnswerError](err); !ok || got != nil {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	s := serve(t, map[string]http.HandlerFunc{catalogsLine: answer(403, "")})
	if _, err := newClient(t, s.known()).Artifacts(t.Context(), ""); !errors.Is(err, ErrForbidden) {
		t.Errorf("error %v", err)
	}
	s = serve(t, map[string]http.HandlerFunc{catalogsLine: answer(200, "<CatalogList><count>0</count></CatalogList>")})
	if got, err := newClient(t, s.known()).Artifacts(t.Context(), ""); err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	s = serve(t, map[string]http.HandlerFunc{catalogsLine: hangUp("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<Cat")})
	if _, err := newClient(t, s.known()).Artifacts(t.Context(), ""); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a list that broke off: %v", err)
	}
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{
		catalogsBody, offeringsBody, "<CatalogList/>", "<ServiceOfferingList><serviceOffering><id>a</id></serviceOffering></ServiceOfferingList>",
		"<html><title>x</title>", "<CatalogList><catalog><id>a</id><catalog><id>b</id></catalog></catalog></CatalogList>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, form := range []listForm{catalogList, offeringList} {
			list, err := form.parse(data)
			if (err == nil) != (list != nil) {
				t.Fatalf("%v, %v of %q", list, err, data)
			}
			for _, a := range list {
				if !idForm.MatchString(a.ID) || a.Type != form.kind || a.Name != single(a.Name) {
					t.Fatalf("%+v of %q", a, data)
				}
			}
		}
	})
}
