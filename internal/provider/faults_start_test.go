package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

func allFaults() []fault {
	var all []fault
	for _, group := range [][]fault{
		startFaults(), wayFaults(), importFaults(), pollFaults(), downloadFaults(), loginFaults(), vocabularyFaults(), localFaults(),
		csaLoginFaults(), csaExportFaults(), csaImportFaults(), storeFaults(), storeImportFaults(),
	} {
		all = append(all, group...)
	}
	return all
}

// status is the answer that takes the place of the next one to a kind of
// request.
func status(on string, code int, errorCode, message string) simulator.Fault {
	return simulator.Fault{On: on, Do: "status", Status: code, Code: errorCode, Message: message}
}

func times(n int, f simulator.Fault) simulator.Fault {
	f.Times = n
	return f
}

const (
	html      = "<html><head><title>Bad gateway of a proxy</title></head><body>try later</body></html>"
	truncated = `{"job_id":"ff8080814dbd65d`
)

// startFaults are those of the request that starts an export.
func startFaults() []fault {
	unknown := func(name string, f simulator.Fault, also ...string) fault {
		return fault{
			group: "start", name: name, orders: []simulator.Fault{f},
			create: wrong("Outcome unknown", 1, also...), update: wrong("Outcome unknown", 1, also...),
		}
	}
	body := func(text, contentType string) simulator.Fault {
		return simulator.Fault{On: "export", Do: "raw_body", Body: text, ContentType: contentType}
	}
	return []fault{
		{
			group: "start", name: "an instance that the server does not know", resource: "import",
			orders: []simulator.Fault{{On: "import", Do: "status", Status: 400, Code: "ROMA.00014002", Message: "The instance does not exist."}},
			create: wrong("Instance not found", 1, "roma.instance_id"), update: wrong("Instance not found", 1),
		},
		{
			group: "start", name: "connection refused", brokenEnv: []string{"ROMA_ENDPOINT=http://127.0.0.1:1"},
			create: wrong("Export request failed", 0, "not connected"), update: wrong("Export request failed", 0, "not connected"),
		},
		unknown("connection lost after the request was read", simulator.Fault{On: "export", Do: "drop_before"}, "A job may have been started."),
		unknown("connection lost after the job was started", simulator.Fault{On: "export", Do: "drop_after"}, "Check on the instance"),
		{
			group: "start", name: "400 with a code", orders: []simulator.Fault{status("export", 400, "ROMA.13000", "Invalid parameters")},
			create: wrong("Export request refused", 1, "Invalid parameters", "Error code: ROMA.13000"), update: wrong("Export request refused", 1),
		},
		{
			group: "start", name: "401 with a key pair", orders: []simulator.Fault{status("export", 401, "APIGW.0301", "verify aksk signature fail")},
			create: wrong("Credentials refused", 1, "verify aksk signature fail"), update: wrong("Credentials refused", 1),
		},
		{
			group: "start", name: "401 for the clock",
			orders: []simulator.Fault{status("export", 401, "APIGW.0301", "calc aksk signature fail:signature expired, signature time:20240102T030405Z,server time:20240102T040506Z")},
			create: wrong("Clocks differ", 1, "the time of this machine was 2024-01-02 03:04:05 UTC, that of the server 2024-01-02 04:05:06 UTC"),
		},
		{
			group: "start", name: "403", orders: []simulator.Fault{status("export", 403, "ROMA.1006", "no permission")},
			create: wrong("Export request refused", 1, "no permission"), update: wrong("Export request refused", 1),
		},
		unknown("408", status("export", 408, "", "")),
		{
			group: "start", name: "429 with Retry-After",
			orders: []simulator.Fault{{On: "export", Do: "status", Status: 429, Code: "APIGW.0308", Headers: map[string]string{"Retry-After": "1"}}},
			create: fine(2), update: fine(2),
		},
		{group: "start", name: "429 without Retry-After", orders: []simulator.Fault{status("export", 429, "APIGW.0308", "throttled")}, create: fine(2)},
		unknown("500", status("export", 500, "ROMA.11011", "etcd")),
		unknown("502", simulator.Fault{On: "export", Do: "status", Status: 502, Body: html, ContentType: "text/html"}, "Bad gateway of a proxy"),
		unknown("503", status("export", 503, "", "")),
		unknown("504", status("export", 504, "", "")),
		unknown("HTML page with status 200", body(html, "text/html"), "Bad gateway of a proxy"),
		{group: "start", name: "truncated JSON", orders: []simulator.Fault{body(truncated, "application/json")}, create: wrong("Outcome unknown", 1)},
		{group: "start", name: "wrong types", orders: []simulator.Fault{body(`{"job_id":{"id":[1]}}`, "application/json")}, create: wrong("Outcome unknown", 1)},
		{group: "start", name: "job id with a slash", orders: []simulator.Fault{body(`{"job_id":"../../../x"}`, "application/json")}, create: wrong("Outcome unknown", 1)},
		{group: "start", name: "JSON of 1 GiB", orders: []simulator.Fault{{On: "export", Do: "endless_body", Bytes: 1 << 30}}, create: wrong("Outcome unknown", 1)},
		{
			group: "start", name: "redirect to another host",
			orders: []simulator.Fault{{On: "export", Do: "status", Status: 302, Headers: map[string]string{"Location": "https://elsewhere.example.test/x?token=1"}}},
			create: wrong("Export request refused", 1, "redirect to elsewhere.example.test"),
		},
		{
			group: "start", name: "no answer until the timeout", limit: "1s", orders: []simulator.Fault{{On: "export", Do: "hang"}},
			create: wrong("Outcome unknown", 1),
		},
		{group: "start", name: "another job is running for a while", orders: []simulator.Fault{{On: "export", Do: "busy"}}, create: fine(2), update: fine(2)},
		{
			group: "start", name: "another job is running until the timeout", limit: "2s", orders: []simulator.Fault{{On: "export", Do: "busy", Times: -1}},
			create: wrong("Another asset job is running", 2, "within the timeout of 2s"), update: wrong("Another asset job is running", 2),
		},
		{
			group: "start", name: "the job fails with a reason", orders: []simulator.Fault{{On: "export", Do: "fail_job"}},
			create: wrong("Export job failed", 1, "The server said:"), update: wrong("Export job failed", 1),
		},
		{
			group: "start", name: "the job fails with ten reasons", orders: []simulator.Fault{{On: "export", Do: "fail_job", Count: 10}},
			create: wrong("Export job failed", 1),
		},
	}
}

