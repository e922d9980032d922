package csa

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// statusSuccess is the only importStatus that is documented.
const statusSuccess = "SUCCESS"

// imported is the answer to an import.
type imported struct {
	job asset.Job
	// sources are the messages that name the job's artifacts, one for each.
	sources []string
	// seen are the ids of the job's artifacts: an answer may name very many.
	seen map[string]bool
	// cut: the answer broke off before its status.
	cut bool
}

// importDocument is the body of the answer (Import API, CSA 4.80 API
// reference).
type importDocument struct {
	Messages []string `xml:"additionalSummaryMessages"`
	Record   string   `xml:"importResultRecord"`
	Status   string   `xml:"importStatus"`
	Summary  string   `xml:"importSummary"`
}

const importRoot = "ImportOperationResult"

// parseImport reads an answer with a good HTTP status.
func parseImport(data []byte) (imported, error) {
	var document importDocument
	if err := decodeXML(data, &document, importRoot); err != nil {
		return imported{}, err
	}
	return document.imported(), nil
}

// parseRefusal reads an answer with a bad HTTP status, which may end anywhere.
// It is false if that is no import result, or one that contradicts its HTTP
// status.
func parseRefusal(text string) (imported, bool) {
	d := newDecoder(strings.NewReader(text))
	root, err := rootOf(d)
	if err != nil || root.Name.Local != importRoot {
		return imported{}, false
	}
	var document importDocument
	var element string
	// A text may come in very many pieces.
	var content strings.Builder
	for err == nil {
		var token xml.Token
		switch token, err = d.Token(); token := token.(type) {
		case xml.StartElement:
			element = token.Name.Local
			content.Reset()
		case xml.CharData:
			content.Write(token)
		default:
			// Also the end of the text: an element that was cut off still has
			// its beginning.
			document.set(element, content.String())
			element = ""
		}
	}
	done := document.imported()
	done.cut = !errors.Is(err, io.EOF) && document.Status == ""
	return done, done.job.Status == asset.Failed
}

func (d *importDocument) set(name, text string) {
	switch name {
	case "additionalSummaryMessages":
		d.Messages = append(d.Messages, text)
	case "importResultRecord":
		d.Record = text
	case "importStatus":
		d.Status = text
	case "importSummary":
		d.Summary = text
	}
}

func (d *importDocument) imported() imported {
	done := imported{job: asset.Job{Type: "import", Status: asset.Failed}}
	job := &done.job
	status := single(d.Status)
	if strings.EqualFold(status, statusSuccess) {
		job.Status = asset.Succeeded
	}
	// The id is a convenience: one that cannot be used must not make a good
	// import a bad one.
	if record := solid(d.Record); idForm.MatchString(record) {
		job.ID = record
	}
	for _, text := range append([]string{d.Summary}, d.Messages...) {
		if text = single(text); text != "" {
			job.Messages = append(job.Messages, text)
		}
	}
	for _, text := range d.Messages {
		done.add(single(text))
	}
	if job.Status == asset.Failed {
		job.Reasons = []asset.Reason{{Code: status, Message: single(d.Summary)}}
		for _, text := range d.Messages {
			if text = single(text); text != "" {
				job.Reasons = append(job.Reasons, asset.Reason{Message: text})
			}
		}
	}
	return done
}

// word is the status of a failed import, as far as it was read.
func (i *imported) word() string {
	if len(i.job.Reasons) == 0 {
		return ""
	}
	return i.job.Reasons[0].Code
}

// add takes the artifact from a message, if it names one that is new.
func (i *imported) add(message string) {
	a, ok := artifactIn(message)
	if !ok || i.seen[a.ID] {
		return
	}
	if i.seen == nil {
		i.seen = make(map[string]bool)
	}
	i.seen[a.ID] = true
	i.job.Artifacts = append(i.job.Artifacts, a)
	i.sources = append(i.sources, message)
}

var (
	// The id may have line breaks inside, which are single spaces by now. Letters of
	// other alphabets that fold to these are none of an id.
	messageID = regexp.MustCompile(`\(\s*(?i:id)\s*[=:]\s*([0-9A-Za-z][0-9A-Za-z -]{0,127})\)`)
	// messageEnd is what stands between name and id; "imported" is the only
	// word that the documents show.
	messageEnd = regexp.MustCompile(`(?i)^(.*?)(?: (?:was|has been))? \w+ successfully ?\.?$`)
	// messageKinds begin a message, the longer ones first.
	messageKinds = regexp.MustCompile(`(?i)^(service offering|service design|service blueprint|resource offering|` +
		`resource environment|component palette|catalog) `)
)

// artifactIn reads a message such as "Service offering Mail imported
// successfully. (Id=90cec2ff3dc1d73b013dc1df0b750028)". Wording and language
// are not documented: without an id it is no artifact, and what cannot be
// told of the rest is empty.
func artifactIn(message string) (asset.Artifact, bool) {
	found := messageID.FindAllStringSubmatchIndex(message, -1)
	if found == nil {
		return asset.Artifact{}, false
	}
	last := found[len(found)-1]
	a := asset.Artifact{ID: solid(message[last[2]:last[3]])}
	text := strings.TrimSpace(message[:last[0]])
	words := messageKinds.FindString(text)
	a.Type = kindOf(strings.TrimSpace(words))
	if end := messageEnd.FindStringSubmatch(text); end != nil && words != "" {
		a.Name = strings.TrimPrefix(end[1]+" ", words)
		a.Name = strings.TrimSpace(a.Name)
	}
	return a, true
}

// clean passes every text of the server through redact.
func (i *imported) clean(redact func(string) string) {
	job := &i.job
	if redact(job.ID) != job.ID {
		// An id that holds a secret is none.
		job.ID = ""
	}
	for k := range job.Messages {
		job.Messages[k] = redact(job.Messages[k])
	}
	for k := range i.sources {
		i.sources[k] = redact(i.sources[k])
	}
	for k, r := range job.Reasons {
		job.Reasons[k].Code, job.Reasons[k].Message = short(redact(r.Code)), redact(r.Message)
	}
	for k, a := range job.Artifacts {
		job.Artifacts[k].ID, job.Artifacts[k].Name = redact(a.ID), redact(a.Name)
	}
}
