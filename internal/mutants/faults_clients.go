package main

// clientFaults are in internal/httpapi, internal/roma and internal/csa.
var clientFaults = []fault{
	{
		name: "a starting request whose answer is lost is sent again",
		file: "internal/httpapi/repeat.go", in: "httpapi",
		text: `lost:          {counted, never, never, never, counted},`,
		with: `lost:          {counted, never, counted, never, counted},`,
	}, {
		name: "a download is asked for again after 503",
		file: "internal/httpapi/repeat.go", in: "httpapi",
		text: `serverTrouble: {counted, never, never, never, counted},`,
		with: `serverTrouble: {counted, never, never, counted, counted},`,
	}, {
		name: "one repetition more than max_retries",
		file: "internal/httpapi/call.go", in: "httpapi",
		text: `repeated >= c.maxRetries`,
		with: `repeated > c.maxRetries`,
	}, {
		name: "a Retry-After of a day is waited for",
		file: "internal/httpapi/repeat.go", in: "httpapi",
		text: `bounded || answer.RetryAfter <= maxUnboundedWait`,
		with: `bounded || answer.RetryAfter > 0`,
	}, {
		name: "users and passwords in addresses are shown",
		file: "internal/httpapi/redact.go", in: "httpapi",
		text: `"$1"+redacted+"@"`,
		with: `"$0"`,
	}, {
		name: "what a password becomes in a URL is shown",
		file: "internal/httpapi/redact.go", in: "httpapi",
		text: `[]string{url.QueryEscape(secret), url.PathEscape(secret), percent(secret)}`,
		with: `[]string{url.PathEscape(secret)}`,
	}, {
		name: "passwords of proxies are shown",
		file: "internal/httpapi/client.go", in: "httpapi",
		text: "\tc.redactor.Add(proxySecrets(os.Getenv)...)\n",
		with: "",
	}, {
		name: "a redirect is a good answer",
		file: "internal/httpapi/try.go", in: "httpapi",
		text: `resp.StatusCode <= 299`,
		with: `resp.StatusCode <= 399`,
	}, {
		name: "a body that never ends is not given up",
		file: "internal/httpapi/answer.go", in: "httpapi",
		text: `bodyTimeout = time.Minute`,
		with: `bodyTimeout = 1000 * time.Minute`,
	}, {
		name: "a password that a proxy refused is shown to it again",
		file: "internal/httpapi/try.go", in: "httpapi",
		text: `t.client.refused.Store(refused)`,
		with: `_ = refused`,
	}, {
		name: "an answer with credentials is quoted",
		file: "internal/httpapi/try.go", in: "httpapi",
		text: `if t.call.Secret && !htmlStart.Match(data) {`,
		with: `if t.call.Secret && htmlStart.Match(data) {`,
	}, {
		name: "TLS 1.0 is accepted",
		file: "internal/httpapi/client.go", in: "httpapi",
		text: `tls.VersionTLS12`,
		with: `tls.VersionTLS10`,
	}, {
		name: "the limit of a signed body is 12 million bytes",
		file: "internal/roma/config.go", in: "provider", run: `^TestLargeArchiveIsWarnedOf$`,
		text: `SignedBodyLimit = 12 << 20`,
		with: `SignedBodyLimit = 12_000_000`,
	}, {
		name: "a token is used until it has ended",
		file: "internal/roma/lease.go", in: "roma",
		text: `fetched.ends.Add(-min(renewBefore, fetched.life/renewShare))`,
		with: `fetched.ends.Add(0 * min(renewBefore, fetched.life/renewShare))`,
	}, {
		name: "a refused password is sent again",
		file: "internal/roma/login.go", in: "roma",
		text: `l.denied = err`,
		with: `_ = err`,
	}, {
		name: "the first signature of a key does not go alone",
		file: "internal/roma/keypair.go", in: "roma",
		text: `if k.tried {`,
		with: `if k.tried || true {`,
	}, {
		name: "a list that changes while it is read is not read again",
		file: "internal/roma/list.go", in: "roma",
		text: `case r.total >= 0 && total != r.total:`,
		with: `case r.total < 0 && total != r.total:`,
	}, {
		name: "a look-up by name finds what begins with it",
		file: "internal/roma/list.go", in: "roma",
		text: `form.name(&item) == name {`,
		with: `strings.HasPrefix(form.name(&item), name) {`,
	}, {
		name: "the security token is shown",
		file: "internal/roma/credentials.go", in: "roma",
		text: `return []string{p.SecretKey, p.SecurityToken}`,
		with: `return []string{p.SecretKey}`,
	}, {
		name: "the code for a wrong token is no refusal",
		file: "internal/roma/auth.go", in: "roma",
		text: `code.is(codeNoToken, codeWrongToken)`,
		with: `code.is(codeNoToken)`,
	}, {
		name: "clocks may differ by five minutes only",
		file: "internal/roma/errors.go", in: "roma",
		text: `clockTolerance = 15 * time.Minute`,
		with: `clockTolerance = 5 * time.Minute`,
	}, {
		name: "an archive that was sent in part may have been imported",
		file: "internal/csa/import.go", in: "csa",
		text: `if transport.Sent == httpapi.SentWhole {`,
		with: `if transport.Sent != httpapi.NotConnected {`,
	}, {
		name: "an import that was answered with 500 was refused",
		file: "internal/csa/import.go", in: "csa",
		text: `answer.Status == http.StatusRequestTimeout || answer.Status >= http.StatusInternalServerError`,
		with: `answer.Status == http.StatusRequestTimeout || answer.Status > http.StatusInternalServerError`,
	}, {
		name: "the password of the account is shown in messages",
		file: "internal/csa/client.go", in: "csa",
		text: `c.secrets.Add(config.Password, basic)`,
		with: `c.secrets.Add(basic)`,
	}, {
		name: "a userIdentifier in other letters is shown",
		file: "internal/csa/client.go", in: "csa",
		text: `c.redactor.Add(id, strings.ToLower(id), strings.ToUpper(id))`,
		with: `c.redactor.Add(id)`,
	}, {
		name: "a refused account is asked for again",
		file: "internal/csa/identity.go", in: "csa",
		text: `p.denied = err`,
		with: `_ = err`,
	}, {
		name: "a record id that was cut off is looked up",
		file: "internal/csa/import.go", in: "csa",
		text: `if record == "" || !recordEnd.Match(begin) {`,
		with: `if record == "" {`,
	}, {
		name: "a preview that imported is taken for a preview",
		file: "internal/csa/preview.go", in: "csa",
		text: `len(done.job.Artifacts) > 0`,
		with: `len(done.job.Artifacts) > 1`,
	}, {
		name: "an import waits for its record for a quarter of an hour",
		file: "internal/csa/result.go", in: "csa",
		text: `recordTime = 15 * time.Second`,
		with: `recordTime = 15 * time.Minute`,
	},
}
