package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxText limits what is quoted of a server's answer, in bytes.
	maxText = 2 << 10
	// maxWord limits codes and ids; the longest documented one has 128
	// characters (error_code and request_id, ROMA Connect API reference).
	maxWord = 256
	// maxDepth limits how deep an error is looked for in an answer.
	maxDepth = 8
)

// Words are what the body of a refusal tells, raw. Those that are not there are empty.
type Words struct {
	Code, Message, Details, Suggestion, RequestID string
}

// Members names the members of a JSON object in which a service tells of an error. The first ones that an
// object has count; a Code and the Message at the same place of their lists belong together.
type Members struct {
	Code, Message, Details, Suggestion, RequestID []string
}

// Words finds the error in a JSON body: in its object, or in the first nested one that has a code or a
// message. Anything else gives empty words.
func (m Members) Words(_ int, _ http.Header, body []byte) Words {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return Words{}
	}
	said := m.find(object, maxDepth)
	said.RequestID = cmp.Or(said.RequestID, first(object, m.RequestID))
	return said
}

func (m Members) find(object map[string]json.RawMessage, depth int) Words {
	said := Words{Details: first(object, m.Details), Suggestion: first(object, m.Suggestion), RequestID: first(object, m.RequestID)}
	for i := range m.Code {
		said.Code, said.Message = word(object[m.Code[i]]), word(object[m.Message[i]])
		if said.Code != "" || said.Message != "" {
			return said
		}
	}
	if depth == 0 {
		return said
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var inner map[string]json.RawMessage
		if json.Unmarshal(object[name], &inner) != nil {
			continue
		}
		if found := m.find(inner, depth-1); found.Code != "" || found.Message != "" {
			return found
		}
	}
	return said
}

func first(object map[string]json.RawMessage, names []string) string {
	for _, name := range names {
		if text := word(object[name]); text != "" {
			return text
		}
	}
	return ""
}

// word returns a JSON string or number as text, and "" for anything else.
func word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

var (
	htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	htmlHead  = regexp.MustCompile(`(?is)<h1\b[^>]*>(.*?)</h1>`)
	htmlTag   = regexp.MustCompile(`(?s)<[^>]*>`)
	htmlStart = regexp.MustCompile(`(?i)^\s*(<!doctype html|<html|<head|<body|<title)`)
)

// excerpt returns the beginning of a body as text that may be shown. Of a page
// that is the title and the first heading: servlet containers name themselves
// in the one, and what went wrong in the other.
func excerpt(r *Redactor, data []byte) string {
	data = data[:min(len(data), maxErrorBody)]
	text := string(bytes.TrimPrefix(data, []byte("\uFEFF")))
	if htmlStart.MatchString(text) {
		if title := htmlTitle.FindStringSubmatch(text); title != nil {
			if head := htmlHead.FindStringSubmatch(text); head != nil && head[1] != title[1] {
				title[1] += ": " + head[1]
			}
			text = title[1]
		}
		text = html.UnescapeString(htmlTag.ReplaceAllString(text, " "))
	}
	return truncate(r.Clean(text), maxText)
}

// printable makes text valid UTF-8 on one line: white space becomes single
// spaces, other control and format characters go.
func printable(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c):
			return -1
		}
		return c
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// truncate shortens text to at most limit bytes, with "…" in place of the
// rest, and leaves no broken character.
func truncate(text string, limit int) string {
	const mark = "…"
	if len(text) <= limit {
		return text
	}
	cut := limit - len(mark)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + mark
}
