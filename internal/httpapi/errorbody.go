package httpapi

import (
	"bytes"
	"encoding/json"
	"html"
	"maps"
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

// Words are what an error body tells, raw. Those that are not there are empty.
type Words struct {
	Code, Message, Details, Suggestion, RequestID string
}

// parseErrorBody finds the error in a JSON body: error_code and error_msg,
// else code and message, else the same in a nested object, as the official
// SDK does (core/sdkerr). Anything else gives empty fields.
func parseErrorBody(data []byte) Words {
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) != nil {
		return Words{}
	}
	s := findError(object, maxDepth)
	if s.RequestID == "" {
		s.RequestID = word(object["request_id"])
	}
	return s
}

func findError(object map[string]json.RawMessage, depth int) Words {
	s := Words{
		Code:       word(object["error_code"]),
		Message:    word(object["error_msg"]),
		Details:    first(object, "error_details", "details"),
		Suggestion: word(object["suggestion"]),
		RequestID:  word(object["request_id"]),
	}
	if s.Code == "" && s.Message == "" {
		s.Code, s.Message = word(object["code"]), word(object["message"])
	}
	if s.Code != "" || s.Message != "" || depth == 0 {
		return s
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var inner map[string]json.RawMessage
		if json.Unmarshal(object[name], &inner) != nil {
			continue
		}
		if found := findError(inner, depth-1); found.Code != "" || found.Message != "" {
			return found
		}
	}
	return s
}

func first(object map[string]json.RawMessage, names ...string) string {
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
