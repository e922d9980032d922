package simulator

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func (c *client) order(faults ...Fault) {
	c.t.Helper()
	if err := c.sim.Order(faults...); err != nil {
		c.t.Fatal(err)
	}
}

// TestAnswers orders what answers in the place of an operation, or shapes its
// answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault  Fault
		status int // 0 for a closed connection
		text   string
		job    bool
	}{
		{Fault{Do: "busy"}, 400, "ROMA.10012", false},
		{Fault{Do: "status", Status: 401}, 401, "decrypt token fail", false},
		{Fault{Do: "status", Status: 403}, 403, "ROMA.1006", false},
		{Fault{Do: "status", Status: 413, Unread: true}, 413, "APIGW.0201", false},
		{Fault{Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "7"}}, 429, "APIGW.0308", false},
		{Fault{Do: "status", Status: 503, Code: "X.1", Message: "later"}, 503, `"error_msg":"later"`, false},
		{Fault{Do: "status", Status: 502, Body: "<html>"}, 502, "<html>", false},
		{Fault{Do: "status", Status: 307, Headers: map[string]string{"Location": "http://127.0.0.1:1/"}}, 307, "", false},
		{Fault{Do: "raw_body", Body: `{"job_id":`}, 200, `{"job_id":`, false},
		{Fault{Do: "raw_body", Body: "hello", ContentType: "text/html"}, 200, "hello", false},
		{Fault{Do: "endless_body", Bytes: 100_000}, 200, `{"job_id":"aaa`, false},
		{Fault{Do: "drop_before"}, 0, "", false},
		{Fault{Do: "drop_before", Unread: true}, 0, "", false},
		{Fault{Do: "drop_after"}, 0, "", true},
		{Fault{Do: "cut", Bytes: 10}, 0, `{"job_id":`, true},
		{Fault{Do: "cut", Bytes: 10, Chunked: true}, 200, `{"job_id":`, true},
		{Fault{Do: "expire_token"}, 401, "token expires", false},
	} {
		t.Run(tc.fault.Do, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{})
			tc.fault.On = kindExport
			c.order(tc.fault)
			got := c.export(ordersBody)
			if got.aborted != (tc.status == 0) || tc.status != 0 && got.Code != tc.status {
				t.Errorf("status %d, aborted %v", got.Code, got.aborted)
			}
			if !strings.Contains(got.Body.String(), tc.text) {
				t.Errorf("body %.200s", got.Body)
			}
			for name, value := range tc.fault.Headers {
				if got.Header().Get(name) != value {
					t.Errorf("header %s: %q", name, got.Header().Get(name))
				}
			}
			entry := last(c.sim)
			if entry.Fault != tc.fault.Do || (entry.JobID != "") != tc.job {
				t.Errorf("logged %+v", entry)
			}
			if wantRead := !tc.fault.Unread && tc.fault.Do != doExpireToken; (entry.BytesIn > 0) != wantRead {
				t.Errorf("read %d bytes", entry.BytesIn)
			}
			c.login()
			c.export(ordersBody).wants(http.StatusOK)
		})
	}
}

// TestBrokenLogin has errors in the shape of IAM.
func TestBrokenLogin(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	c.order(Fault{On: kindLogin, Do: "status", Status: 503, Message: "later"})
	got := c.send(c.request(http.MethodPost, "/v3/auth/tokens", jsonType, loginBody(c.sim.promoter.password)))
	got.wants(http.StatusServiceUnavailable)
	if body, _ := got.json()["error"].(map[string]any); body["message"] != "later" {
		t.Errorf("got %s", got.Body)
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		c.order(
			Fault{On: kindExport, Do: doSlow, DelayMS: 5000},
			Fault{On: kindDownload, Do: doSlow, BytesPerSecond: 100},
		)
		start := time.Now()
		id := c.export(ordersBody).started()
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("the answer took %v", d)
		}
		archiveID := str(c.job("dev", id).json()["archive_id"])
		start = time.Now()
		got := c.download(archiveID)
		entries(t, got.Body.Bytes())
		if d := time.Since(start); d < time.Duration(got.Body.Len()/100)*time.Second {
			t.Errorf("%d bytes took %v", got.Body.Len(), d)
		}
		c.order(Fault{On: kindExport, Do: doSlow, DelayMS: 5000})
		go func() {
			time.Sleep(time.Second)
			c.sim.Close()
		}()
		if got := c.export(ordersBody); !got.aborted {
			t.Error("a slow answer outlived the Simulator")
		}
	})
}

func TestHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		c.order(Fault{On: kindApps, Do: "hang"})
		go func() {
			time.Sleep(time.Hour)
			c.sim.Close()
		}()
		if got := c.get(path("dev", "/apps")); !got.aborted {
			t.Error("a hanging request was answered")
		}
		if entry := last(c.sim); entry.Status != 0 || entry.Fault != "hang" {
			t.Errorf("logged %+v", entry)
		}
	})
}

// TestJobs orders what changes a job, on the request that starts it and, where
// that is possible, on a look at it.
func TestJobs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault Fault
		on    []string
		check func(*testing.T, answer, map[string]any)
	}{
		"fail_job": {Fault{Count: 10}, []string{kindExport}, func(t *testing.T, _ answer, v map[string]any) {
			t.Helper()
			if reasons, _ := v["reason"].([]any); v["status"] != "FAILED" || len(reasons) != 10 {
				t.Errorf("%v", v)
			}
		}},
		"never_end": {Fault{}, []string{kindExport}, func(t *testing.T, _ answer, v map[string]any) {
			t.Helper()
			if v["status"] != "RUNNING" || v["progress_percent"] != 0.35 {
				t.Errorf("%v", v)
			}
		}},
		"job_time": {Fault{JobTimeMS: 3600_000}, []string{kindExport}, func(t *testing.T, _ answer, v map[string]any) {
			t.Helper()
			if v["status"] != "RUNNING" {
				t.Errorf("%v", v)
			}
		}},
		"status_word": {Fault{Word: "PAUSED"}, jobKinds[:1], has("status", "PAUSED")},
		"forget_job": {Fault{}, []string{kindExport, kindJob}, func(t *testing.T, a answer, _ map[string]any) {
			t.Helper()
			a.refused(http.StatusNotFound, "ROMA.13000", "does not exist")
		}},
		"archive_id_in_entities": {Fault{}, []string{kindExport, kindJob}, func(t *testing.T, _ answer, v map[string]any) {
			t.Helper()
			nested, _ := v["entities"].(map[string]any)
			if _, ok := v["archive_id"]; ok || str(nested["archive_id"]) == "" {
				t.Errorf("%v", v)
			}
		}},
		"no_archive_id":    {Fault{}, []string{kindExport, kindJob}, lacks("archive_id")},
		"no_progress":      {Fault{}, []string{kindExport, kindJob}, lacks("progress_percent")},
		"times_as_numbers": {Fault{Unit: unitSeconds}, []string{kindExport, kindJob}, has("begin_time", 946684800.0)},
	} {
		for _, on := range tc.on {
			t.Run(name+" on "+on, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c := newClient(t, Options{})
					tc.fault.Do, tc.fault.On = name, on
					c.order(tc.fault)
					id := c.export(ordersBody).started()
					got := c.job("dev", id)
					tc.check(t, got, got.json())
					if log := c.sim.Requests(); log[1].Fault+log[2].Fault != name {
						t.Errorf("logged faults %q and %q", log[1].Fault, log[2].Fault)
					}
					if len(c.sim.PendingFaults()) != 0 {
						t.Error("the fault still waits")
					}
					c.sim.FinishJobs()
					c.export(ordersBody).started()
				})
			})
		}
	}
}

func has(name string, want any) func(*testing.T, answer, map[string]any) {
	return func(t *testing.T, _ answer, v map[string]any) {
		t.Helper()
		if v[name] != want {
			t.Errorf("%v", v)
		}
	}
}

func lacks(name string) func(*testing.T, answer, map[string]any) {
	return func(t *testing.T, _ answer, v map[string]any) {
		t.Helper()
		if _, ok := v[name]; ok || v["status"] != "SUCCEEDED" {
			t.Errorf("%v", v)
		}
	}
}

