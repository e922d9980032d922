// Package doctor finds out whether a real server does what its documents say, and what a
// difference means for the provider. It asks as the provider would, through the same
// clients, and keeps shapes and never values, so that its report can be sent to anybody.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// The results of Run, which are exit statuses.
const (
	// Fine: the provider works with the server, as far as was looked.
	Fine = 0
	// Fails: the provider would fail.
	Fails = 1
	// NotRun: the command line or the settings are wrong, the server was not reached, the
	// run was interrupted or not confirmed, or the report could not be written.
	NotRun = 2
)

// Options say what to look at.
type Options struct {
	// Roma and CSA are the values of the command line by the names of Attributes.
	Roma, CSA map[string]string
	Getenv    func(string) string
	// UseCSA looks at CSA in place of ROMA Connect.
	UseCSA bool
	// Export are ids of applications; for CSA the id of one artifact. Nothing is exported
	// without one.
	Export []string
	// Import sends what was exported to the instance To; for CSA To is the address of the
	// other server, which without Import is asked for a preview only.
	Import bool
	To     string
	// Report is the file that all facts are written to, or empty.
	Report string
	// Names shows the names of entries, and of nothing else; never in the report.
	Names bool

	// StepTime limits each request that is not a job; JobTime each job. Zero means 2
	// minutes, and 30.
	StepTime, JobTime time.Duration
	// Gap is the time between two looks at a job; zero means a second.
	Gap time.Duration

	In  io.Reader
	Out io.Writer
}

const (
	defaultStep = 2 * time.Minute
	defaultJob  = 30 * time.Minute
	defaultGap  = time.Second
	// mostBad is how many answers in a row may be unusable before a job is given up.
	mostBad = 3
	// mostArchive is the longest archive that is looked at, in bytes.
	mostArchive = 1 << 30
)

// doctor is one run.
type doctor struct {
	o     Options
	guard *guard
	wire  *wire
	out   *printer
	input *lines
	// temp is where archives are kept while the run lasts.
	temp string

	findings []Finding
	measures []measure
	archives []archiveFacts
	// left is what the run leaves on the servers.
	left []string
	// stopped is why the run could not go on, for people; empty if it did.
	stopped string
	// stoppedBy is the same as a kind, for the report.
	stoppedBy string
}

// measure is a number without a right or wrong.
type measure struct {
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Check says what is wrong with the options, or nil.
func (o *Options) Check() error {
	switch {
	case o.Import && o.To == "":
		return errors.New("-import needs -to: there is no default target")
	case o.Import && len(o.Export) == 0:
		return errors.New("-import needs -export: what is imported is what was exported in the same run")
	case o.To != "" && !o.Import && !o.UseCSA:
		return errors.New("-to needs -import")
	case o.To != "" && len(o.Export) == 0:
		return errors.New("-to needs -export")
	case o.UseCSA && len(o.Export) > 1:
		return errors.New("-csa exports one artifact: give one id")
	case len(o.Export) > 100:
		return errors.New("-export takes at most 100 ids (ExportAsset)")
	}
	return nil
}

// Run looks at a server, prints as it goes, and returns Fine, Fails or NotRun.
func Run(ctx context.Context, o Options) int {
	d := &doctor{o: o, guard: new(guard), wire: new(wire), out: &printer{w: o.Out}, input: newLines(o.In)}
	if d.o.StepTime == 0 {
		d.o.StepTime = defaultStep
	}
	if d.o.JobTime == 0 {
		d.o.JobTime = defaultJob
	}
	if d.o.Gap == 0 {
		d.o.Gap = defaultGap
	}
	if err := o.Check(); err != nil {
		d.out.line("asset-doctor: %v", err)
		return NotRun
	}
	d.guard.add(o.Export...)
	d.guard.add(o.To)
	temp, err := os.MkdirTemp("", "asset-doctor-")
	if err != nil {
		d.out.line("asset-doctor: %v", err)
		return NotRun
	}
	// Archives may hold anything, so none is left; what cannot be removed is in the system's own place for such files.
	defer func() { _ = os.RemoveAll(temp) }()
	d.temp = temp
	if o.UseCSA {
		d.csa(ctx)
	} else {
		d.roma(ctx)
	}
	if ctx.Err() != nil {
		d.stop("interrupted", "the run was interrupted")
	}
	return d.end()
}

// stop notes why the run cannot go on; the first reason counts.
func (d *doctor) stop(kind, format string, args ...any) {
	if d.stopped == "" {
		d.stoppedBy, d.stopped = kind, fmt.Sprintf(format, args...)
	}
}

// end prints the table, writes the report and decides.
func (d *doctor) end() int {
	result := Fine
	for _, f := range d.findings {
		if f.fails() {
			result = Fails
		}
	}
	if d.stopped != "" {
		result = NotRun
	}
	d.table(result)
	if d.o.Report != "" {
		if err := d.write(d.o.Report, result); err != nil {
			d.out.line("\nThe report could not be written: %v", err)
			return NotRun
		}
		d.out.line("\nThe report is in %s. It holds no names, ids, addresses or credentials; read it before you send it all the same.", d.o.Report)
	}
	return result
}

// found judges what was seen, prints it and keeps it.
func (d *doctor) found(id, on, note string, seen ...string) {
	f := judge(factOf(id), on, seen, note)
	d.findings = append(d.findings, f)
	d.out.finding(&f)
}

// measured keeps and prints a number.
func (d *doctor) measured(what string, value float64, unit string) {
	d.measures = append(d.measures, measure{what, value, unit})
	d.out.line("  %s: %s %s", what, trimmed(value), unit)
}

// said prints what an error says, on this machine only.
func (d *doctor) said(err error) {
	answer, ok := errors.AsType[*httpapi.Error](err)
	switch {
	case err == nil:
	case ok:
		words := []string{answer.Code, answer.Message, answer.Text}
		words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
		d.out.line("    (HTTP %d: %s)", answer.Status, printable(strings.Join(words, ": ")))
	default:
		d.out.line("    (%s)", printable(err.Error()))
	}
}

// step is a context for one request.
func (d *doctor) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d.o.StepTime)
}

// confirm asks for a word that has to be typed.
func (d *doctor) confirm(ctx context.Context, question, wanted string) bool {
	d.out.prompt("%s: ", question)
	answer, err := d.input.next(ctx)
	if err == nil && strings.TrimSpace(answer) == wanted {
		return true
	}
	d.out.line("")
	d.stop("not confirmed", "nothing was sent to %s: what was typed is something else", wanted)
	return false
}

// pause waits for the next look at a job.
func (d *doctor) pause(ctx context.Context, job asset.Job) error {
	timer := time.NewTimer(max(d.o.Gap, min(job.RetryAfter, time.Minute)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
