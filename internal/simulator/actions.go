package simulator

import (
	"maps"
	"slices"
	"strconv"
)

// Actions that other files ask for by name. The table below has all of them.
const (
	doExpireToken       = "expire_token"
	doRevokeToken       = "revoke_token"
	doExpireKeys        = "expire_keys"
	doDropAfter         = "drop_after"
	doCut               = "cut"
	doSlow              = "slow"
	doFailJob           = "fail_job"
	doNeverEnd          = "never_end"
	doJobTime           = "job_time"
	doForgetJob         = "forget_job"
	doStatusWord        = "status_word"
	doNoProgress        = "no_progress"
	doNoArchiveID       = "no_archive_id"
	doArchiveInEntities = "archive_id_in_entities"
	doTimesAsNumbers    = "times_as_numbers"
	doReasonField       = "reason_field"
	doImportStatus      = "import_status"
	doNoRecord          = "no_record"
	doIDsMissing        = "ids_missing"
	doIgnoresPreview    = "ignores_preview"
	doPreviewBlind      = "preview_blind"
	doOldServer         = "old_server"
)

// Words that fields of faults take.
const (
	unitSeconds      = "seconds"
	unitMilliseconds = "milliseconds"
	shapeArray       = "array"
	shapeObject      = "object"
	shapeString      = "string"
	zipLocalHeader   = "local_header"
	zipManyEntries   = "many_entries"
	zipDotDot        = "dotdot"
	zipAbsurdSize    = "absurd_size"
	zipTruncated     = "truncated"
	zipNoManifest    = "no_manifest"
)

var (
	iamKinds = []string{kindLogin, kindOIDC, kindTemporaryKeys, kindAssume, kindProjects, kindDomains}
	// metadataKinds are those of the metadata service of a cloud server.
	metadataKinds = []string{kindMetadataToken, kindMetadataKey}
	romaKinds     = []string{
		kindExport, kindImport, kindDelete, kindJob, kindDownload,
		kindApps, kindTasks, kindInstances, kindOther,
	}
	csaKinds = []string{
		kindCSALogin, kindCSAExport, kindCSAImport, kindCSAPreview, kindCSAResult, kindCSAArtifact, kindCSAArtifacts,
		kindCSACatalogs, kindCSAOfferings, kindCSAOrganizations, kindCSAOther,
	}
	// tokenKinds are those that take tokens and signatures.
	tokenKinds = slices.Concat(iamKinds, romaKinds)
	// keyKinds are those that take key pairs.
	keyKinds   = slices.Concat(tokenKinds, storeKinds)
	allKinds   = slices.Concat(iamKinds, metadataKinds, romaKinds, csaKinds, storeKinds)
	startKinds = []string{kindExport, kindImport, kindDelete}
	jobKinds   = []string{kindExport, kindImport, kindDelete, kindJob}
	// importKinds are those that import something to CSA, or say that they could.
	importKinds = []string{kindCSAImport, kindCSAPreview}
	lastKinds   = slices.Concat(startKinds, importKinds)
	zipKinds    = []string{kindDownload, kindCSAExport}

	commonFields = []string{"on", "method", "path_contains", "times", "skip", "probability", "seed", "do"}
	answerFields = []string{"status", "body", "content_type", "headers", "unread"}
)

// action is what a fault can do.
type action struct {
	// kinds are the kinds of requests that it can apply to; all when nil.
	kinds []string
	// fields are the fields it knows, required those it needs, and words the
	// values that a field can have.
	fields   []string
	required []string
	words    map[string][]string
	// answer answers in the place of the operation.
	answer func(*Simulator, *call, *Fault)
	// onJob tells that it changes a job, or the look of one. On a starting
	// request it holds for the job, on a look for that answer.
	onJob bool
}

