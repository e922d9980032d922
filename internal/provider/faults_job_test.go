package provider_test

import (
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// pollFaults are those of a look at a job. Bad answers in between do not end
// the wait.
func pollFaults() []fault {
	ridden := func(name string, orders ...simulator.Fault) fault {
		return fault{group: "poll", name: name, orders: orders, create: fine(1)}
	}
	body := func(text, contentType string) simulator.Fault {
		return simulator.Fault{On: "job", Do: "raw_body", Body: text, ContentType: contentType}
	}
	lost := ridden("connection lost", simulator.Fault{On: "job", Do: "drop_before"})
	lost.update = fine(1)
	return []fault{
		lost,
		ridden("403", status("job", 403, "ROMA.1006", "no permission")),
		ridden("408", status("job", 408, "", "")),
		ridden("429 with Retry-After", simulator.Fault{On: "job", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}}),
		ridden("500 and 502", status("job", 500, "", ""), status("job", 502, "", "")),
		ridden("503 and 504", status("job", 503, "", ""), status("job", 504, "", "")),
		ridden("HTML page with status 200", body(html, "text/html")),
		ridden("truncated JSON", body(truncated, "application/json")),
		ridden("wrong types", body(`{"id":[],"status":{},"progress_percent":"x","reasons":7}`, "application/json")),
		ridden("JSON of 1 GiB", simulator.Fault{On: "job", Do: "endless_body", Bytes: 1 << 30}),
		ridden("unknown status word", simulator.Fault{On: "job", Do: "status_word", Word: "PONDERING"}),
		ridden("redirect", simulator.Fault{On: "job", Do: "status", Status: 307, Headers: map[string]string{"Location": "http://elsewhere.example.test/"}}),
		{
			group: "poll", name: "401 with a key pair", orders: []simulator.Fault{status("job", 401, "APIGW.0301", "AK access failed to reach the limit,forbidden")},
			create: goesOn("Credentials refused", "AK access failed"), update: goesOn("Credentials refused"),
		},
		{
			group: "poll", name: "the server does not know the job", orders: []simulator.Fault{{On: "job", Do: "forget_job"}},
			create: wrong("Export job not found", 1), update: wrong("Export job not found", 1),
		},
		{
			group: "poll", name: "the job does not end", limit: "1s", orders: []simulator.Fault{{On: "export", Do: "never_end"}},
			after:  func(_ *testing.T, c *cell) { c.server.Simulator.FinishJobs() },
			create: goesOn("Export job is still running", "timeout of 1s"), update: goesOn("Export job is still running"),
		},
		{
			group: "poll", name: "bad answers until the timeout", limit: "2s", orders: []simulator.Fault{times(-1, body(html, "text/html"))},
			create: goesOn("Export job is still running", "Bad gateway of a proxy"),
		},
	}
}

// downloadFaults are those of the one download of an archive.
func downloadFaults() []fault {
	again := func(name string, f simulator.Fault) fault {
		return fault{group: "download", name: name, orders: []simulator.Fault{f}, create: fine(2, "Download broke, exporting again")}
	}
	broke := func(name string, f simulator.Fault) fault {
		return fault{group: "download", name: name, orders: []simulator.Fault{times(-1, f)}, create: wrong("Download broke", 3, "exporting again (1 of at most 2)", "exporting again (2 of at most 2)")}
	}
	cut := again("connection lost in the middle", simulator.Fault{On: "download", Do: "cut", Bytes: 200})
	cut.update = fine(2, "Download broke, exporting again")
	thrice := broke("connection lost three times", simulator.Fault{On: "download", Do: "cut", Bytes: 200})
	thrice.update = wrong("Download broke", 3)
	taken := wrong("Archive already downloaded", 1, "Apply again: the export runs again.")
	return []fault{
		cut, thrice,
		again("connection lost before the answer", simulator.Fault{On: "download", Do: "drop_after"}),
		again("cut without a length", simulator.Fault{On: "download", Do: "cut", Bytes: 200, Chunked: true}),
		again("a local header that does not match", simulator.Fault{On: "download", Do: "bad_zip", Variant: "local_header"}),
		broke("no central directory", simulator.Fault{On: "download", Do: "bad_zip", Variant: "truncated"}),
		{
			group: "download", name: "absurd sizes", orders: []simulator.Fault{{On: "download", Do: "bad_zip", Variant: "absurd_size"}},
			create: fine(1),
		},
		{
			group: "download", name: "names with ..", orders: []simulator.Fault{{On: "download", Do: "bad_zip", Variant: "dotdot"}},
			create: fine(1),
		},
		{
			group: "download", name: "300,000 entries", orders: []simulator.Fault{{On: "download", Do: "bad_zip", Variant: "many_entries", Entries: 300_000}},
			create: fine(1),
		},
		{
			group: "download", name: "JSON with status 200", orders: []simulator.Fault{{On: "download", Do: "not_a_zip", Body: `{"apps":"x"}`, ContentType: "application/json"}},
			create: goesOnAgain("Download is no archive"), update: goesOnAgain("Download is no archive"),
		},
		{
			group: "download", name: "HTML page with status 200", orders: []simulator.Fault{{On: "download", Do: "not_a_zip", Body: html, ContentType: "text/html"}},
			create: goesOnAgain("Download is no archive", "Bad gateway of a proxy"),
		},
		{
			group: "download", name: "refused, as an archive that was taken", orders: []simulator.Fault{status("download", 404, "ROMA.13000", "The archive does not exist")},
			create: taken, update: taken,
		},
		{group: "download", name: "no archive id", orders: []simulator.Fault{{On: "job", Do: "no_archive_id"}}, create: taken, update: taken},
		{
			group: "download", name: "401", orders: []simulator.Fault{status("download", 401, "APIGW.0301", "verify aksk signature fail")},
			create: goesOn("Credentials refused"), update: goesOn("Credentials refused"),
		},
		{group: "download", name: "403", orders: []simulator.Fault{status("download", 403, "ROMA.1006", "no permission")}, create: goesOn("Export request refused")},
		{group: "download", name: "429", orders: []simulator.Fault{{On: "download", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}}}, create: fine(1)},
		{group: "download", name: "500", orders: []simulator.Fault{status("download", 500, "", "")}, create: goesOn("Export request failed"), update: goesOn("Export request failed")},
		{group: "download", name: "502", orders: []simulator.Fault{status("download", 502, "", "")}, create: goesOn("Export request failed")},
		{group: "download", name: "503", orders: []simulator.Fault{status("download", 503, "", "")}, create: goesOn("Export request failed")},
		{group: "download", name: "504", orders: []simulator.Fault{status("download", 504, "", "")}, create: goesOn("Export request failed")},
		{
			group: "download", name: "too slow for the timeout", limit: "2s", orders: []simulator.Fault{{On: "download", Do: "slow", BytesPerSecond: 10}},
			create: goesOnAgain("Download took too long"),
		},
	}
}

