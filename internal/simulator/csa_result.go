package simulator

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"time"
)

const (
	// statusSuccess is the only documented importStatus; statusFailure is the
	// word for its opposite elsewhere in the API (Retrieve artifact state and
	// status).
	statusSuccess = "SUCCESS"
	statusFailure = "FAILURE"
	// operationWord stands in every entry of the documented sample of an
	// import result, although that import succeeded.
	operationWord = "Error"
	// idBreak is where the documented sample breaks the line inside an id.
	idBreak = 25
)

// importResult is the outcome of an import.
type importResult struct {
	id       string
	status   string
	kind     *artifactKind
	preview  bool
	time     time.Time
	user     string
	entries  []Artifact
	imported []Artifact
	notes    []string
	// messages and summary are set when they are not the usual ones.
	messages   []string
	summary    string
	withoutIDs bool
	httpStatus int
}

// order makes the result what a fault says.
func (r *importResult) order(f *Fault) {
	r.status, r.summary, r.httpStatus = orDefault(f.Word, statusFailure), f.Summary, f.Status
	r.messages = f.Messages
	if r.messages == nil {
		r.messages = []string{describe(&r.entries[0]) + " could not be imported."}
	}
}

// texts are the messages, one for each artifact that was imported, then those
// about what was not.
func (r *importResult) texts() []string {
	if r.messages != nil {
		return r.messages
	}
	var all []string
	for i := range r.imported {
		a := &r.imported[i]
		switch {
		case r.preview:
			all = append(all, describe(a)+" can be imported.")
		case r.withoutIDs:
			all = append(all, describe(a)+" imported successfully.")
		default:
			all = append(all, fmt.Sprintf("%s imported successfully. (Id=%s\n%s)", describe(a), a.ID[:idBreak], a.ID[idBreak:]))
		}
	}
	return append(all, r.notes...)
}

func (r *importResult) sentence() string {
	switch {
	case r.summary != "":
		return r.summary
	case r.status != statusSuccess:
		return "Import of " + r.kind.words + " archive failed."
	case r.preview:
		return "Import of " + r.kind.words + " archive can succeed."
	default:
		return "Import of " + r.kind.words + " archive successful."
	}
}

// operation is the answer to the import, with the white space of the
// documented sample.
func (r *importResult) operation() element {
	e := tree("ImportOperationResult")
	for _, text := range r.texts() {
		e.inside = append(e.inside, leaf("additionalSummaryMessages", spaced(text)))
	}
	if r.id != "" {
		e.inside = append(e.inside, leaf("importResultRecord", spaced(r.id)))
	}
	e.inside = append(e.inside, leaf("importStatus", r.status), leaf("importSummary", spaced(r.sentence())))
	return e
}

// spaced puts a text on lines of its own.
func spaced(text string) string {
	return "\n    " + text + "\n  "
}

// document is the detailed result. It has no ids of artifacts.
func (r *importResult) document() element {
	e := tree("ImportResult")
	for i := range r.entries {
		a := &r.entries[i]
		e.inside = append(e.inside, tree("importResultLogEntry", leaf("limit", 0),
			leaf("artifactDescription", a.Description), leaf("artifactDisplayName", a.DisplayName),
			leaf("artifactName", spaced(a.Name)), leaf("artifactType", a.Type), leaf("importOperation", operationWord)))
	}
	e.inside = append(e.inside, leaf("importSummary", spaced(r.sentence())), leaf("status", r.status),
		leaf("timeOfImport", r.time.UTC().Format(supersededTime)), leaf("userInformation", r.user))
	return e
}

var recordID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// csaImportResult is the Import_result API (CSA 4.80 API reference).
func (s *Simulator) csaImportResult(c *call) {
	id := c.params["id"]
	var r *importResult
	s.locked(func() {
		c.entry.JobID = id
		r = c.server.results[id]
	})
	switch {
	case !recordID.MatchString(id):
		c.failCSA(http.StatusBadRequest, "Bad request: "+id+" is no import result record")
	case r == nil:
		c.failCSA(http.StatusNotFound, "Import result record "+id+" does not exist")
	case c.r.URL.Query().Get("format") == "HTML":
		text := html.EscapeString(strings.Join(append([]string{r.sentence(), r.status}, r.texts()...), "\n"))
		c.raw(http.StatusOK, htmlType, []byte("<html><head><title>Import result</title></head><body><pre>"+text+"</pre></body></html>"))
	default:
		c.raw(http.StatusOK, xmlType, r.document().xml())
	}
}
