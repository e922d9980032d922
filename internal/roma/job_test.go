package roma

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

func TestParseJob(t *testing.T) {
	t.Parallel()
	at := time.Date(2019, 12, 6, 6, 49, 4, 0, time.UTC)
	one := []asset.Reason{{ResourceType: "application", ResourceName: "orders", Code: "ROMA.10", Message: "exists"}}
	const oneJSON = `{"resource_type":"application","resource_name":"orders","error_code":"ROMA.10","error_msg":"exists"}`
	for name, row := range map[string]struct {
		body string
		want asset.Job
	}{
		"current": {
			`{"id":"j","type":"exportAsset","status":"SUCCEEDED","progress_percent":1.0,"archive_id":"a","begin_time":"2019-12-06T06:49:04Z","end_time":"2019-12-06T07:49:04+01:00"}`,
			asset.Job{ID: "j", Type: "exportAsset", Status: asset.Succeeded, Progress: 1, ArchiveID: "a", Begin: at, End: at},
		},
		"example of the current page": {
			`{"id":"j","type":"importAsset","status":"Running","reason":[` + oneJSON + `],"progress_percent":0.35}`,
			asset.Job{ID: "j", Type: "importAsset", Status: asset.Running, Progress: 0.35, Reasons: one},
		},
		"2022": {
			`{"id":"j","status":"Success","archive_id":"a","begin_time":1575614944,"end_time":1575614944000}`,
			asset.Job{ID: "j", Status: asset.Succeeded, ArchiveID: "a", Begin: at, End: at},
		},
		"numbers in strings": {
			`{"status":"Running","progress_percent":"0.5","begin_time":"1575614944","end_time":" 1575614944000 "}`,
			asset.Job{Status: asset.Running, Progress: 0.5, Begin: at, End: at},
		},
		"fraction of a second": {`{"status":"running","begin_time":1575614944.25}`, asset.Job{Status: asset.Running, Begin: at.Add(250 * time.Millisecond)}},
		"empty times":          {`{"status":"running","begin_time":"","end_time":0}`, asset.Job{Status: asset.Running}},
		"odd times":            {`{"status":"running","begin_time":"soon","end_time":1e300}`, asset.Job{Status: asset.Running}},
		"finished":             {`{"status":"Finished","archive_id":"a"}`, asset.Job{Status: asset.Succeeded}},
		"no archive":           {`{"status":"SUCCEEDED","archive_id":null}`, asset.Job{Status: asset.Succeeded}},
		"archive too early":    {`{"status":"RUNNING","archive_id":"a"}`, asset.Job{Status: asset.Running}},
		"entities":             {`{"status":"SUCCEEDED","entities":{"archive_id":"a"}}`, asset.Job{Status: asset.Succeeded, ArchiveID: "a"}},
		"list of entities":     {`{"status":"SUCCEEDED","entities":[{},{"archive_id":"a"}]}`, asset.Job{Status: asset.Succeeded, ArchiveID: "a"}},
		"job_id":               {`{"job_id":"j","status":"Running"}`, asset.Job{ID: "j", Status: asset.Running}},
		"percent":              {`{"status":"Running","progress_percent":35}`, asset.Job{Status: asset.Running, Progress: 0.35}},
		"too much":             {`{"status":"Running","progress_percent":350}`, asset.Job{Status: asset.Running, Progress: 1}},
		"too little":           {`{"status":"Running","progress_percent":-3}`, asset.Job{Status: asset.Running}},
		"reasons":              {`{"status":"FAILED","reasons":[` + oneJSON + `]}`, asset.Job{Status: asset.Failed, Reasons: one}},
		"both":                 {`{"status":"FAILED","reasons":[` + oneJSON + `],"reason":[` + oneJSON + `,"x"]}`, asset.Job{Status: asset.Failed, Reasons: append(one, asset.Reason{Message: "x"})}},
		"reason object":        {`{"status":"Failed","reason":` + oneJSON + `}`, asset.Job{Status: asset.Failed, Reasons: one}},
		"reason string":        {`{"status":"failed","reason":" broken "}`, asset.Job{Status: asset.Failed, Reasons: []asset.Reason{{Message: "broken"}}}},
		"empty reasons":        {`{"status":"failed","reason":"","reasons":[null,{},""]}`, asset.Job{Status: asset.Failed}},
		"odd reason":           {`{"status":"failed","reasons":[{"error_code":7,"error_msg":{"a": 1}}]}`, asset.Job{Status: asset.Failed, Reasons: []asset.Reason{{Code: "7", Message: `{"a":1}`}}}},
		"unknown fields":       {` {"status":"failed","x":[[[]]]} `, asset.Job{Status: asset.Failed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseJob([]byte(row.body))
			if err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, row.want)
			}
		})
	}
}

