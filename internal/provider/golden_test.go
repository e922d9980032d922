package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// longestDetail bounds a message: at most 2 KiB of a server's answer and the
// provider's own words.
const longestDetail = 3 << 10

// messages are the errors and warnings of a command that ran with -json, as
// a person reads them.
func messages(t *testing.T, out string) string {
	t.Helper()
	var all []string
	for line := range strings.Lines(out) {
		var said struct {
			Diagnostic *struct{ Severity, Summary, Detail string }
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			// Something that is no JSON must not get lost: it may be a panic.
			all = append(all, strings.TrimSpace(line))
			continue
		}
		d := said.Diagnostic
		if d == nil || d.Summary == "Provider development overrides are in effect" {
			continue
		}
		if len(d.Detail) > longestDetail {
			t.Errorf("a message of %d bytes: %.200s", len(d.Detail), d.Detail)
		}
		text := strings.ToUpper(d.Severity[:1]) + d.Severity[1:] + ": " + d.Summary + "\n\n" + d.Detail
		if len(all) == 0 || all[len(all)-1] != text {
			all = append(all, text)
		}
	}
	return strings.Join(all, between)
}

// What differs between two runs of one test.
var varying = []struct {
	pattern *regexp.Regexp
	word    string
}{
	// What Windows says instead, where the text is its own.
	{regexp.MustCompile(`wsa(recv|send): An (existing|established) connection was [^.]*\b\.?`), "CONNECTION LOST"},
	{regexp.MustCompile(`(read|write|readfrom) tcp \S+->\S+: `), ""},
	{regexp.MustCompile(`connection reset by peer|unexpected EOF|\bEOF\b|broken pipe|write: (read|write): `), "CONNECTION LOST"},
	{regexp.MustCompile(`(CONNECTION LOST(: )?)+`), "CONNECTION LOST"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "SERVER"},
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "ID"},
	{regexp.MustCompile(`Import result record: [0-9a-f-]{36}`), "Import result record: ID"},
	{regexp.MustCompile(`waited (\d+[hms])+`), "waited TIME"},
	{regexp.MustCompile(`after \d+ bytes`), "after N bytes"},
}

// placedIn writes word in the place of a directory in messages, and slashes below it: they quote
// paths, on Windows with each separator twice. An empty word leaves what is relative to it.
func placedIn(said, dir, word string) string {
	quoted := strings.Trim(strconv.Quote(dir), `"`)
	below := regexp.MustCompile("(" + regexp.QuoteMeta(quoted) + "|" + regexp.QuoteMeta(dir) + `)[\\/]+([^"\s]*)`)
	said = below.ReplaceAllStringFunc(said, func(path string) string {
		rest := below.FindStringSubmatch(path)[2]
		if os.IsPathSeparator('\\') {
			rest = strings.ReplaceAll(strings.ReplaceAll(rest, `\\`, "/"), `\`, "/")
		}
		if word != "" {
			rest = word + "/" + rest
		}
		return rest
	})
	return strings.NewReplacer(quoted, word, dir, word).Replace(said)
}

// golden compares messages with the file that holds them, word for word.
// UPDATE_GOLDEN=1 writes the files anew, to be read before they are kept.
func golden(t *testing.T, name, text string) {
	t.Helper()
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.word)
	}
	text = inWordsOfAll(text)
	clean := regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(name, "_")
	file := filepath.Join("testdata", "messages", clean+".txt")
	if text == "" {
		// Silence is right only where nothing is to be said.
		if _, err := os.Stat(file); err == nil {
			t.Errorf("nothing was said, %s was expected", file)
		}
		return
	}
	text += "\n"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if wanted := inWordsOfAll(string(want)); text != wanted {
		t.Errorf("%s differs. got:\n%s\nwant:\n%s", file, text, wanted)
	}
}