// actions has neither answer nor onJob for what shapes the transport of the
// answer; see answerWriter.
var actions = map[string]action{
	"busy":         {kinds: startKinds, answer: (*Simulator).answerBusy},
	"status":       {fields: append([]string{"code", "message"}, answerFields...), required: []string{"status"}, answer: (*Simulator).answerStatus},
	"raw_body":     {fields: answerFields, answer: (*Simulator).answerRaw},
	"endless_body": {fields: []string{"bytes", "status", "content_type"}, answer: (*Simulator).answerEndless},
	"hang":         {fields: []string{"unread"}, answer: (*Simulator).answerNever},
	"drop_before":  {fields: []string{"unread"}, answer: (*Simulator).answerDrop},
	"html_page":    {fields: []string{"status", "unread"}, answer: (*Simulator).answerHTML},
	"not_a_zip":    {kinds: zipKinds, fields: []string{"body", "content_type"}, answer: (*Simulator).answerNotZip},
	"bad_zip": {
		kinds: zipKinds, fields: []string{"variant", "entries"}, required: []string{"variant"},
		words: map[string][]string{"variant": {
			zipLocalHeader, zipManyEntries, zipDotDot, zipAbsurdSize, zipTruncated, zipNoManifest,
		}},
		answer: (*Simulator).answerBadZip,
	},
	"redirect": {
		fields: []string{"location", "status", "unread"}, required: []string{"location"},
		answer: (*Simulator).answerRedirect,
	},
	doExpireToken: {kinds: tokenKinds},
	doRevokeToken: {kinds: tokenKinds},
	doExpireKeys:  {kinds: keyKinds},
	doDropAfter:   {},
	doCut:         {fields: []string{"bytes", "chunked"}},
	doSlow:        {fields: []string{"delay_ms", "bytes_per_second"}},

	doFailJob:           {kinds: startKinds, onJob: true, fields: []string{"reasons", "count"}},
	doNeverEnd:          {kinds: lastKinds, onJob: true},
	doJobTime:           {kinds: lastKinds, onJob: true, fields: []string{"job_time_ms"}},
	doForgetJob:         {kinds: jobKinds, onJob: true},
	doStatusWord:        {kinds: jobKinds, onJob: true, fields: []string{"word"}},
	doNoProgress:        {kinds: jobKinds, onJob: true},
	doNoArchiveID:       {kinds: jobKinds, onJob: true},
	doArchiveInEntities: {kinds: jobKinds, onJob: true},
	doTimesAsNumbers: {
		kinds: jobKinds, onJob: true, fields: []string{"unit"},
		words: map[string][]string{"unit": {unitSeconds, unitMilliseconds}},
	},
	doReasonField: {
		kinds: jobKinds, onJob: true, fields: []string{"field", "shape"},
		words: map[string][]string{"field": {"reason", "reasons"}, "shape": {shapeArray, shapeObject, shapeString}},
	},
	doImportStatus:   {kinds: importKinds, onJob: true, fields: []string{"word", "summary", "messages", "status"}},
	doNoRecord:       {kinds: importKinds, onJob: true},
	doIDsMissing:     {kinds: importKinds, onJob: true},
	doIgnoresPreview: {kinds: []string{kindCSAPreview}, onJob: true},
	doPreviewBlind:   {kinds: []string{kindCSAPreview}, onJob: true},
	doOldServer:      {kinds: importKinds, onJob: true},

	doExpiredToken:  {kinds: storeKinds, fields: []string{"unread"}, answer: (*Simulator).answerExpiredToken},
	doHalf:          {kinds: []string{kindStorePut}, fields: []string{"bytes"}},
	doRaced:         {kinds: []string{kindStorePut}, fields: []string{"body"}},
	doReplaced:      {kinds: []string{kindStoreHead, kindStoreGet, kindStorePut}, fields: []string{"body"}},
	doWrongMetadata: {kinds: []string{kindStoreHead, kindStoreGet}},
}

func actionNames() []string {
	return slices.Sorted(maps.Keys(actions))
}

func (a action) fits(kind string) bool {
	return a.kinds == nil || slices.Contains(a.kinds, kind)
}

// orDefault is the value of a field, or what stands for its absence.
func orDefault[T comparable](value, absent T) T {
	var zero T
	if value == zero {
		return absent
	}
	return value
}

// failReasons are the reasons of a job that a fault fails.
func (f *Fault) failReasons(s *Simulator) []Reason {
	if len(f.Reasons) > 0 {
		return slices.Clone(f.Reasons)
	}
	count := orDefault(f.Count, 1)
	reasons := make([]Reason, count)
	for i := range reasons {
		reasons[i] = Reason{
			ResourceType: "application",
			ResourceName: "orders",
			ErrorCode:    s.code(codeInvalid),
			ErrorMsg:     "The API path conflicts with an API of the instance",
		}
		if count > 1 {
			reasons[i].ResourceName += "-" + strconv.Itoa(i+1)
		}
	}
	return reasons
}
