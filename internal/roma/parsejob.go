package roma

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// parseJob reads a job in every spelling of the documents. The 2022 and the
// current API reference, the OpenAPI definition and their own examples differ
// in status words, in "reason" and "reasons", in the type of times, and in the
// place of the archive's id.
func parseJob(data []byte) (asset.Job, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return asset.Job{}, fmt.Errorf("no job: %w", err)
	}
	p := parser{object: object}
	job := asset.Job{Type: p.text("type")}
	if job.ID = p.text("job_id"); job.ID == "" {
		job.ID = p.text("id")
	}
	var taken bool
	job.Status, taken = p.status()
	job.Progress = p.progress()
	job.Begin, job.End = p.time("begin_time"), p.time("end_time")
	job.Reasons = p.reasons("reasons")
	for _, reason := range p.reasons("reason") {
		if !slices.Contains(job.Reasons, reason) {
			job.Reasons = append(job.Reasons, reason)
		}
	}
	job.ArchiveID = p.archiveID()
	if p.err != nil {
		return asset.Job{}, p.err
	}
	if job.Status != asset.Succeeded || taken {
		job.ArchiveID = ""
	}
	return job, nil
}

// parser reads fields of one object and keeps the first error.
type parser struct {
	object map[string]json.RawMessage
	err    error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// field returns the raw value, or nil if it is missing or null.
func (p *parser) field(name string) json.RawMessage {
	if raw := p.object[name]; string(raw) != "null" {
		return raw
	}
	return nil
}

func (p *parser) text(name string) string {
	raw := p.field(name)
	if raw == nil {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		p.fail("%s is not a string", name)
	}
	return text
}

// status maps both vocabularies. taken tells of "Finished": an export whose
// archive was downloaded.
func (p *parser) status() (status asset.Status, taken bool) {
	word := p.text("status")
	switch strings.ToLower(word) {
	case "running":
		return asset.Running, false
	case "success", "succeeded":
		return asset.Succeeded, false
	case "finished":
		return asset.Succeeded, true
	case "failed":
		return asset.Failed, false
	case "":
		p.fail("no status")
	default:
		p.fail("unknown status %.64q", word)
	}
	return "", false
}

// progress returns a fraction. The documents give one (0.35) in spite of the
// name progress_percent; what is above 1 can only be a percentage.
func (p *parser) progress() float64 {
	n, ok := p.number("progress_percent")
	if !ok {
		return 0
	}
	if n > 1 {
		n /= 100
	}
	return min(max(n, 0), 1)
}

// number reads a JSON number, or a string that holds one.
func (p *parser) number(name string) (float64, bool) {
	raw := p.field(name)
	if raw == nil {
		return 0, false
	}
	n, err := numberOf(raw)
	if err != nil {
		p.fail("%s is not a number", name)
		return 0, false
	}
	return n, true
}

func numberOf(raw json.RawMessage) (float64, error) {
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return 0, err
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err == nil && (math.IsNaN(n) || math.IsInf(n, 0)) {
		err = strconv.ErrRange
	}
	return n, err
}

// Since 1970, 1e11 s end in the year 5138 and 1e11 ms in March 1973.
const firstMilliseconds = 1e11

// time reads an RFC 3339 text or a number of seconds or milliseconds. A text
// or number of another form gives no time: an odd clock is no reason to give
// up a job.
func (p *parser) time(name string) time.Time {
	raw := p.field(name)
	if raw == nil {
		return time.Time{}
	}
	if c := raw[0]; c == '{' || c == '[' || c == 't' || c == 'f' {
		p.fail("%s is not a time", name)
		return time.Time{}
	}
	if n, err := numberOf(raw); err == nil {
		return timeOf(n)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(text))
	// In UTC it may be in a year that no text or JSON can have.
	if at = at.UTC(); err != nil || at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}
	}
	return at
}

func timeOf(n float64) time.Time {
	switch {
	case n <= 0 || n >= firstMilliseconds*1000:
		return time.Time{}
	case n >= firstMilliseconds:
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.UnixMilli(int64(math.Round(n * 1000))).UTC()
}

// archiveID looks at the top level (the tables) and under entities (the text
// of DownloadAssetArchive).
func (p *parser) archiveID() string {
	id := p.text("archive_id")
	if id == "" {
		id = p.entitiesArchiveID()
	}
	if id == "" {
		return ""
	}
	if err := checkID("archive id", id); err != nil {
		p.fail("%w", err)
	}
	return id
}

func (p *parser) entitiesArchiveID() string {
	raw := p.field("entities")
	if raw == nil {
		return ""
	}
	entities, err := objects(raw)
	if err != nil {
		p.fail("entities is not an object or array")
		return ""
	}
	for _, entity := range entities {
		inner := parser{object: entity}
		if id := inner.text("archive_id"); id != "" {
			return id
		}
		if inner.err != nil {
			p.fail("%w", inner.err)
		}
	}
	return ""
}

var errNoObjects = errors.New("neither an object nor an array of objects")

// objects reads an object as an array of one.
func objects(raw json.RawMessage) ([]map[string]json.RawMessage, error) {
	var many []map[string]json.RawMessage
	switch raw[0] {
	case '[':
		return many, json.Unmarshal(raw, &many)
	case '{':
		var one map[string]json.RawMessage
		err := json.Unmarshal(raw, &one)
		return append(many, one), err
	}
	return nil, errNoObjects
}

const (
	// An export or import holds at most 100 applications and 100 tasks.
	maxReasons = 200
	// maxReasonText limits each text of a reason, in bytes; the OpenAPI
	// definition says 64 characters.
	maxReasonText = 1 << 10
)

// reasons reads the causes of a failure: an array, of objects by the
// documents, or one object, or a string.
func (p *parser) reasons(name string) []asset.Reason {
	raw := p.field(name)
	if raw == nil {
		return nil
	}
	items := []json.RawMessage{raw}
	switch raw[0] {
	case '[':
		if err := json.Unmarshal(raw, &items); err != nil {
			p.fail("%s: %w", name, err)
			return nil
		}
	case '{', '"':
	default:
		p.fail("%s is not an array, object or string", name)
		return nil
	}
	var reasons []asset.Reason
	for _, item := range items[:min(len(items), maxReasons)] {
		if reason := reasonOf(item); reason != (asset.Reason{}) {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

func reasonOf(raw json.RawMessage) asset.Reason {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return asset.Reason{Message: loose(raw)}
	}
	return asset.Reason{
		ResourceType: loose(object["resource_type"]),
		ResourceName: loose(object["resource_name"]),
		Code:         loose(object["error_code"]),
		Message:      loose(object["error_msg"]),
	}
}

// loose returns a string's text, or any other value as it stands: a reason in
// an odd form is better than none.
func loose(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		var compact bytes.Buffer
		if json.Compact(&compact, raw) != nil {
			return ""
		}
		text = compact.String()
	}
	text = strings.TrimSpace(text)
	return strings.ToValidUTF8(text[:min(len(text), maxReasonText)], "")
}
