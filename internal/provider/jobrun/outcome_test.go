package jobrun

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// errFailed is a look that finds the job failed.
var errFailed = errors.New("failed")

// scripted is a run whose starts and looks end as written, one after the other. A look that has no
// more lines finds the job as it was.
type scripted struct {
	starts, looks []error
	started       int
}

func (s *scripted) run() *Run {
	return &Run{
		Verb: message.Export, Platform: "roma", Instance: "dev", Timeout: time.Minute, Warn: func(diag.Diagnostic) {},
		Start: func(context.Context) (asset.Job, asset.Stored, error) {
			s.started++
			err := s.starts[s.started-1]
			if err != nil {
				return asset.Job{}, asset.Stored{}, err
			}
			return asset.Job{ID: fmt.Sprint("new-", s.started), Status: asset.Running}, asset.Stored{SHA256: "sum", Size: 1}, nil
		},
		Look: func(_ context.Context, id string) (asset.Job, error) {
			if len(s.looks) == 0 {
				return asset.Job{ID: id, Status: asset.Succeeded}, nil
			}
			err := s.looks[0]
			s.looks = s.looks[1:]
			if errors.Is(err, errFailed) {
				return asset.Job{ID: id, Status: asset.Failed}, nil
			}
			return asset.Job{ID: id, Status: asset.Succeeded}, err
		},
	}
}

// TestOutcomes: what a run leaves behind is told by its value, whatever happened on the way.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		adopts, recorded string
		starts, looks    []error
		left             Left
		phase            Phase
		started          int
		entry            string
	}{
		"all well":                         {starts: []error{nil}, phase: Waiting, started: 1, entry: "none"},
		"refused":                          {starts: []error{refused}, phase: Starting, started: 1, entry: "none"},
		"answer lost":                      {starts: []error{asset.ErrOutcomeUnknown}, left: Maybe, phase: Starting, started: 1, entry: ""},
		"failed":                           {starts: []error{nil}, looks: []error{errFailed}, left: Maybe, phase: Waiting, started: 1, entry: ""},
		"denied while it runs":             {starts: []error{nil}, looks: []error{asset.ErrDenied}, left: AJob, phase: Waiting, started: 1, entry: "new-1"},
		"adopted":                          {adopts: "old", phase: Waiting, entry: "none"},
		"adopted, denied":                  {adopts: "old", looks: []error{asset.ErrDenied}, left: AJob, phase: Waiting, entry: "old"},
		"adopted and gone, starts again":   {adopts: "old", looks: []error{asset.ErrUnknownJob}, starts: []error{nil}, phase: Waiting, started: 1, entry: "none"},
		"adopted and gone, refused":        {adopts: "old", looks: []error{asset.ErrUnknownJob}, starts: []error{refused}, left: Maybe, phase: Starting, started: 1, entry: ""},
		"of the state, denied":             {recorded: "old", looks: []error{asset.ErrDenied}, left: AJob, phase: Waiting, entry: "none"},
		"of the state and gone, refused":   {recorded: "old", looks: []error{asset.ErrUnknownJob}, starts: []error{refused}, phase: Starting, started: 1, entry: "none"},
		"of the state and gone, then lost": {recorded: "old", looks: []error{asset.ErrUnknownJob}, starts: []error{asset.ErrOutcomeUnknown}, left: Maybe, phase: Starting, started: 1, entry: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &scripted{starts: test.starts, looks: test.looks}
				r := s.run()
				if test.adopts != "" {
					r.Adopt(test.adopts, asset.Stored{})
				}
				if test.recorded != "" {
					r.AdoptRecorded(test.recorded)
				}
				out := r.Do(t.Context())
				if out.Left != test.left || out.Phase != test.phase || s.started != test.started {
					t.Errorf("left %d in phase %d after %d starts: %v", out.Left, out.Phase, s.started, out.Err)
				}
				entry := "none"
				if p := out.Entry(Pending{Fingerprint: "f", Job: "another"}); p != nil {
					entry = p.Job
				}
				if entry != test.entry {
					t.Errorf("the next run finds %q, want %q", entry, test.entry)
				}
			})
		})
	}
}

// TestWords: the words of a run need nothing but its outcome.
func TestWords(t *testing.T) {
	t.Parallel()
	run := &Run{Verb: message.Import, Platform: "roma", Instance: "prod"}
	created := &Run{Verb: message.Import, Remember: func(asset.Job, asset.Stored) {}}
	job := asset.Job{ID: "job-1", Status: asset.Running, Progress: 0.5}
	for name, test := range map[string]struct {
		out  Outcome
		want []string
	}{
		"timeout": {
			Outcome{Run: run, Left: AJob, Job: job, Err: &asset.WaitError{Job: job, Cause: &TimeoutError{time.Minute}, Waited: time.Minute}},
			[]string{"Import job is still running", "within the timeout of 1m0s", "Job id: job-1", "Progress: 50 %", "continues this job instead of starting another."},
		},
		"gone": {
			Outcome{Run: run, Left: Maybe, Job: job, Err: &asset.WaitError{Job: job, Cause: asset.ErrUnknownJob}},
			[]string{"Import job not found", "The next apply starts it anew."},
		},
		"of a create": {
			Outcome{Run: created, Left: AJob, Job: job, Err: &asset.WaitError{Job: job, Cause: context.Canceled}},
			[]string{"was interrupted while it waited", UntaintAdvice},
		},
		"lost answer": {Outcome{Run: run, Left: Maybe, Err: asset.ErrOutcomeUnknown}, []string{"Outcome unknown", "There is no job id to keep"}},
		"busy":        {Outcome{Run: run, Err: &asset.BusyError{Waited: time.Second, Cause: context.Canceled}}, []string{"Another asset job is running", "waited 1s", "before the run was interrupted."}},
		"interrupted": {Outcome{Run: run, Err: &InterruptedError{Cause: context.Canceled}}, []string{"Import was not started", "Nothing was started on the server."}},
		"no time":     {Outcome{Run: run, Err: &InterruptedError{Cause: &TimeoutError{time.Hour}}}, []string{"The timeout of 1h0m0s passed before the import job was started."}},
		"fetching":    {Outcome{Run: run, Left: Maybe, Phase: Fetching, Err: &TimeoutError{time.Hour}}, []string{"Download took too long", "The next apply exports again."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := test.out.Explain()
			if said == nil {
				said = test.out.ExplainInterrupted()
			}
			if said == nil {
				said = test.out.ExplainFetching(test.out.Err)
			}
			if said == nil {
				t.Fatal("nothing is said")
			}
			for _, want := range test.want {
				if text := said.Summary() + "\n" + said.Detail(); !strings.Contains(text, want) {
					t.Errorf("%q is not in %s", want, text)
				}
			}
		})
	}
	for name, out := range map[string]Outcome{"what a server said": {Run: run, Err: errors.New("no")}, "all well": {Run: run}} {
		if out.Explain() != nil || out.ExplainInterrupted() != nil || out.ExplainFetching(out.Err) != nil {
			t.Errorf("%s is explained here", name)
		}
	}
}