// goesOnAgain is an error whose job the next apply looks at, only to find
// that its archive is gone: it exports again.
func goesOnAgain(says string, also ...string) *outcome {
	o := goesOn(says, also...)
	o.resumed = false
	return o
}

// loginFaults are those of IAM, and of each way in.
func loginFaults() []fault {
	password := []string{"HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME={user}", "HW_USER_PASSWORD={password}", "HW_DOMAIN_NAME={domain}"}
	row := func(name string, create *outcome, orders ...simulator.Fault) fault {
		return fault{group: "login", name: name, env: password, orders: orders, create: create}
	}
	unready := func(says string, also ...string) *outcome { return wrong(says, 0, also...) }
	expired := row("the token ends during the wait", fine(1), simulator.Fault{On: "job", Do: "expire_token"})
	expired.update = fine(1)
	return []fault{
		row("password", fine(1)),
		expired,
		row("500 and 503", fine(1), status("login", 500, "", ""), status("login", 503, "", "")),
		row("connection lost", fine(1), simulator.Fault{On: "login", Do: "drop_before"}),
		row("429", fine(1), simulator.Fault{On: "login", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}}),
		row("401", unready("Credentials refused"), status("login", 401, "", "")),
		row("403", unready("Login failed"), status("login", 403, "", "")),
		row("HTML page with status 200", unready("Login failed"), simulator.Fault{On: "login", Do: "raw_body", Body: html, ContentType: "text/html"}),
		{
			group: "login", name: "token that the server does not know", brokenEnv: []string{"HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_AUTH_TOKEN=stale"},
			create: wrong("Credentials refused", 1, "decrypt token fail"), update: wrong("Credentials refused", 1),
		},
		{
			group: "login", name: "wrong security token", brokenEnv: []string{"HW_SECURITY_TOKEN=stale"},
			create: wrong("Credentials refused", 1), update: wrong("Credentials refused", 1),
		},
	}
}

// vocabularyFaults are the same in the words of 2022, and in mixed ones.
func vocabularyFaults() []fault {
	old := simulator.Options{Vocabulary: simulator.Vocabulary2022}
	row := func(name string, options simulator.Options, create, update *outcome, orders ...simulator.Fault) fault {
		return fault{group: "vocabulary", name: name, options: options, orders: orders, create: create, update: update}
	}
	return []fault{
		row("2022: success", old, fine(1), fine(1)),
		row("2022: busy", old, fine(2), nil, simulator.Fault{On: "export", Do: "busy"}),
		row("2022: failed", old, wrong("Export job failed", 1), wrong("Export job failed", 1), simulator.Fault{On: "export", Do: "fail_job", Count: 2}),
		row("2022: finished, archive taken", old, wrong("Archive already downloaded", 1), nil, simulator.Fault{On: "job", Do: "no_archive_id"}),
		row("reasons as an object", simulator.Options{}, wrong("Export job failed", 1), nil,
			simulator.Fault{On: "export", Do: "fail_job"}, simulator.Fault{On: "job", Do: "reason_field", Field: "reasons", Shape: "object"}),
		row("reason as a string", simulator.Options{}, wrong("Export job failed", 1), nil,
			simulator.Fault{On: "export", Do: "fail_job"}, simulator.Fault{On: "job", Do: "reason_field", Field: "reason", Shape: "string"}),
		row("archive id under entities", simulator.Options{}, fine(1), nil, simulator.Fault{On: "export", Do: "archive_id_in_entities"}),
		row("times as seconds", simulator.Options{}, fine(1), nil, simulator.Fault{On: "export", Do: "times_as_numbers", Unit: "seconds"}),
		row("times as milliseconds", simulator.Options{}, fine(1), nil, simulator.Fault{On: "export", Do: "times_as_numbers", Unit: "milliseconds"}),
		row("no progress", simulator.Options{}, fine(1), nil, simulator.Fault{On: "export", Do: "no_progress"}),
	}
}
