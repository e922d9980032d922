package doctor

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

const (
	// mostFields is how many different fields of one answer are told.
	mostFields = 80
	// mostItems is how many items of a list are looked at for their fields.
	mostItems = 1000
)

// shape is what is kept of a body: which fields it has, of which types, and the words of
// the few fields whose values are enumerations.
type shape struct {
	// Form is json, xml, html, zip, text or empty.
	Form string
	// Fields are like "apps[].id: string".
	Fields []string
	// Words are the values of enumerations, and what kind of number or time a field holds.
	Words map[string]string
	// Items are how many a page of a list has, Total is what it says of the whole list.
	Items int
	Total *int
}

// listFields hold objects whose fields are looked at too, one level deep.
var listFields = []string{"apps", "tasks", "entities", "instances", "projects", "reason", "reasons", "token"}

// enumFields hold words of an enumeration.
var enumFields = []string{"status", "type", "importStatus", "importOperation"}

func shapeOf(data []byte) shape {
	begin := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(data), []byte("\xef\xbb\xbf")))
	lower := bytes.ToLower(begin[:min(len(begin), 64)])
	switch {
	case len(begin) == 0:
		return shape{Form: "empty"}
	case bytes.HasPrefix(data, []byte("PK")):
		return shape{Form: "zip"}
	case begin[0] == '{' || begin[0] == '[':
		return jsonShape(begin)
	case bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html")):
		return shape{Form: "html"}
	case begin[0] == '<':
		return xmlShape(begin)
	}
	return shape{Form: "text"}
}

func jsonShape(data []byte) shape {
	s := shape{Form: "json", Words: map[string]string{}}
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		if !json.Valid(data) {
			s.Form = "text"
		}
		return s
	}
	fields := map[string]bool{}
	for name, raw := range object {
		fields[name+": "+typeOf(raw)] = true
		if slices.Contains(listFields, name) {
			for _, item := range itemsOf(raw) {
				for inner, raw := range item {
					fields[name+"[]."+inner+": "+typeOf(raw)] = true
				}
			}
		}
		if slices.Contains(enumFields, name) {
			s.Words[name] = textOf(raw)
		}
	}
	for _, name := range []string{"error_code", "errorCode", "code"} {
		if code := textOf(object[name]); code != "" {
			s.Words["code"] = code
			break
		}
	}
	s.jobWords(object)
	s.counts(object)
	s.setFields(fields)
	return s
}

// jobWords tells numbers and times of a job from each other.
func (s *shape) jobWords(object map[string]json.RawMessage) {
	if raw, there := object["progress_percent"]; there {
		s.Words["progress"] = progressOf(raw)
	}
	for _, name := range []string{"begin_time", "end_time"} {
		if raw, there := object[name]; there {
			s.Words[name] = timeOf(raw)
		}
	}
	for _, item := range itemsOf(object["entities"]) {
		if textOf(item["archive_id"]) != "" {
			s.Words["archive_id"] = "under entities"
		}
	}
	if textOf(object["archive_id"]) != "" {
		s.Words["archive_id"] = "at the top"
	}
}

// counts keeps how many items a list has, and how many it says that there are.
func (s *shape) counts(object map[string]json.RawMessage) {
	var items []json.RawMessage
	for _, name := range []string{"apps", "entities"} {
		if json.Unmarshal(object[name], &items) == nil {
			s.Items = len(items)
		}
	}
	if n, err := strconv.Atoi(string(object["total"])); err == nil {
		s.Total = &n
	}
}

func progressOf(raw json.RawMessage) string {
	text := textOf(raw)
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return "no number"
	case n < 0 || n > 100:
		return "out of range"
	case n > 1:
		return "percent"
	}
	return "fraction"
}

// firstMilliseconds: a number of seconds above it would lie in the year 5138.
const firstMilliseconds = 1e11

func timeOf(raw json.RawMessage) string {
	text := textOf(raw)
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case typeOf(raw) == "null":
		return "null"
	case err == nil && n >= firstMilliseconds:
		return "milliseconds"
	case err == nil:
		return "seconds"
	case len(text) > 10 && text[4] == '-' && strings.HasSuffix(text, "Z"):
		return "text in UTC"
	}
	return "another text"
}

// itemsOf reads an array of objects, or one object.
func itemsOf(raw json.RawMessage) []map[string]json.RawMessage {
	var many []map[string]json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		var one map[string]json.RawMessage
		if json.Unmarshal(raw, &one) != nil {
			return nil
		}
		many = append(many, one)
	}
	return many[:min(len(many), mostItems)]
}

func typeOf(raw json.RawMessage) string {
	switch c := bytes.TrimSpace(raw); {
	case len(c) == 0 || c[0] == 'n':
		return "null"
	case c[0] == '"':
		return "string"
	case c[0] == '{':
		return "object"
	case c[0] == '[':
		return "array"
	case c[0] == 't' || c[0] == 'f':
		return "bool"
	}
	return "number"
}

// textOf is a string's text, or a number as it stands.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if typeOf(raw) == "number" {
		return string(raw)
	}
	return ""
}

func xmlShape(data []byte) shape {
	s := shape{Form: "xml", Words: map[string]string{}}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	fields := map[string]bool{}
	depth, element := 0, ""
	for {
		token, err := decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.Words["end"] = "broken"
			}
			break
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth == 1 && strings.EqualFold(token.Name.Local, "html") {
				return shape{Form: "html"}
			}
			if element = token.Name.Local; depth <= 2 && len(fields) < mostFields {
				fields[strings.Repeat("/", depth-1)+element] = true
			}
		case xml.EndElement:
			depth--
			element = ""
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && depth == 2 && slices.Contains(enumFields, element) {
				s.Words[element] = text
			}
		}
	}
	s.setFields(fields)
	return s
}

func (s *shape) setFields(fields map[string]bool) {
	for field := range fields {
		s.Fields = append(s.Fields, field)
	}
	slices.Sort(s.Fields)
	s.Fields = s.Fields[:min(len(s.Fields), mostFields)]
}
