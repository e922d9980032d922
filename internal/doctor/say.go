package doctor

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// printer writes for people. What cannot be written there is lost; the report is apart.
type printer struct {
	w io.Writer
}

func (p *printer) line(format string, args ...any) {
	_, _ = fmt.Fprintf(p.w, format+"\n", args...)
}

func (p *printer) prompt(format string, args ...any) { _, _ = fmt.Fprintf(p.w, "\n"+format, args...) }

func (p *printer) section(title string) { p.line("\n%s", title) }

func (p *printer) finding(f *Finding) {
	what := f.Fact.What
	if f.On != "" {
		what += " (" + f.On + ")"
	}
	seen := strings.Join(f.Seen, ", ")
	if len(f.Seen) > 4 {
		seen = fmt.Sprintf("%d kinds", len(f.Seen))
	}
	switch {
	case len(f.Seen) == 0:
		seen = ""
	case f.Verdict == Differs && len(f.odd) == len(f.Seen):
		// The ending tells.
		seen = ""
	default:
		seen += "; "
	}
	if f.Note != "" {
		seen += f.Note + "; "
	}
	p.line("  %s: %s%s", what, seen, f.ending())
}

// table is what differs, and what it means.
func (d *doctor) table(result int) {
	p := d.out
	p.section("What differs, and what it means for the provider")
	rows := 0
	for _, f := range d.findings {
		if !f.tells() {
			continue
		}
		rows++
		name := f.Fact.What
		if f.On != "" {
			name += " (" + f.On + ")"
		}
		p.line("  %s", name)
		p.line("    seen:       %s", strings.Join(f.odds(), ", "))
		p.line("    documented: %s", documentedAs(f.Fact))
		p.line("    means:      %s", f.Means)
	}
	if rows == 0 {
		p.line("  Nothing.")
	}
	for _, left := range d.left {
		p.line("\nLeft behind: %s", left)
	}
	counted := map[Verdict]int{}
	for _, f := range d.findings {
		counted[f.Verdict]++
	}
	p.line("\n%d facts as documented, %d as assumed, %d differ, %d could not be seen.", counted[Documented], counted[Assumed], counted[Differs], counted[Unseen])
	switch result {
	case Fine:
		p.line("The provider works with this server, as far as was looked.")
	case Fails:
		p.line("The provider would fail: see the rows that say so.")
	default:
		p.line("The doctor could not finish: %s.", d.stopped)
	}
}

func documentedAs(f *Fact) string {
	if f.Documented == nil {
		return "nothing; assumed was " + few(f.Simulator)
	}
	return few(f.Documented) + " (" + f.Document + ")"
}

// few shows the first of a long list.
func few(list []string) string {
	const most = 6
	if len(list) > most {
		return strings.Join(list[:most], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}

func trimmed(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

// printable keeps a server from writing control characters to a terminal.
func printable(text string) string {
	const most = 600
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return ' '
		}
		return r
	}, text)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + " …"
	}
	return text
}

// lines reads what is typed, so that an interrupt ends the waiting.
type lines struct {
	source *bufio.Reader
	typed  chan string
}

func newLines(in io.Reader) *lines {
	return &lines{source: bufio.NewReader(in), typed: make(chan string, 1)}
}

func (l *lines) next(ctx context.Context) (string, error) {
	go func() {
		// What was typed before the end counts too.
		text, _ := l.source.ReadString('\n')
		l.typed <- text
	}()
	select {
	case text := <-l.typed:
		return text, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
