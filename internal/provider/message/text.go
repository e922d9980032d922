// Package message builds what users read: one form for every message, what a server said, and what keeps a
// request from reaching it. It knows no platform and no schema.
package message

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
)

// Text is the detail of a message: what happened, what the server said, facts
// one a line, and the one thing to do next.
type Text struct {
	What   string
	Server []string
	Facts  []Fact
	Next   string
}

func (t Text) String() string {
	parts := []string{t.What}
	if len(t.Server) > 0 {
		parts = append(parts, "The server said:\n  "+strings.Join(quoted(t.Server), "\n  "))
	}
	var lines []string
	for _, f := range t.Facts {
		if f.Value != "" {
			lines = append(lines, f.Name+": "+f.Value)
		}
	}
	if len(lines) > 0 {
		parts = append(parts, strings.Join(lines, "\n"))
	}
	if t.Next != "" {
		parts = append(parts, t.Next)
	}
	return strings.Join(parts, "\n\n")
}

// Fact is a line of a message; one without a value is left out.
type Fact struct{ Name, Value string }

// quoted cuts what a server said to mostQuoted bytes and says what is left out.
func quoted(lines []string) []string {
	room := mostQuoted
	for i, line := range lines {
		if len(line) <= room {
			room -= len(line) + 1
			continue
		}
		kept := append(slices.Clone(lines[:i]), strings.ToValidUTF8(line[:max(room, 0)], "")+"…")
		if left := len(lines) - i - 1; left > 0 {
			kept = append(kept, fmt.Sprintf("(and %d more)", left))
		}
		return kept
	}
	return lines
}

// mostQuoted is how many bytes of a server's answer a message quotes.
const mostQuoted = 2 << 10

func quoteIf(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%q", name)
}

// Seconds is a duration in whole seconds.
func Seconds(d time.Duration) string { return d.Round(time.Second).String() }

// Instant is a time as messages show it.
func Instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Listed is a list in words.
func Listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Dotted is the name of a value below an attribute, or of the attribute itself.
func Dotted(at path.Path, name string) string {
	if at.String() == name {
		return name
	}
	return at.String() + "." + name
}

// FileProblem is what is wrong with a file, without its name, which the
// sentence says already.
func FileProblem(err error) string { return withoutStop(fileProblem(err)) }

// Reason is the text of an error as a part of a sentence.
func Reason(err error) string { return withoutStop(err.Error()) }

// withoutStop leaves the end of a sentence to the sentence: texts of Windows have a full
// stop of their own.
func withoutStop(text string) string { return strings.TrimSuffix(text, ".") }

func fileProblem(err error) string {
	if format, ok := errors.AsType[*zipdir.FormatError](err); ok {
		return format.Error()
	}
	if errors.Is(err, asset.ErrNotRegular) {
		return "it is not a regular file"
	}
	if errors.Is(err, syscall.EISDIR) {
		return "that is the name of a directory"
	}
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		return file.Err.Error()
	}
	return err.Error()
}
