package provider_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// ledger holds what servers know that happened against what a user was told and can find. It never
// asks the provider.
type ledger struct {
	// taken are the archives that a server gave away, imports those that a server imported.
	taken, imports []deed
	// said is all that runs printed.
	said []saying
	// states, files and objects have the SHA-256 of each archive that a state named at the end of
	// a run, that a file has, and that a store has.
	states, files, objects map[string]bool
	// temporary are the paths of files that are nobody's archive or source.
	temporary []string
}

// deed is something that a server did for one subject, such as an application, in one release of it.
type deed struct {
	at      time.Time
	subject string
	release int
	job     string
	// sha256 is empty where not all of an archive was sent.
	sha256 string
}

// saying is one message of a run that lasted from began to ended.
type saying struct {
	began, ended time.Time
	// subject is whose resource it is about; empty where it is about none.
	subject, kind string
	isError       bool
	text          string
}

// accusations are the sentences of the promises that were broken; none where all is well.
func (l *ledger) accusations() []string {
	return slices.Concat(l.lost(), l.twice(), l.unnamed())
}

// lost are the archives that were taken, and of which no state, no file, no store and no message tells.
func (l *ledger) lost() (out []string) {
	for _, d := range l.taken {
		if d.sha256 != "" && (l.states[d.sha256] || l.files[d.sha256] || l.objects[d.sha256]) {
			continue
		}
		if !l.names(d) {
			out = append(out, fmt.Sprintf("lost: the archive of job %s (%s, release %d, SHA-256 %q) was taken at %s: no state, file or message has it",
				d.job, d.subject, d.release, d.sha256, d.at.Format(clock)))
		}
	}
	return out
}

// twice are the imports of what had been imported before, without a word about the one before.
func (l *ledger) twice() (out []string) {
	before := map[string]deed{}
	for _, d := range l.imports {
		key := fmt.Sprint(d.subject, " ", d.release)
		first, again := before[key]
		before[key] = d
		if again && !l.names(first) && !l.unsure(first) {
			out = append(out, fmt.Sprintf("twice: %s, release %d, was imported at %s (job %s) and at %s (job %s): nobody was told",
				d.subject, d.release, first.at.Format(clock), first.job, d.at.Format(clock), d.job))
		}
	}
	return out
}

// unnamed are the temporary files that no message names.
func (l *ledger) unnamed() (out []string) {
	for _, file := range l.temporary {
		if !slices.ContainsFunc(l.said, func(s saying) bool { return strings.Contains(s.text, filepath.Base(file)) }) {
			out = append(out, fmt.Sprintf("unnamed: %s is there, and no message names it", file))
		}
	}
	return out
}

const clock = "15:04:05.000"

// names says whether a message since a deed names its job.
func (l *ledger) names(d deed) bool {
	return l.says(d.at, func(s saying) bool { return strings.Contains(s.text, d.job) })
}

// unsure says whether a message since an import leaves open what became of it.
func (l *ledger) unsure(d deed) bool {
	return l.says(d.at, func(s saying) bool {
		return s.subject == d.subject && s.kind == "import" &&
			slices.ContainsFunc(openWords, func(words string) bool { return strings.Contains(s.text, words) })
	})
}

// openWords are those of the provider for an import that may have been done. What Terraform says of a provider that
// was killed does not count: it says nothing of an import, and half of all runs are killed.
var openWords = []string{"Outcome unknown", "may have been imported"}

// says looks for a message of a run that had not ended at a time. A run that is killed says nothing more, so what
// counts is that something was said when all was done.
func (l *ledger) says(from time.Time, is func(saying) bool) bool {
	return slices.ContainsFunc(l.said, func(s saying) bool { return !s.ended.Before(from) && is(s) })
}

// read takes from a simulator's books what it gave away and imported; release tells which one an
// application was at that time.
func (l *ledger) read(sim *simulator.Simulator, release func(time.Time) int) {
	served, apps, owner := map[string]string{}, map[string]string{}, map[string]string{}
	for _, s := range sim.ServedArchives() {
		served[s.ArchiveID] = s.SHA256
	}
	l.taken, l.imports = nil, nil
	for _, r := range sim.Requests() {
		switch {
		case r.JobID == "":
		case r.Kind == "export" && len(r.Apps) == 1:
			apps[r.JobID] = r.Apps[0]
		case r.Kind == "download":
			d := deed{at: r.Time, subject: apps[r.JobID], release: release(r.Time), job: r.JobID, sha256: served[r.ArchiveID]}
			owner[d.sha256] = d.subject
			l.taken = append(l.taken, d)
		case r.Kind == "import" && !strings.Contains(r.Fault, "fail_job") && !strings.Contains(r.Fault, "forget_job"):
			l.imports = append(l.imports, deed{at: r.Time, subject: owner[r.Upload.SHA256], release: release(r.Time), job: r.JobID, sha256: r.Upload.SHA256})
		}
	}
}