func TestReasonField(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	reason := Reason{"task", "t", "X.1", "no"}
	c.order(Fault{On: kindExport, Do: doFailJob, Reasons: []Reason{reason}})
	id := c.export(ordersBody).started()
	for shape, want := range map[string]string{
		shapeArray:  `"reasons":[{"resource_type":"task","resource_name":"t","error_code":"X.1","error_msg":"no"}]`,
		shapeObject: `"reasons":{"resource_type":"task","resource_name":"t","error_code":"X.1","error_msg":"no"}`,
		shapeString: `"reasons":"X.1: no"`,
	} {
		c.order(Fault{On: kindJob, Do: doReasonField, Field: "reasons", Shape: shape})
		if got := c.job("dev", id).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: got %s", shape, got)
		}
	}
	if _, ok := c.job("dev", id).json()["reason"].([]any); !ok {
		t.Error("the faults are used up")
	}
}

func TestBadDownloads(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fault Fault
		check func(*testing.T, []byte)
	}{
		{Fault{Do: "not_a_zip"}, contains(`{"apps":[]`)},
		{Fault{Do: "not_a_zip", ContentType: "text/html"}, contains("<html>")},
		{Fault{Do: "bad_zip", Variant: zipLocalHeader}, contains("PK\x03\x04")},
		{Fault{Do: "bad_zip", Variant: zipDotDot}, contains("../../outside.json")},
		{Fault{Do: "bad_zip", Variant: zipAbsurdSize}, contains("huge.bin")},
		{Fault{Do: "bad_zip", Variant: zipTruncated}, func(t *testing.T, data []byte) {
			t.Helper()
			if _, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
				t.Error("the zip can be read")
			}
		}},
		{Fault{Do: "bad_zip", Variant: zipManyEntries, Entries: 70_000}, func(t *testing.T, data []byte) {
			t.Helper()
			zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if len(zr.File) != 70_000 || zr.File[69_999].Name != "e000069999" {
				t.Errorf("%d entries", len(zr.File))
			}
			r, err := zr.File[69_999].Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}},
	} {
		t.Run(tc.fault.Do+" "+tc.fault.Variant, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, Options{})
			tc.fault.On = kindDownload
			c.order(tc.fault)
			id := c.exported()
			got := c.download(id)
			got.wants(http.StatusOK)
			tc.check(t, got.Body.Bytes())
			c.download(id).refused(http.StatusNotFound, "ROMA.13000", id)
			if len(c.sim.ServedArchives()) != 0 {
				t.Error("counts as served")
			}
		})
	}
}

func contains(text string) func(*testing.T, []byte) {
	return func(t *testing.T, data []byte) {
		t.Helper()
		if !strings.Contains(string(data), text) {
			t.Errorf("got %.200q", data)
		}
	}
}

func TestWhichRequests(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	statuses := func(n int) []int {
		var all []int
		for range n {
			all = append(all, c.get(path("dev", "/apps")).Code)
		}
		return all
	}
	c.order(Fault{On: kindApps, Do: "status", Status: 500, Skip: 1, Times: 2})
	if got := statuses(5); !slices.Equal(got, []int{200, 500, 500, 200, 200}) {
		t.Errorf("skip and times: %v", got)
	}
	c.order(
		Fault{On: "*", PathContains: "/apps", Do: "status", Status: 500, Times: -1},
		Fault{On: "*", Method: http.MethodPost, Do: "status", Status: 501},
		Fault{On: "*", Do: "status", Status: 502},
	)
	if got := statuses(2); !slices.Equal(got, []int{500, 500}) {
		t.Errorf("the oldest wins: %v", got)
	}
	if pending := c.sim.PendingFaults(); len(pending) != 3 || pending[0].Left != -1 || pending[0].Seen != 2 || pending[2].Left != 1 {
		t.Errorf("pending %+v", pending)
	}
	c.sim.ClearFaults()
	c.order(Fault{On: kindApps, Do: "status", Status: 500, Times: -1, Probability: 0.1, Seed: 42})
	got := statuses(500)
	again := newClient(t, Options{})
	again.order(Fault{On: kindApps, Do: "status", Status: 500, Times: -1, Probability: 0.1, Seed: 42})
	c = again
	if !slices.Equal(got, statuses(500)) {
		t.Error("the same seed gives other faults")
	}
	if n := len(slices.DeleteFunc(got, func(s int) bool { return s == 200 })); n < 25 || n > 75 {
		t.Errorf("%d of 500 with probability 0.1", n)
	}
}

