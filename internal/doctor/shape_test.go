package doctor

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		``:                                "empty [] map[]",
		`PK` + "\x03\x04":                 "zip [] map[]",
		`hello`:                           "text [] map[]",
		`{"a":`:                           "text [] map[]",
		`[1]`:                             "json [] map[]",
		`<!DOCTYPE html><title>x</title>`: "html [] map[]",
		`{"status":"Running","progress_percent":35,"begin_time":1575614944000,"end_time":1575614944}`:                "json [begin_time: number end_time: number progress_percent: number status: string] map[begin_time:milliseconds end_time:seconds progress:percent status:Running]",
		`{"progress_percent":"0.5","begin_time":"2019-12-06T06:49:04Z","end_time":"today"}`:                          "json [begin_time: string end_time: string progress_percent: string] map[begin_time:text in UTC end_time:another text progress:fraction]",
		`{"progress_percent":-1,"end_time":null,"entities":{"archive_id":"x"}}`:                                      "json [end_time: null entities: object entities[].archive_id: string progress_percent: number] map[archive_id:under entities end_time:null progress:out of range]",
		`{"apps":[{"id":"1"},{"id":2,"owner":true}],"total":7,"error_code":"ROMA.1"}`:                                "json [apps: array apps[].id: number apps[].id: string apps[].owner: bool error_code: string total: number] map[code:ROMA.1]",
		`<?xml version="1.0"?><ImportOperationResult><importStatus> SUCCESS </importStatus></ImportOperationResult>`: "xml [/importStatus ImportOperationResult] map[importStatus:SUCCESS]",
		`<person><id>secret</id><organization><id>deep</id></organization>`:                                          "xml [/id /organization person] map[end:broken]",
		"\xef\xbb\xbf <html><body>":                                 "html [] map[]",
		`{"archive_id":"x","reasons":[{"resource_name":"secret"}]}`: "json [archive_id: string reasons: array reasons[].resource_name: string] map[archive_id:at the top]",
	} {
		s := shapeOf([]byte(body))
		if got := fmt.Sprint(s.Form, " ", s.Fields, " ", s.Words); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
}

// FuzzShape: whatever a server sends, a shape is small, and what is told of it has the
// forms that are allowed.
func FuzzShape(f *testing.F) {
	for _, seed := range []string{`{"apps":[{"id":"1"}],"total":1}`, "<person><id>x</id></person>", "PK", "[[[", `{"\u0000":1}`, "<a><b", `{"begin_time":""}`} {
		f.Add([]byte(seed))
	}
	d := &doctor{guard: new(guard)}
	d.guard.add("zebra-intake", "okapi")
	f.Fuzz(func(t *testing.T, data []byte) {
		s := shapeOf(data)
		if len(s.Fields) > mostFields {
			t.Errorf("%d fields", len(s.Fields))
		}
		e := exchange{Status: 400, shape: s}
		told := append(d.fields(e), d.answerKind(e), d.guard.word(s.Words["status"]))
		for _, text := range told {
			if strings.Contains(strings.ToLower(text), "okapi") || len(text) > 120 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("told %q", text)
			}
		}
	})
}

func TestNameShapes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"asset.json": "asset.json",
		"apps/b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3.json":                      "apps/{id}.json",
		"SERVICE_DESIGN_Linux_Server_v4_90cec2ff3dc1d73b013dc1df0b750028.xml": "SERVICE_DESIGN_{text}.xml",
		"manifest.xml":            "manifest.xml",
		"Zebra Intake/api_7.yaml": "{text}/api_{n}.yaml",
		`images\library\Süd.PNG`:  "images/{text}/{text}.png",
		"../../etc/passwd":        "../../{text}/{text}",
		"customer.secret":         "{text}",
		"okapi":                   "{text}",
		"tasks/":                  "tasks/",
	} {
		if got := nameShape(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
	if got := nameShape(strings.Repeat("a/", 5000)); len(got) > 100 {
		t.Errorf("%d bytes", len(got))
	}
}

// TestGuard: what turned out to be a name is not told, unless the documents have the word.
func TestGuard(t *testing.T) {
	t.Parallel()
	g := new(guard)
	g.add("Okapi", "status", "https://csa.zebra.test:8444/x", "ab", "true", "")
	for text, want := range map[string]string{"OKAPI": otherWord, "SUCCEEDED": "SUCCEEDED", "RUNNING": "RUNNING", "job_7": otherWord, "two words": otherWord, "fab": "fab", "AB": otherWord, "true": "true"} {
		if got := g.word(text); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"see csa.zebra.test", "CSA.ZEBRA.TEST:8444"} {
		if g.safe(text) {
			t.Errorf("%s is safe", text)
		}
	}
	d := &doctor{guard: g}
	e := exchange{shape: shape{Fields: []string{"status: string", "okapi: object", "apps[].name: string", "apps[].id77: number", "/okapi", "person"}}}
	want := []string{"status: string", otherField + ": object", "apps[].name: string", "apps[]." + otherField + ": number", "/" + otherField, "person"}
	if got := d.fields(e); !slices.Equal(got, want) {
		t.Errorf("fields %q", got)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "none", `attachment; filename="asset.zip"`: "attachment with a name in .zip", `attachment;filename="CATALOG_x"`: "attachment with a name without .zip",
		"attachment": "attachment without a name", "inline": "another form", `attachment; filename=a b`: "attachment, unreadable",
	} {
		if got := dispositionOf(value); got != want {
			t.Errorf("%q: %s", value, got)
		}
	}
	begin := time.Now()
	e := exchange{Took: 2 * time.Second}
	e.read(&http.Response{StatusCode: http.StatusOK, ContentLength: -1, Header: http.Header{
		"Date": {begin.Add(time.Hour).UTC().Format(http.TimeFormat)}, "Retry-After": {"7"}, "Content-Type": {"application/x-zebra"},
	}}, begin)
	if !e.Dated || (e.Offset-time.Hour).Abs() > 3*time.Second || e.RetryAfter != "seconds" || e.MediaType != "(another type)" || e.Length != "chunked" {
		t.Errorf("%+v", e)
	}
	for code, want := range map[string]string{"ROMA.00010012": "ROMA.10012", "ROMA.10012": "ROMA.10012", "APIGW.0301": "APIGW.0301", "x": "x"} {
		if got := shortCode(code); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
}
