package doctor

import (
	"slices"
	"strings"
)

// Fact is something that documents say of a server, or leave open. The list is facts.
type Fact struct {
	ID string
	// What is a short name for people.
	What string
	// Document says where it stands.
	Document string
	// Documented are the values that documents give; nil where they are silent.
	Documented []string
	// Simulator are the values that the simulator shows.
	Simulator []string
	// Means is what a value means for the provider, also one that is documented: it begins
	// with "works", "works, but" or "would fail:". Without one, what is documented or
	// assumed works.
	Means map[string]string
	// Else is the same for every other value.
	Else string
}

// Verdict is how what was seen compares with a Fact.
type Verdict string

// The verdicts. Assumed is for what no document says and the simulator shows.
const (
	Documented Verdict = "as documented"
	Assumed    Verdict = "as assumed, the documents are silent"
	Differs    Verdict = "differs"
	Unseen     Verdict = "could not be seen"
)

// Finding is what was seen of a Fact.
type Finding struct {
	Fact *Fact
	// On is where, such as "IAM"; empty where there is but one place.
	On   string
	Seen []string
	// Note is a remark without values of the server, for people and reports.
	Note    string
	Verdict Verdict
	// Means is what it means for the provider; the worst, if there are several.
	Means string
	// odd are the values that make the difference.
	odd []string
}

const (
	works     = "works"
	worksBut  = "works, but "
	wouldFail = "would fail: "
)

// judge compares what was seen with a fact. Duplicates are dropped.
func judge(fact *Fact, on string, seen []string, note string) Finding {
	seen = slices.Compact(slices.Sorted(slices.Values(seen)))
	f := Finding{Fact: fact, On: on, Seen: seen, Note: note, Verdict: Unseen, Means: works}
	if len(seen) == 0 {
		return f
	}
	f.Verdict = Documented
	for _, value := range seen {
		documented, assumed := slices.Contains(fact.Documented, value), slices.Contains(fact.Simulator, value)
		switch {
		case documented:
		case assumed:
			if f.Verdict == Documented {
				f.Verdict = Assumed
			}
		default:
			f.odd = append(f.odd, value)
		}
		means, said := fact.Means[value]
		if !said && !documented && !assumed {
			means = fact.Else
		}
		f.worsen(means)
	}
	if len(f.odd) > 0 {
		f.Verdict = Differs
	}
	return f
}

func (f *Finding) worsen(means string) {
	if rank(means) > rank(f.Means) || f.Means == works && means != "" {
		f.Means = means
	}
}

// odds are the values that make the difference, or all.
func (f *Finding) odds() []string {
	if len(f.odd) > 0 {
		return f.odd
	}
	return f.Seen
}

func rank(means string) int {
	switch {
	case strings.HasPrefix(means, wouldFail):
		return 2
	case strings.HasPrefix(means, worksBut):
		return 1
	}
	return 0
}

// fails says whether the provider would.
func (f *Finding) fails() bool { return rank(f.Means) == rank(wouldFail) }

// tells says whether a finding belongs into the table of what differs.
func (f *Finding) tells() bool { return f.Verdict == Differs || rank(f.Means) > 0 }

// ending is how the line of a finding ends.
func (f *Finding) ending() string {
	if f.Verdict != Differs {
		return string(f.Verdict)
	}
	return string(Differs) + ": " + strings.Join(f.odd, ", ")
}

// inFacts are the words of the documents and of the simulator: nobody's secrets.
var inFacts = func() map[string]bool {
	all := map[string]bool{}
	for _, fact := range facts {
		for _, value := range slices.Concat(fact.Documented, fact.Simulator) {
			all[value] = true
		}
	}
	return all
}()

func factOf(id string) *Fact {
	for i := range facts {
		if facts[i].ID == id {
			return &facts[i]
		}
	}
	panic("asset-doctor has no fact " + id)
}