func TestParseJobRefuses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		``:                      "no job",
		`{"status":"RUNN`:       "no job",
		`[]`:                    "no job",
		`"RUNNING"`:             "no job",
		`<html>`:                "no job",
		`null`:                  "no status",
		`{}`:                    "no status",
		`{"status":null}`:       "no status",
		`{"status":""}`:         "no status",
		`{"status":1}`:          "status is not a string",
		`{"status":"PAUSED"}`:   `unknown status "PAUSED"`,
		`{"status":"RUNNING "}`: `unknown status "RUNNING "`,
		`{"status":"Running","progress_percent":"half"}`:          "progress_percent is not a number",
		`{"status":"Running","progress_percent":[]}`:              "progress_percent is not a number",
		`{"status":"Running","progress_percent":1e999}`:           "progress_percent is not a number",
		`{"status":"Running","progress_percent":"NaN"}`:           "progress_percent is not a number",
		`{"status":"Running","begin_time":{}}`:                    "begin_time is not a time",
		`{"status":"Running","end_time":true}`:                    "end_time is not a time",
		`{"status":"Running","reason":1}`:                         "reason is not",
		`{"status":"Running","reasons":true}`:                     "reasons is not",
		`{"status":"SUCCEEDED","archive_id":"../../v2"}`:          "unusable archive id",
		`{"status":"SUCCEEDED","archive_id":7}`:                   "archive_id is not a string",
		`{"status":"SUCCEEDED","entities":"a"}`:                   "entities is not",
		`{"status":"SUCCEEDED","entities":{"archive_id":[]}}`:     "archive_id is not a string",
		`{"status":"` + strings.Repeat("x", 4000) + `"}`:          "unknown status",
		`{"type":7,"status":"Running"}`:                           "type is not a string",
		`{"status":"SUCCEEDED","archive_id":"` + tooLongID + `"}`: "unusable archive id",
	} {
		got, err := parseJob([]byte(body))
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 200 {
			t.Errorf("%.80s: %+v, %v", body, got, err)
		}
	}
}

var tooLongID = strings.Repeat("a", 129)

