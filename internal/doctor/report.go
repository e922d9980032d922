package doctor

import (
	"encoding/json"
	"os"
	"runtime"
	"slices"
)

// report is what a run writes for others. None of its fields holds a value of the server
// that is not a shape, a number or a word of a known form.
type report struct {
	Doctor    int             `json:"doctor"`
	Platform  string          `json:"platform"`
	System    string          `json:"system"`
	Result    string          `json:"result"`
	StoppedBy string          `json:"stopped_by,omitempty"`
	Facts     []reportedFact  `json:"facts"`
	Measures  []measure       `json:"measures"`
	Archives  []archiveFacts  `json:"archives"`
	Requests  []reportedShape `json:"requests"`
}

type reportedFact struct {
	ID         string   `json:"id"`
	What       string   `json:"what"`
	On         string   `json:"on,omitempty"`
	Seen       []string `json:"seen"`
	Note       string   `json:"note,omitempty"`
	Verdict    Verdict  `json:"verdict"`
	Means      string   `json:"means"`
	Document   string   `json:"document"`
	Documented []string `json:"documented,omitempty"`
	Simulator  []string `json:"simulator"`
}

type reportedShape struct {
	What         string   `json:"what"`
	Status       int      `json:"status"`
	Milliseconds int64    `json:"ms"`
	Form         string   `json:"form,omitempty"`
	MediaType    string   `json:"media_type,omitempty"`
	Length       string   `json:"length,omitempty"`
	Headers      []string `json:"headers,omitempty"`
	Fields       []string `json:"fields,omitempty"`
}

const (
	// reportVersion counts changes of its form.
	reportVersion = 1
	// mostReported is how many requests are told, the first ones.
	mostReported = 200
)

func (d *doctor) report(result int) report {
	r := report{
		Doctor: reportVersion, Platform: map[bool]string{true: "csa", false: "roma"}[d.o.UseCSA], System: runtime.GOOS + "/" + runtime.GOARCH,
		Result:    map[int]string{Fine: "works", Fails: "would fail", NotRun: "could not run"}[result],
		StoppedBy: d.stoppedBy, Measures: d.measures, Archives: d.archives, Facts: []reportedFact{}, Requests: []reportedShape{},
	}
	for _, f := range d.findings {
		r.Facts = append(r.Facts, reportedFact{
			f.Fact.ID, f.Fact.What, f.On, d.told(f.Seen), f.Note, f.Verdict, f.Means, f.Fact.Document, f.Fact.Documented, f.Fact.Simulator,
		})
	}
	for _, e := range d.wire.since(0, "") {
		if len(r.Requests) == mostReported {
			break
		}
		r.Requests = append(r.Requests, reportedShape{
			e.What, e.Status, e.Took.Milliseconds(), e.Form, e.MediaType, e.Length, e.Headers, slices.Compact(slices.Sorted(slices.Values(d.fields(e)))),
		})
	}
	return r
}

// told drops what turned out to be a name after it was noted, unless documents have the
// same words.
func (d *doctor) told(seen []string) []string {
	told := []string{}
	for _, value := range seen {
		if !inFacts[value] && !d.guard.safe(value) {
			value = "(withheld)"
		}
		told = append(told, value)
	}
	return told
}

func (d *doctor) write(file string, result int) error {
	data, err := json.MarshalIndent(d.report(result), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o600)
}
