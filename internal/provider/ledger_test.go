package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestLedger: each of the three accusations of the soak is raised by what deserves it, and by
// nothing else. What happened is made up.
func TestLedger(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2027, 1, 1, 0, 0, second, 0, time.UTC) }
	run := func(from, to int, subject, kind, text string) saying {
		return saying{began: at(from), ended: at(to), subject: subject, kind: kind, isError: true, text: text}
	}
	taken := []deed{{at: at(1), subject: "a", job: "job-1", sha256: "sum"}}
	broken := []deed{{at: at(1), subject: "a", job: "job-1"}}
	imports := []deed{{at: at(1), subject: "a", job: "job-1"}, {at: at(11), subject: "a", job: "job-2"}}
	first, second := run(0, 5, "", "", "apply"), run(10, 15, "", "", "apply")
	for name, test := range map[string]struct {
		ledger

		want string
	}{
		"nothing happened":                   {},
		"taken, in a state":                  {ledger: ledger{taken: taken, states: map[string]bool{"sum": true}}},
		"taken, in a file":                   {ledger: ledger{taken: taken, files: map[string]bool{"sum": true}}},
		"taken, in a store":                  {ledger: ledger{taken: taken, objects: map[string]bool{"sum": true}}},
		"taken, in a message":                {ledger: ledger{taken: taken, said: []saying{run(0, 5, "a", "export", "Job id: job-1")}}},
		"taken, and nowhere":                 {ledger: ledger{taken: taken, files: map[string]bool{"another": true}}, want: "lost: the archive of job job-1"},
		"taken, another job is named":        {ledger: ledger{taken: taken, said: []saying{run(0, 5, "a", "export", "Job id: job-2")}}, want: "lost: "},
		"taken, named before":                {ledger: ledger{taken: []deed{{at: at(9), job: "job-1", sha256: "sum"}}, said: []saying{run(0, 5, "a", "export", "job-1")}}, want: "lost: "},
		"broken, in a message":               {ledger: ledger{taken: broken, said: []saying{run(0, 5, "a", "export", "job-1 broke")}}},
		"broken, and nowhere":                {ledger: ledger{taken: broken, states: map[string]bool{"": true}}, want: "lost: "},
		"imported once":                      {ledger: ledger{imports: imports[:1]}},
		"imported twice":                     {ledger: ledger{imports: imports, said: []saying{first, second}}, want: "twice: a, release 0, was imported"},
		"imported twice, told then":          {ledger: ledger{imports: imports, said: []saying{run(0, 5, "a", "import", "Outcome unknown"), second}}},
		"imported twice, Terraform told":     {ledger: ledger{imports: imports, said: []saying{run(0, 5, "a", "import", "Plugin did not respond"), second}}, want: "twice: "},
		"imported twice, told of an export":  {ledger: ledger{imports: imports, said: []saying{run(0, 5, "a", "export", "Outcome unknown"), second}}, want: "twice: "},
		"imported twice, told of another":    {ledger: ledger{imports: imports, said: []saying{run(0, 5, "b", "import", "Outcome unknown"), second}}, want: "twice: "},
		"imported twice, told with the next": {ledger: ledger{imports: imports, said: []saying{first, run(10, 15, "a", "import", "job-1 may have been imported")}}},
		"imported twice, told in the end":    {ledger: ledger{imports: imports, said: []saying{first, second, run(20, 25, "a", "import", "job-1")}}},
		"imported twice, told before both":   {ledger: ledger{imports: []deed{imports[1], {at: at(12), subject: "a", job: "job-3"}}, said: []saying{run(0, 5, "a", "import", "Outcome unknown"), second}}, want: "twice: "},
		"another release":                    {ledger: ledger{imports: []deed{imports[0], {at: at(11), subject: "a", release: 1, job: "job-2"}}, said: []saying{first, second}}},
		"another subject":                    {ledger: ledger{imports: []deed{imports[0], {at: at(11), subject: "b", job: "job-2"}}, said: []saying{first, second}}},
		"a temporary file, named":            {ledger: ledger{temporary: []string{"dir/.a.zip.asset-part-1"}, said: []saying{run(0, 5, "a", "export", `kept at ".a.zip.asset-part-1"`)}}},
		"a temporary file":                   {ledger: ledger{temporary: []string{"dir/.a.zip.asset-part-1"}, said: []saying{first}}, want: "unnamed: dir/.a.zip.asset-part-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.accusations()
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("accused: %q", got)
			case test.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], test.want)):
				t.Errorf("accused: %q, want %q", got, test.want)
			}
		})
	}
}

// TestLedgerReads: what a simulator did is in the ledger, and is accused where it is thrown away.
func TestLedgerReads(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}).inProcess()
	s.write("main.tf", jobHead+exportBlock("x")+importAt("asset_export.x.archive.path"))
	s.apply(0)
	var l ledger
	l.read(s.server.Simulator, func(time.Time) int { return 3 })
	if len(l.taken) != 1 || len(l.imports) != 1 || l.taken[0].subject != ordersApp || l.imports[0].subject != ordersApp ||
		l.taken[0].release != 3 || l.taken[0].sha256 == "" || l.taken[0].sha256 != l.imports[0].sha256 {
		t.Fatalf("taken %+v, imports %+v", l.taken, l.imports)
	}
	if got := l.accusations(); len(got) != 1 || !strings.HasPrefix(got[0], "lost: ") {
		t.Errorf("accused: %q", got)
	}
	l.states = map[string]bool{fmt.Sprint(s.archive("asset_export.x")["sha256"]): true}
	if got := l.accusations(); len(got) > 0 {
		t.Errorf("accused: %q", got)
	}
}