// importFaults are those of the request that starts an import.
func importFaults() []fault {
	row := func(name string, create, update *outcome, orders ...simulator.Fault) fault {
		return fault{group: "import", name: name, resource: "import", orders: orders, create: create, update: update}
	}
	return []fault{
		row("connection lost after the upload", wrong("Outcome unknown", 1), wrong("Outcome unknown", 1), simulator.Fault{On: "import", Do: "drop_before"}),
		row("connection lost after the job was started", wrong("Outcome unknown", 1), nil, simulator.Fault{On: "import", Do: "drop_after"}),
		row("413", wrong("Archive too large", 1), wrong("Archive too large", 1), status("import", 413, "APIGW.0201", "Request entity too large")),
		row("401 for the length of the body", wrong("Archive too large", 1, "The credentials are not at fault"), nil,
			status("import", 401, "APIGW.0301", "calc aksk signature fail:body too large")),
		row("429", fine(2), nil, simulator.Fault{On: "import", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}}),
		row("503", wrong("Outcome unknown", 1), nil, status("import", 503, "", "")),
		row("busy", fine(2), nil, simulator.Fault{On: "import", Do: "busy"}),
		row("the package is refused", wrong("Import request refused", 1, "ROMA.10011"), nil, status("import", 400, "ROMA.10011", "Failed to decompress the file")),
		row("the job fails", wrong("Import job failed", 1), wrong("Import job failed", 1), simulator.Fault{On: "import", Do: "fail_job", Count: 3}),
		{
			group: "import", name: "the job does not end", resource: "import", limit: "1s", orders: []simulator.Fault{{On: "import", Do: "never_end"}},
			after:  func(_ *testing.T, c *cell) { c.server.Simulator.FinishJobs() },
			create: goesOn("Import job is still running", "timeout of 1s"), update: goesOn("Import job is still running"),
		},
	}
}

