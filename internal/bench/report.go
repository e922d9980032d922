package main

import (
	"context"
	"fmt"
	"strings"
)

// result is what one row measured.
type result struct {
	name  string
	lines []line
	// notes are paragraphs and tables in Markdown.
	notes []string
}

// line is one line of the table.
type line struct {
	what, aim, measured, spread string
	met                         bool
}

// atMost adds the median of a sample and the most that it should be.
func (r *result) atMost(what string, most float64, unit string, s sample) {
	aim := fmt.Sprintf("≤ %g", most)
	if unit != "" {
		aim += " " + unit
	}
	if unit == "" {
		unit = "×"
	}
	r.lines = append(r.lines, line{what, strings.TrimSpace(aim), number(s.median(), unit), s.spread(unit), s.median() <= most})
}

// is adds something that is counted or told, not timed.
func (r *result) is(what, aim, measured string, met bool) {
	r.lines = append(r.lines, line{what: what, aim: aim, measured: measured, met: met})
}

func (r *result) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// section is what there is to say beyond the table.
func (r *result) section() string {
	return fmt.Sprintf("## %s%s\n\n%s\n", strings.ToUpper(r.name[:1]), r.name[1:], strings.Join(r.notes, "\n\n"))
}

// table is the one table of a run.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("| row | what | aim | measured | from, to | met |\n|---|---|---|---|---|---|\n")
	for _, r := range results {
		for _, l := range r.lines {
			met := "yes"
			if !l.met {
				met = "**no**"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.name, l.what, l.aim, l.measured, l.spread, met)
		}
	}
	return b.String()
}

// markdownTable is a table of details, the first row being its head.
func markdownTable(cells [][]string) string {
	var b strings.Builder
	for i, row := range cells {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const introduction = `# Benchmarks

What the provider adds to what servers and Terraform cost by themselves. Times are told as ratios of two things that ran in turn
on the same machine in the same run; what is measured is the median of the rounds, and beside it the smallest and the largest
round. ` + "`make bench`" + ` wrote this page.

`

const repeat = `## How to repeat

` + "```sh" + `
make bench                                       # everything; writes this page
go run ./internal/bench -only plans,start        # some rows, nothing is written
go run ./internal/bench -quick                   # small sizes, for a first look
go run ./internal/bench -only plans -profiles P  # with CPU profiles of the provider in the directory P
` + "```" + `

It needs Go, terraform and curl, 10 GiB of free space for temporary files, and a machine that does nothing else meanwhile. The
servers are those of ` + "`internal/simulator`" + `, on the same machine, and share its processors with whatever is measured.
`

// page is BENCHMARKS.md.
func page(ctx context.Context, l *lab, results []result) (string, error) {
	machine, err := describeMachine(ctx, l)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(introduction)
	b.WriteString(table(results))
	for _, r := range results {
		b.WriteString("\n" + r.section())
	}
	b.WriteString("\n## Machine\n\n" + machine + "\n\n" + repeat)
	return b.String(), nil
}