func TestIDs(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		jobID: true, instance: true, "a": true, strings.Repeat("a", 128): true, "a.b_c-d:e": true,
		"": false, tooLongID: false, "a/b": false, "..": false, ".": false, ".a": false, "a b": false,
		"a\n": false, "a?b": false, "a#b": false, "a%2f": false, "é": false, "a\\b": false,
	} {
		if err := checkID("id", id); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func FuzzParseJob(f *testing.F) {
	for _, seed := range []string{
		`{"id":"ff8080814dbd65d7014dbe0d84db0013","type":"importAsset","status":"Running","reason":[{"resource_type":"application","resource_name":"app","error_code":"ROMA.00000101","error_msg":"m"}],"progress_percent":0.35,"archive_id":"a","begin_time":"2019-12-06T06:49:04Z","end_time":"2019-12-06T06:49:04Z"}`,
		`{"id":"j","status":"Finished","reasons":[],"progress_percent":1,"begin_time":1575614944000,"end_time":1575614944}`,
		`{"job_id":"j","status":"Success","entities":[{"archive_id":"a"}],"reason":{"error_msg":"x"}}`,
		`{"status":"FAILED","reason":"x","reasons":["a",1,null,[]]}`, `null`, `[]`, `{"status":"Running","begin_time":1e30,"progress_percent":"1e400"}`,
		`{"status":"Running","begin_time":"9999-12-31T23:59:59-01:00","end_time":"0000-01-01T00:00:00+01:00"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		job, err := parseJob(data)
		if err != nil {
			if !reflect.DeepEqual(job, asset.Job{}) {
				t.Fatalf("%+v with %v", job, err)
			}
			return
		}
		switch job.Status {
		case asset.Running, asset.Succeeded, asset.Failed:
		default:
			t.Fatalf("status %q of %q", job.Status, data)
		}
		if math.IsNaN(job.Progress) || job.Progress < 0 || job.Progress > 1 {
			t.Fatalf("progress %v of %q", job.Progress, data)
		}
		if job.ArchiveID != "" && checkID("", job.ArchiveID) != nil {
			t.Fatalf("archive %q", job.ArchiveID)
		}
		for _, at := range []time.Time{job.Begin, job.End} {
			if _, err := at.MarshalJSON(); err != nil {
				t.Fatalf("time %v of %q", at, data)
			}
		}
		for _, r := range job.Reasons {
			if len(r.Message) > maxReasonText || !utf8.ValidString(r.Message) {
				t.Fatalf("reason %q", r.Message)
			}
		}
		_, _ = parseStarted(data)
	})
}

func TestJobRequest(t *testing.T) {
	t.Parallel()
	network := always(200, `{"id":"other","status":"Failed","reasons":[{"error_msg":"see ready-token"}]}`, "X-Request-Id", "r", "Retry-After", "7")
	job, err := newClient(t, tokenConfig(network)).Importer(instance, ImportOptions{}).Job(t.Context(), jobID)
	if err != nil {
		t.Fatal(err)
	}
	want := asset.Job{
		ID: jobID, Status: asset.Failed, Reasons: []asset.Reason{{Message: "see ***"}},
		RequestID: "r", RetryAfter: 7 * time.Second,
	}
	if !reflect.DeepEqual(job, want) {
		t.Errorf("%+v", job)
	}
	r := network.requests[0]
	if r.Method+" "+r.URL.String() != "GET https://roma.cn-north-4.myhuaweicloud.com"+assetsPath+"jobs/"+jobID {
		t.Errorf("sent %s %s", r.Method, r.URL)
	}
	if r.Header.Get("X-Auth-Token") != "ready-token" || r.Header.Get("Authorization") != "" {
		t.Errorf("sent %v", r.Header)
	}
}

func TestJobErrors(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status  int
		body    string
		unknown bool
	}{
		"404":                {404, `{"error_code":"ROMA.10099","error_msg":"x"}`, true},
		"404 without a word": {404, ``, false},
		"404 of a router":    {404, `{"message":"no Route matched with those values"}`, false},
		"404 wrong URL":      {404, `{"error_code":"ROMA.1007","error_msg":"invalid request URL"}`, false},
		"404 of the gateway": {404, `{"error_code":"APIGW.0101","error_msg":"The API does not exist"}`, false},
		"404 newer gateway":  {404, `{"error_code":"APIG.0101","error_msg":"The API does not exist"}`, false},
		"404 of a proxy":     {404, `<html><title>404</title></html>`, false},
		"400 no such job":    {400, `{"error_code":"ROMA.00010099","error_msg":"The job does not exist."}`, true},
		"400 job not found":  {400, `{"error_code":"ROMA.10099","error_msg":"Asset job ff80 not found"}`, true},
		"400 no such task":   {400, `{"error_code":"ROMA.10099","error_msg":"No such task"}`, true},
		"400 other":          {400, `{"error_code":"ROMA.13000","error_msg":"invalid parameter"}`, false},
		"400 app not found":  {400, `{"error_code":"ROMA.10099","error_msg":"application not found"}`, false},
		"403":                {403, `{"error_code":"ROMA.10099","error_msg":"job not found"}`, false},
		"500":                {500, `{"error_code":"ROMA.11000","error_msg":"job not found"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := always(row.status, row.body)
			config := tokenConfig(network)
			config.MaxRetries = 5
			err := look(newClient(t, config))
			if err == nil || errors.Is(err, asset.ErrUnknownJob) != row.unknown {
				t.Errorf("error %v", err)
			}
			if n := len(network.lines()); n != 1 {
				t.Errorf("%d requests: polls are not repeated here", n)
			}
		})
	}
}

func TestBadPollIsNoJob(t *testing.T) {
	t.Parallel()
	err := look(newClient(t, tokenConfig(always(200, `{"status":"PAUSED"}`))))
	if bad, ok := errors.AsType[*httpapi.AnswerError](err); !ok || bad.Text != `{"status":"PAUSED"}` {
		t.Errorf("error %v", err)
	}
	err = look(newClient(t, tokenConfig(always(429, ``, "Retry-After", "30"))))
	if asset.Delay(err) != 30*time.Second {
		t.Errorf("delay %s of %v", asset.Delay(err), err)
	}
}

func TestOddIDsStayInTheirSegment(t *testing.T) {
	t.Parallel()
	network := always(200, runningJob)
	c := newClient(t, keyConfig(network))
	if _, err := c.Exporter("in/st?#", ExportOptions{}).Job(t.Context(), "../j b"); err != nil {
		t.Fatal(err)
	}
	if got, want := network.requests[0].URL.EscapedPath(), "/v2/"+projectOne+"/instances/in%2Fst%3F%23/assets/jobs/..%2Fj%20b"; got != want {
		t.Errorf("sent %s", got)
	}
	for _, id := range []string{"", ".", ".."} {
		if _, err := c.Exporter(instance, ExportOptions{}).Job(t.Context(), id); err == nil || len(network.lines()) != 1 {
			t.Errorf("%q: %v", id, err)
		}
	}
}
