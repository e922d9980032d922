package doctor

// Names of documents.
const (
	romaReference = "ROMA Connect API reference, "
	csaReference  = "CSA API reference, "
	errorCodes    = romaReference + "Error Codes"
	checkJob      = romaReference + "CheckAssetJobStatus (2025-12)"
	download      = romaReference + "DownloadAssetArchive (2025-10)"
	signingGuide  = "AK/SK Signing and Authentication Guide"
	providerPage  = "the provider's own documentation"
	importAPI     = csaReference + "Import API (4.80)"
	exportAPI     = csaReference + "Export API (4.00, p. 76-77)"
	nowhere       = "no document"
)

// Meanings that several facts share.
const (
	ignored   = "works: what the provider does not know it ignores"
	noAnswer  = wouldFail + "the provider needs this answer, and there was none that it can use"
	otherCode = worksBut + "the provider does not recognise this refusal, and its message shows the server's words only"
)

var (
	appFields = []string{
		"total: number", "size: number", "apps: array", "apps[].id: string", "apps[].name: string", "apps[].remark: string", "apps[].remark: null",
		"apps[].roles: array", "apps[].create_time: string", "apps[].update_time: string", "apps[].created_user: object",
		"apps[].last_updated_user: object", "apps[].owner: bool", "apps[].key: string", "apps[].favorite: bool",
	}
	taskFields = []string{
		"total: number", "size: number", "entities: array", "entities[].task_id: string", "entities[].task_name: string", "entities[].task_type: string",
		"entities[].status: string", "entities[].status: number", "entities[].created_date: string", "entities[].created_date: number",
		"entities[].version: string", "entities[].last_modified_time: number", "entities[].execute_status: string", "entities[].execute_status: number",
		"entities[].source_app_id: string", "entities[].target_app_id: string", "entities[].source_instance_id: string",
		"entities[].target_instance_id: string", "entities[].ext_type: string", "entities[].enterprise_project_id: string", "entities[].task_tag: string",
	}
	errorFields = []string{"error_code: string", "error_msg: string", "error_details: string", "request_id: string", "suggestion: string"}
	jobFields   = []string{
		"id: string", "type: string", "status: string", "progress_percent: number", "archive_id: string", "begin_time: string", "end_time: string",
		"reason: array", "reasons: array", "reason[].resource_type: string", "reason[].resource_name: string", "reason[].error_code: string",
		"reason[].error_msg: string", "reasons[].resource_type: string", "reasons[].resource_name: string", "reasons[].error_code: string", "reasons[].error_msg: string",
	}
)