func TestRefusedOrders(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{})
	for order, want := range map[string]string{
		`{"on":"export","do":"explode"}`:                          `unknown action "explode"`,
		`{"on":"exports","do":"busy"}`:                            `unknown kind "exports"`,
		`{"on":"job","do":"busy"}`:                                "busy applies to export, import, delete only",
		`{"on":"export","do":"busy","delay_ms":5}`:                `busy has no field "delay_ms"`,
		`{"on":"export","do":"busy","delay":5}`:                   `unknown field "delay"`,
		`{"on":"export","do":"status"}`:                           `the field "status" is required`,
		`{"on":"export","do":"status","status":42}`:               "from 200 to 599",
		`{"on":"export","do":"slow","delay_ms":-1}`:               "negative",
		`{"on":"export","do":"fail_job","count":11}`:              "at most 10",
		`{"on":"download","do":"bad_zip","variant":"x"}`:          "variant is one of",
		`{"on":"job","do":"reason_field","shape":"x"}`:            "shape is one of",
		`{"on":"job","do":"no_progress","times":-2}`:              "times",
		`[{"on":"job","do":"no_progress"},{"on":"job","do":"x"}]`: "fault 1: do: unknown action",
		`{`: "decode",
	} {
		r := c.request(http.MethodPost, "/_simulator/faults", "application/json", order)
		got := c.send(r)
		if message := str(got.json()["error"]); got.Code != http.StatusBadRequest || !strings.Contains(message, want) {
			t.Errorf("%s: got %d %q, want %q", order, got.Code, message, want)
		}
	}
	if len(c.sim.PendingFaults()) != 0 {
		t.Error("a refused order left something behind")
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	c := newClient(t, Options{JobTime: time.Hour})
	control := func(method, what, body string) string {
		t.Helper()
		got := c.send(c.request(method, "/_simulator/"+what, "application/json", body))
		if got.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s", method, what, got.Code, got.Body)
		}
		return got.Body.String()
	}
	control(http.MethodPost, "faults", `[{"on":"export","do":"busy","times":2},{"on":"*","do":"hang","skip":9}]`)
	if got := control(http.MethodGet, "faults", ""); !strings.Contains(got, `"left": 2`) {
		t.Error(got)
	}
	control(http.MethodDelete, "faults", "")
	control(http.MethodPost, "assets", `{"instances":{"dev":{"apps":[{"id":"n","name":"new"}],"tasks":[]}}}`)
	id := c.export(`{"apps":[{"id":"n"}],"tasks":[]}`).started()
	control(http.MethodPost, "finish", "")
	c.download(str(c.job("dev", id).json()["archive_id"])).wants(http.StatusOK)
	if got := control(http.MethodGet, "archives", ""); !strings.Contains(got, c.sim.ServedArchives()[0].SHA256) {
		t.Error(got)
	}
	if got := control(http.MethodGet, "state", ""); !strings.Contains(got, `"export succeeded": 1`) {
		t.Error(got)
	}
	var log []Request
	if err := json.Unmarshal([]byte(control(http.MethodGet, "requests", "")), &log); err != nil {
		t.Fatal(err)
	}
	kinds := []string{}
	for _, entry := range log {
		kinds = append(kinds, entry.Kind)
	}
	if !slices.Equal(kinds, []string{kindLogin, kindExport, kindJob, kindDownload}) || !slices.Equal(log[1].Apps, []string{"n"}) ||
		log[2].ArchiveID == "" || log[3].ArchiveID != log[2].ArchiveID || log[3].BytesOut == 0 || log[1].Auth != authToken {
		t.Errorf("log %+v", log)
	}
	control(http.MethodPost, "requests?reset", "")
	c.get("/x").wants(http.StatusNotFound)
	control(http.MethodDelete, "requests", "")
	if len(c.sim.Requests()) != 0 {
		t.Error("the log was not emptied")
	}
	if got := c.get("/_simulator/other"); got.Code != http.StatusNotFound {
		t.Errorf("got %d for an unknown place", got.Code)
	}
}
