package httpapi

import (
	"os"
	"strings"
	"testing"
)

// The table of DESIGN.md says what the table in the code says.
func TestRepetitionsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## What may be repeated\n")
	section, _, _ = strings.Cut(section, "\n## ")
	words := map[verdict]string{never: "never", counted: "up to the limit", untilEnd: "until the timeout"}
	rows := map[string]event{
		"no connection: ":           notConnected,
		"no connection, for good: ": untrusted,
		"connection lost ":          lost,
		"408 ":                      tooSlow,
		"429 ":                      throttled,
		"500, 502, 503, 504 ":       serverTrouble,
		"every other answer: ":      finalAnswer,
	}
	if len(rows) != len(repetitions) {
		t.Fatalf("%d rows, %d events", len(rows), len(repetitions))
	}
	for begin, e := range rows {
		var cells []string
		for line := range strings.Lines(section) {
			if strings.HasPrefix(line, "| "+begin) {
				cells = strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")[1:]
			}
		}
		r := repetitions[e]
		for i, want := range []verdict{r.Lookup, r.Poll, r.Start, r.Download, r.Store} {
			if i >= len(cells) || strings.TrimSpace(cells[i]) != words[want] {
				t.Errorf("row %q, column %d: %q, want %q", begin, i+1, cells, words[want])
			}
		}
	}
}