// facts are what documents say of the servers, and what the simulator does. A document
// that is silent leaves Documented nil.
var facts = []Fact{
	// Ways in.
	{
		ID: "way.credentials", What: "credentials that count", Document: providerPage,
		Documented: []string{"token", "key pair", "password", "profile", "identity token", "metadata service", "account", "with an agency"},
		Simulator:  []string{"token", "key pair", "password", "profile", "identity token", "metadata service", "account", "with an agency"},
		Means:      map[string]string{"none": wouldFail + "no credentials are complete"},
	},
	{
		ID: "way.address", What: "address", Document: providerPage,
		Documented: []string{"https", "http on this machine"}, Simulator: []string{"https", "http on this machine"},
	},
	{
		ID: "way.proxy", What: "proxy of the environment", Document: providerPage,
		Documented: []string{"none for this address", "in use"}, Simulator: []string{"none for this address", "in use"},
		Means: map[string]string{"cannot be used": wouldFail + "the address of the proxy in the environment is no URL"},
	},
	{
		ID: "way.connection", What: "connection", Document: providerPage,
		Documented: []string{"answers"}, Simulator: []string{"answers"}, Else: wouldFail + "the server does not answer",
	},
	{
		ID: "way.tls", What: "TLS version", Document: providerPage + ": TLS 1.2 and later",
		Documented: []string{"TLS 1.2", "TLS 1.3"}, Simulator: []string{"TLS 1.2", "TLS 1.3"},
		Else: wouldFail + "the provider speaks TLS 1.2 and later; a proxy that does may stand in between",
	},
	{
		ID: "way.certificate", What: "certificate", Document: providerPage,
		Documented: []string{"trusted", "not verified, as was set"}, Simulator: []string{"trusted", "not verified, as was set"},
		Means: map[string]string{
			"not verified, as was set": worksBut + "anybody in between can read everything: give ca_file in place of insecure",
			"unknown authority":        wouldFail + "give the authority's certificate in ca_file",
			"out of date":              wouldFail + "the certificate is not valid now, or the clock of this machine is wrong",
			"for another name":         wouldFail + "use the address that the certificate is for",
			"weak signature":           wouldFail + "a certificate signed with SHA-1 or MD5 is refused",
			"wants one of the client":  wouldFail + "the server asks for a certificate of the client, and the provider has none",
		}, Else: wouldFail + "the certificate is refused",
	},
	{
		ID: "way.clock", What: "clock difference", Document: signingGuide + ": 15 minutes",
		Documented: []string{"within a minute", "within 15 minutes"}, Simulator: []string{"within a minute"},
		Means: map[string]string{
			"within 15 minutes":    worksBut + "set the clock of this machine: at 15 minutes signatures are refused",
			"more than 15 minutes": wouldFail + "signatures are refused; set the clock of this machine",
		},
	},
	{ID: "way.clock.plain", What: "clock difference", Document: nowhere, Simulator: []string{"within a minute", "within 15 minutes", "more than 15 minutes"}},
	{
		ID: "way.accepted", What: "token, signature or account", Document: errorCodes + "; " + csaReference + "Troubleshooting return codes (4.90)",
		Documented: []string{"accepted"}, Simulator: []string{"accepted"}, Else: wouldFail + "the credentials are refused, or something else than the platform answers",
	},
	{
		ID: "way.project", What: "project", Document: "IAM API reference, KeystoneListProjects",
		Documented: []string{"found", "given"}, Simulator: []string{"found", "given"},
		Means: map[string]string{"not one": wouldFail + "give project_id: the name of the project is that of none, or of several"}, Else: noAnswer,
	},
	{
		ID: "way.person", What: "userIdentifier of the person", Document: csaReference + "Get userIdentifier (4.90)",
		Documented: []string{"found", "given"}, Simulator: []string{"found", "given"},
		Means: map[string]string{
			"unknown organization": wouldFail + "give organization: it is CSA-Provider, or Provider in later versions",
			"unknown user":         wouldFail + "give the name of a user of that organization",
		}, Else: noAnswer,
	},

	// Looking: ROMA Connect.
	{
		ID: "roma.instance", What: "instance", Document: romaReference + "ImportAsset",
		Documented: []string{"known"}, Simulator: []string{"known"}, Else: wouldFail + "the server does not know the instance, or this user has no access to it",
	},
	{
		ID: "roma.apps.answer", What: "list of applications", Document: romaReference + "ListRomaApp (2025-10)",
		Documented: []string{"200"}, Simulator: []string{"200"}, Else: worksBut + "applications cannot be found by their names",
	},
	{
		ID: "roma.apps.fields", What: "fields of applications", Document: romaReference + "ListRomaApp (2025-10)",
		Documented: appFields, Simulator: appFields, Else: ignored,
	},
	{
		ID: "roma.apps.total", What: "total of applications", Document: romaReference + "ListRomaApp (2025-10)",
		Documented: []string{"what is listed"}, Simulator: []string{"what is listed"}, Else: worksBut + "the list is read until a page is empty",
	},
	{
		ID: "roma.apps.pages", What: "pages of applications", Document: nowhere,
		Simulator: []string{"one page", "full pages of 100"}, Else: works + ": pages are as long as the server makes them",
	},
	{
		ID: "roma.tasks.answer", What: "list of tasks", Document: romaReference + "ListTasks (2025-10)",
		Documented: []string{"200"}, Simulator: []string{"200"}, Else: worksBut + "tasks cannot be found by their names, nor listed",
	},
	{
		ID: "roma.tasks.fields", What: "fields of tasks", Document: romaReference + "ListTasks (2025-10)",
		Documented: taskFields, Simulator: append([]string{"entities[].version: number"}, taskFields...), Else: ignored,
	},
	{
		ID: "roma.tasks.total", What: "total of tasks", Document: romaReference + "ListTasks (2025-10)",
		Documented: []string{"what is listed"}, Simulator: []string{"what is listed"}, Else: worksBut + "the list is read until a page is empty",
	},
	{
		ID: "roma.tasks.pages", What: "pages of tasks", Document: romaReference + "ListTasks: at most 999 or 1000",
		Documented: []string{"one page", "full pages of 500"}, Simulator: []string{"one page", "full pages of 500"}, Else: works + ": pages are as long as the server makes them",
	},
	{
		ID: "roma.job.unknown", What: "a job that does not exist", Document: nowhere,
		Simulator: []string{"404 ROMA.13000"}, Else: works + ": the provider knows this answer too",
	},
	{
		ID: "roma.job.unknown.known", What: "is that answer recognised", Document: nowhere,
		Simulator: []string{"yes"}, Else: worksBut + "a job that the server forgot is waited for until five answers in a row, over two minutes, were bad",
	},
	{
		ID: "roma.archive.unknown", What: "an archive that does not exist", Document: download + ": 404 on a regional page, without a code",
		Documented: []string{"404 without a code"}, Simulator: []string{"404 ROMA.13000"}, Else: works + ": the provider knows this answer too",
	},
	{
		ID: "roma.archive.unknown.known", What: "is that answer recognised", Document: nowhere,
		Simulator: []string{"yes"}, Else: worksBut + "after a lost download the provider cannot tell that the archive is gone",
	},
	{
		ID: "roma.error.fields", What: "fields of an error", Document: errorCodes,
		Documented: errorFields, Simulator: errorFields, Else: ignored,
	},
	{
		ID: "roma.error.digits", What: "digits of error codes", Document: errorCodes + " (short); OpenAPI definition (eight digits)",
		Documented: []string{"short", "eight"}, Simulator: []string{"short", "eight"}, Else: otherCode,
	},
	{
		ID: "http.request_id", What: "header that names a request", Document: "official SDKs: X-Request-Id",
		Documented: []string{"X-Request-Id"}, Simulator: []string{"X-Request-Id"}, Else: worksBut + "messages cannot name the request to the operator of the server",
	},
	{
		ID: "http.date", What: "header Date", Document: "RFC 9110, 6.6.1",
		Documented: []string{"there"}, Simulator: []string{"there"}, Else: worksBut + "a wrong clock is told by the server's words only",
	},
	{
		ID: "http.retry_after", What: "header Retry-After", Document: "RFC 9110, 10.2.3",
		Documented: []string{"seconds", "date"}, Simulator: []string{"seconds"}, Else: works + ": the provider waits by its own clock",
	},

	// Exports and imports: ROMA Connect.
	{
		ID: "roma.export.start", What: "start of an export", Document: romaReference + "ExportAsset (2025-10)",
		Documented: []string{"200"}, Simulator: []string{"200"}, Else: wouldFail + "the export was not started",
	},
	{
		ID: "roma.import.start", What: "start of an import", Document: romaReference + "ImportAsset (2025-10)",
		Documented: []string{"200"}, Simulator: []string{"200"}, Else: wouldFail + "the import was not started",
	},
	{
		ID: "roma.start.fields", What: "fields of the answer to a start", Document: romaReference + "ExportAsset, ImportAsset (2025-10)",
		Documented: []string{"job_id: string"}, Simulator: []string{"job_id: string"}, Else: ignored,
	},
	{
		ID: "roma.busy", What: "a second export while one runs", Document: errorCodes,
		Documented: []string{"400 ROMA.10012"}, Simulator: []string{"400 ROMA.10012"},
		Means: map[string]string{"accepted": works + ": the provider asks for one job at a time all the same"},
		Else:  wouldFail + "an answer that the provider does not know as busy: an export that meets another one fails, and is not waited for",
	},
	{ID: "roma.job.fields", What: "fields of a job", Document: checkJob, Documented: jobFields, Simulator: jobFields, Else: ignored},
	{
		ID: "roma.job.status", What: "words of status", Document: checkJob,
		Documented: []string{"RUNNING", "SUCCEEDED", "FAILED"}, Simulator: []string{"RUNNING", "SUCCEEDED", "FAILED"},
		Means: map[string]string{
			"Running": works + ": as in the reference of 2022", "Success": works + ": as in the reference of 2022", "Succeeded": works,
			"Failed": works + ": as in the reference of 2022", "Finished": works + ": as in the reference of 2022",
		}, Else: wouldFail + "the provider does not know this word, and cannot tell whether the job has ended",
	},
	{
		ID: "roma.job.type", What: "type of a job", Document: checkJob,
		Documented: []string{"exportAsset", "importAsset"}, Simulator: []string{"exportAsset", "importAsset"}, Else: works + ": the provider only shows it",
	},
	{
		ID: "roma.job.progress", What: "progress_percent", Document: checkJob + ": 0 to 1",
		Documented: []string{"fraction"}, Simulator: []string{"fraction"},
		Means: map[string]string{"percent": works + ": above 1 it is read as a percentage"}, Else: wouldFail + "a progress that is no number makes the answer unusable",
	},
	{
		ID: "roma.job.times", What: "begin_time and end_time", Document: checkJob + ": text; numbers in the reference of 2022",
		Documented: []string{"text in UTC"}, Simulator: []string{"text in UTC"}, Else: works + ": the provider reads text, seconds and milliseconds",
	},
	{
		ID: "roma.job.archive", What: "place of archive_id", Document: checkJob,
		Documented: []string{"at the top"}, Simulator: []string{"at the top"},
		Means: map[string]string{"under entities": works + ": the provider looks there too", "none": wouldFail + "a finished export that names no archive passes for one that was downloaded already"},
	},
	{
		ID: "roma.job.end", What: "end of the job", Document: checkJob,
		Documented: []string{"succeeded"}, Simulator: []string{"succeeded"},
		Means: map[string]string{"failed": worksBut + "this job failed, so that not everything could be looked at: see the server's reasons"}, Else: wouldFail + "the end of the job could not be seen",
	},
	{
		ID: "roma.job.after", What: "job after its archive was downloaded", Document: checkJob + "; Finished in the reference of 2022",
		Documented: []string{"without archive_id: Finished"}, Simulator: []string{"without archive_id: SUCCEEDED", "without archive_id: Finished"},
		Else: works + ": the provider never downloads twice",
	},
	{
		ID: "roma.download.type", What: "Content-Type of a download", Document: nowhere,
		Simulator: []string{"application/octet-stream"}, Else: works + ": the provider looks at the content itself",
	},
	{
		ID: "roma.download.name", What: "Content-Disposition of a download", Document: nowhere,
		Simulator: []string{"attachment with a name in .zip"}, Else: works + ": the provider does not use it",
	},
	{
		ID: "roma.download.length", What: "length of a download", Document: nowhere,
		Simulator: []string{"announced"}, Else: works + ": the end of the zip tells whether all of it came",
	},
	{
		ID: "roma.download.again", What: "second download of the archive", Document: download + ": an archive can be downloaded once",
		Documented: []string{"refused: 404 without a code"}, Simulator: []string{"refused: 404 ROMA.13000"},
		Means: map[string]string{"the archive again": works + ": the provider downloads once all the same"}, Else: works + ": the provider never downloads twice",
	},

	// Archives.
	{ID: "zip.complete", What: "archive", Document: nowhere, Simulator: []string{"a complete zip"}, Else: wouldFail + "the provider refuses what is no complete zip"},
	{ID: "zip.kind", What: "kind of zip", Document: nowhere, Simulator: []string{"plain"}, Else: works + ": the provider reads the central directory"},
	{ID: "zip.methods", What: "compression methods", Document: nowhere, Simulator: []string{"deflated", "stored"}, Else: works + ": the provider extracts nothing"},
	{ID: "zip.flags", What: "flags of entries", Document: nowhere, Simulator: []string{"none", "sizes behind the data", "UTF-8 names"}, Else: works + ": the provider extracts nothing"},
	{
		ID: "zip.encrypted", What: "encryption of entries", Document: nowhere, Simulator: []string{"none"},
		Else: worksBut + "encrypted entries may differ in each export, and then count as changed",
	},
	{
		ID: "zip.repeatable", What: "content_digest of two exports of unchanged assets", Document: nowhere, Simulator: []string{"equal"},
		Else: worksBut + "content_digest changes with each export, so that an import of it is repeated for nothing; the report names the entries",
	},
	{
		ID: "zip.entries", What: "entries of two exports of unchanged assets", Document: nowhere, Simulator: []string{"equal", "differ, and content_digest allows for it"},
		Else: worksBut + "these entries would have to be left out of content_digest",
	},

	// Import lists.
	{
		ID: "roma.import.lists", What: "lists after the import", Document: nowhere, Simulator: []string{"as many as before", "more than before"},
		Else: worksBut + "there are fewer applications or tasks than before the import",
	},

	// CSA.
	{
		ID: "csa.login.form", What: "form of the answer to the login", Document: csaReference + "Get userIdentifier (4.90)",
		Documented: []string{"200 xml"}, Simulator: []string{"200 xml"}, Else: noAnswer,
	},
	{
		ID: "csa.login.fields", What: "elements of a person", Document: csaReference + "Get userIdentifier (4.90)",
		Documented: []string{"person", "/id"}, Simulator: []string{"/isCriticalSystemObject", "/description", "/name", "/displayName", "/state", "/disabled", "/organization"}, Else: ignored,
	},
	{
		ID: "csa.lists", What: "lists of catalogs and offerings", Document: csaReference + "Catalog API (4.90)",
		Documented: []string{"200 xml"}, Simulator: []string{"200 xml"}, Else: worksBut + "catalogs and offerings cannot be found by their names",
	},
	{
		ID: "csa.unknown", What: "an artifact that does not exist", Document: exportAPI + ": 404",
		Documented: []string{"404"}, Simulator: []string{"404"}, Else: worksBut + "a wrong id is told by the server's words only",
	},
	{
		ID: "csa.error.form", What: "form of an error", Document: nowhere,
		Simulator: []string{"html"}, Else: works + ": the provider shows what there is of words",
	},
	{ID: "csa.export.answer", What: "export", Document: exportAPI, Documented: []string{"200"}, Simulator: []string{"200"}, Else: wouldFail + "the export was refused"},
	{
		ID: "csa.export.type", What: "Content-Type of an export", Document: exportAPI,
		Documented: []string{"application/zip"}, Simulator: []string{"application/zip"}, Else: works + ": the provider looks at the content itself",
	},
	{
		ID: "csa.export.name", What: "Content-Disposition of an export", Document: exportAPI,
		Documented: []string{"attachment with a name without .zip"}, Simulator: []string{"attachment with a name without .zip"}, Else: works + ": the provider does not use it",
	},
	{
		ID: "csa.export.length", What: "length of an export", Document: exportAPI,
		Documented: []string{"chunked"}, Simulator: []string{"chunked"}, Else: works + ": the end of the zip tells whether all of it came",
	},
	{
		ID: "csa.manifest", What: "manifest.xml", Document: csaReference + "Export API (4.90)",
		Documented: []string{"there"}, Simulator: []string{"there"}, Else: wouldFail + "the provider accepts no archive of CSA without manifest.xml",
	},
	{
		ID: "csa.preview", What: "preview of an import", Document: importAPI,
		Simulator: []string{"success, without ids"},
		Means: map[string]string{
			"it imported":         wouldFail + "preview = true imports on this server: leave it out",
			"refused the archive": worksBut + "the preview says that the import could not succeed",
		}, Else: wouldFail + "preview = true ends without an answer that the provider can use",
	},
	{ID: "csa.import.answer", What: "import", Document: importAPI, Documented: []string{"200"}, Simulator: []string{"200"}, Else: wouldFail + "the import was refused"},
	{
		ID: "csa.import.status", What: "words of importStatus", Document: importAPI,
		Documented: []string{"SUCCESS"}, Simulator: []string{"SUCCESS", "FAILURE"}, Else: worksBut + "the provider takes any word but SUCCESS for a failure",
	},
	{
		ID: "csa.import.fields", What: "elements of an import result", Document: importAPI,
		Documented: []string{"ImportOperationResult", "/additionalSummaryMessages", "/importResultRecord", "/importStatus", "/importSummary"},
		Simulator:  []string{"ImportOperationResult", "/additionalSummaryMessages", "/importResultRecord", "/importStatus", "/importSummary"}, Else: ignored,
	},
	{
		ID: "csa.import.end", What: "end of the import", Document: importAPI, Documented: []string{"succeeded"}, Simulator: []string{"succeeded"},
		Means: map[string]string{"failed": worksBut + "this import failed: see the server's reasons"}, Else: wouldFail + "the end of the import could not be seen",
	},
	{
		ID: "csa.import.ids", What: "ids of what was imported", Document: importAPI,
		Documented: []string{"in messages"}, Simulator: []string{"in messages"}, Else: worksBut + "the attribute artifacts stays empty",
	},
	{
		ID: "csa.import.record", What: "import result record", Document: csaReference + "Import_result API (4.80)",
		Documented: []string{"readable"}, Simulator: []string{"readable"}, Else: worksBut + "types and names of artifacts are those of the messages only",
	},
}