// localFaults are those of this machine.
func localFaults() []fault {
	replace := func(t *testing.T, c *cell, with func(path string) error) {
		t.Helper()
		if err := os.RemoveAll(c.path("it.zip")); err != nil {
			t.Fatal(err)
		}
		if err := with(c.path("it.zip")); err != nil {
			t.Fatal(err)
		}
	}
	restore := func(t *testing.T, c *cell) {
		t.Helper()
		data, err := os.ReadFile(filepath.Join("testdata", "orders.zip"))
		if err != nil {
			t.Fatal(err)
		}
		replace(t, c, func(path string) error { return os.WriteFile(path, data, 0o600) })
	}
	return []fault{
		{
			group: "this machine", name: "path is a directory",
			before: func(t *testing.T, c *cell) { replace(t, c, func(p string) error { return os.Mkdir(p, 0o700) }) },
			after:  func(t *testing.T, c *cell) { replace(t, c, func(string) error { return nil }) },
			create: wrong("Path is a directory", 0), update: wrong("Path is a directory", 0),
		},
		{
			group: "this machine", name: "path becomes a directory while the job runs",
			orders: []simulator.Fault{{On: "export", Do: "job_time", JobTimeMS: 1500}},
			during: func(t *testing.T, c *cell) { replace(t, c, func(p string) error { return os.Mkdir(p, 0o700) }) },
			after:  func(t *testing.T, c *cell) { replace(t, c, func(string) error { return nil }) },
			create: goesOn("Archive cannot be written", "not a regular file"), update: goesOn("Archive cannot be written"),
		},
		{
			group: "this machine", name: "something else is at path",
			before: func(t *testing.T, c *cell) {
				replace(t, c, func(p string) error { return os.WriteFile(p, []byte("a text"), 0o600) })
			},
			after:  func(t *testing.T, c *cell) { replace(t, c, func(string) error { return nil }) },
			create: wrong("Path is taken", 0), update: wrong("Path is taken", 0),
		},
		{
			group: "this machine", name: "something appears at path while the job runs",
			orders: []simulator.Fault{{On: "export", Do: "job_time", JobTimeMS: 1500}},
			during: func(t *testing.T, c *cell) {
				replace(t, c, func(p string) error { return os.WriteFile(p, []byte("a text"), 0o600) })
			},
			after:  func(t *testing.T, c *cell) { replace(t, c, func(string) error { return nil }) },
			create: goesOn("Path is taken", "was not asked for"), update: goesOn("Path is taken"),
		},
		{
			group: "this machine", name: "the directory goes while the job runs", file: "archives/it.zip",
			orders: []simulator.Fault{{On: "export", Do: "job_time", JobTimeMS: 1500}},
			during: func(t *testing.T, c *cell) {
				if err := os.RemoveAll(c.path("archives")); err != nil {
					t.Error(err)
				}
			},
			create: fine(1), update: fine(1),
		},
		{
			group: "this machine", name: "a file where the directory should be", file: "archives/it.zip",
			before: func(t *testing.T, c *cell) {
				if err := os.RemoveAll(c.path("archives")); err != nil {
					t.Fatal(err)
				}
				c.write("archives", "a file")
			},
			after: func(t *testing.T, c *cell) {
				if err := os.Remove(c.path("archives")); err != nil {
					t.Fatal(err)
				}
			},
			create: wrong("Archive cannot be written", 0), update: wrong("Archive cannot be written", 0),
		},
		{
			group: "this machine", name: "the source is not there", resource: "import",
			before: func(t *testing.T, c *cell) { replace(t, c, func(string) error { return nil }) }, after: restore,
			create: wrong("Source is not there", 0), update: wrong("Source is not there", 0),
		},
		{
			group: "this machine", name: "the source is no archive", resource: "import",
			before: func(t *testing.T, c *cell) {
				replace(t, c, func(p string) error { return os.WriteFile(p, []byte(html), 0o600) })
			},
			after:  restore,
			create: wrong("Source is no archive", 0), update: wrong("Source is no archive", 0),
		},
		{
			group: "this machine", name: "no credentials", brokenEnv: []string{"HW_ACCESS_KEY=", "HW_SECRET_KEY="},
			create: wrong("No credentials", 0), update: wrong("No credentials", 0),
		},
	}
}
