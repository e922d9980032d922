package doctor

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestModes: against the simulator as it is, nothing differs in any mode, and no more is
// left than what was announced.
func TestModes(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set   func(*rig)
		typed func(*rig) string
		// jobs, imports and others by the kinds of the simulator's log.
		sent map[string]int
		left string
		// seen are facts that must have been seen.
		seen []string
	}{
		"looking": {
			sent: map[string]int{"export": 0, "import": 0},
			seen: []string{"roma.instance", "roma.apps.answer", "roma.tasks.answer", "roma.job.unknown.known", "roma.archive.unknown.known", "way.project"},
		},
		"export": {
			set: func(r *rig) { r.o.Export = []string{zebra} }, left: "Left behind: two export jobs",
			// The third was refused while the first one ran.
			sent: map[string]int{"export": 3, "import": 0},
			seen: []string{"roma.busy", "roma.download.again", "roma.job.after", "zip.repeatable", "roma.job.progress"},
		},
		"import": {
			set:   func(r *rig) { r.o.Export, r.o.Import, r.o.To = []string{zebra}, true, r.prod() },
			typed: (*rig).prod, left: "Left behind: one import job",
			sent: map[string]int{"export": 3, "import": 1}, seen: []string{"roma.import.start", "roma.import.lists"},
		},
		"password": {set: func(r *rig) {
			delete(r.env, "HW_ACCESS_KEY")
			r.env["HW_USER_NAME"], r.env["HW_USER_PASSWORD"], r.env["HW_DOMAIN_NAME"] = r.info.ROMA.UserName, r.info.ROMA.Password, r.info.ROMA.DomainName
		}, sent: map[string]int{"login": 1}},
		"agency": {set: func(r *rig) {
			r.env["HW_ACCESS_KEY"], r.env["HW_SECRET_KEY"] = r.info.ROMA.Operator.AccessKey, r.info.ROMA.Operator.SecretKey
			r.env["HW_ASSUME_ROLE_AGENCY_NAME"], r.env["HW_ASSUME_ROLE_DOMAIN_NAME"] = r.info.ROMA.AgencyName, r.info.ROMA.DomainName
		}, sent: map[string]int{"assume": 0, "temporary_keys": 1}},
		"CSA looking": {
			set: func(r *rig) { r.o.UseCSA = true }, sent: map[string]int{"csa_import": 0, "csa_preview": 0},
			seen: []string{"way.person", "csa.lists", "csa.unknown", "csa.error.form"},
		},
		"CSA export": {
			set:  func(r *rig) { r.o.UseCSA, r.o.Export = true, []string{design} },
			sent: map[string]int{"csa_export": 3, "csa_import": 0}, seen: []string{"csa.manifest", "zip.entries", "csa.export.length"},
		},
		"CSA preview": {
			set:   func(r *rig) { r.o.UseCSA, r.o.Export, r.o.To = true, []string{design}, r.info.CSA["prod"].Endpoint },
			typed: func(r *rig) string { return r.info.CSA["prod"].Endpoint },
			sent:  map[string]int{"csa_preview": 1, "csa_import": 0}, seen: []string{"csa.preview"},
		},
		"CSA import": {
			set: func(r *rig) {
				r.o.UseCSA, r.o.Export, r.o.Import, r.o.To = true, []string{design}, true, r.info.CSA["prod"].Endpoint
			},
			typed: func(r *rig) string { return r.info.CSA["prod"].Endpoint + "\n" }, left: "Left behind: what was imported",
			sent: map[string]int{"csa_preview": 1, "csa_import": 1},
			seen: []string{"csa.import.status", "csa.import.ids", "csa.import.record", "csa.import.fields"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, simulator.Options{})
			typed := ""
			if row.set != nil {
				row.set(r)
			}
			if row.typed != nil {
				typed = row.typed(r)
			}
			if status := r.run(t, typed); status != Fine || len(r.differs()) > 0 || r.report.Result != "works" {
				t.Errorf("status %d, differs %q\n%s", status, r.differs(), r.printed)
			}
			for kind, want := range row.sent {
				if got := r.sent(kind); got != want {
					t.Errorf("%d requests %s, not %d", got, kind, want)
				}
			}
			if row.left == "" && strings.Contains(r.printed, "Left behind") || !strings.Contains(r.printed, row.left) {
				t.Errorf("left behind: not %q in\n%s", row.left, r.printed)
			}
			for _, id := range row.seen {
				if r.fact(t, id).Verdict == Unseen {
					t.Errorf("%s could not be seen\n%s", id, r.printed)
				}
			}
			r.checkSecrets(t)
			checkEndings(t, r.printed)
		})
	}
}

// checkEndings: each line of a finding ends in its verdict.
func checkEndings(t *testing.T, printed string) {
	t.Helper()
	ways, rest, found := strings.Cut(printed, "\n2. Looking")
	if !found {
		t.Fatalf("no second section in\n%s", printed)
	}
	ending := regexp.MustCompile(`(as documented|differs: .+|could not be seen)$`)
	for line := range strings.Lines(ways) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "1. ") || strings.HasPrefix(line, "    (") {
			continue
		}
		// Whether a clock matters to a server without signatures, no document says.
		if !ending.MatchString(line) && !strings.HasSuffix(line, string(Assumed)) {
			t.Errorf("the line does not end in a verdict: %q", line)
		}
	}
	if !strings.Contains(rest, "What differs, and what it means for the provider") {
		t.Errorf("no table in\n%s", printed)
	}
}

// checkSecrets searches the report for everything that the servers and the settings know.
func (r *rig) checkSecrets(t *testing.T) {
	t.Helper()
	secrets := map[string]bool{}
	var collect func(value any)
	collect = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, inner := range value {
				collect(inner)
			}
		case []any:
			for _, inner := range value {
				collect(inner)
			}
		case string:
			if len(value) > 4 {
				secrets[value] = true
			}
		}
	}
	state := r.sim.State()
	collect(asJSON(t, r.info))
	for _, in := range state.Instances {
		collect(asJSON(t, in.Apps))
		collect(asJSON(t, in.Tasks))
	}
	for _, server := range state.CSA {
		for _, artifact := range server.Artifacts {
			for _, text := range []string{artifact.ID, artifact.Name, artifact.DisplayName, artifact.Description} {
				collect(text)
			}
		}
	}
	for _, request := range r.sim.Requests() {
		collect(request.JobID)
		collect(request.ArchiveID)
	}
	for _, value := range r.env {
		collect(value)
	}
	collect("127.0.0.1")
	// They are words of the doctor itself, or of every installation.
	for _, word := range []string{"timing", "realtime"} {
		delete(secrets, word)
	}
	if len(secrets) < 40 {
		t.Fatalf("only %d secrets are known", len(secrets))
	}
	text := strings.ToLower(string(r.raw))
	for secret := range secrets {
		if strings.Contains(text, strings.ToLower(secret)) {
			t.Errorf("the report holds %q", secret)
		}
	}
	// Passwords and keys are not even shown on the terminal.
	for _, secret := range []string{r.info.ROMA.SecretKey, r.info.ROMA.Password, r.info.CSA["dev"].Password, r.info.CSA["prod"].Password} {
		if strings.Contains(r.printed, secret) {
			t.Errorf("a secret is printed in\n%s", r.printed)
		}
	}
}

func asJSON(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(data, &decoded); err != nil {
		t.Fatal(err)
	}
	return decoded
}

// TestRefusals: what the doctor does not do, and says why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set   func(*rig)
		typed string
		by    string
	}{
		"same instance":        {func(r *rig) { r.o.To = strings.ToUpper(r.info.ROMA.Instances["dev"]) }, "", "same instance"},
		"other word":           {func(r *rig) { r.o.To = r.prod() }, "yes", "not confirmed"},
		"nothing typed":        {func(r *rig) { r.o.To = r.prod() }, "", "not confirmed"},
		"same CSA":             {func(r *rig) { r.o.UseCSA, r.o.To = true, r.env["CSA_ENDPOINT"]+"/csa/rest/" }, "", "same instance"},
		"CSA, other word":      {func(r *rig) { r.o.UseCSA, r.o.To = true, r.info.CSA["prod"].Endpoint }, "yes", "not confirmed"},
		"CSA without account":  {func(r *rig) { r.o.UseCSA, r.o.To = true, r.info.CSA["prod"].Endpoint; delete(r.env, "CSA_TO_PASSWORD") }, "", "settings"},
		"no instance":          {func(r *rig) { r.o.To = r.prod(); delete(r.env, "ROMA_INSTANCE_ID") }, "", "settings"},
		"no number":            {func(r *rig) { r.o.To = r.prod(); r.env["HW_MAX_RETRIES"] = "many" }, "", "settings"},
		"half of a key pair":   {func(r *rig) { r.o.To = r.prod(); delete(r.env, "HW_SECRET_KEY") }, "", "settings"},
		"no address":           {func(r *rig) { r.o.To = r.prod(); r.env["ROMA_ENDPOINT"] = "ftp://x" }, "", "settings"},
		"somebody else's job":  {func(r *rig) { r.o.To = r.prod(); r.order(simulator.Fault{On: "export", Do: "busy"}) }, "", "busy"},
		"CSA without anything": {func(r *rig) { r.o.UseCSA, r.o.To = true, "https://csa.test"; delete(r.env, "CSA_USERNAME") }, "", "settings"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, simulator.Options{})
			r.o.Export, r.o.Import = []string{zebra}, true
			row.set(r)
			if r.o.UseCSA {
				r.o.Export = []string{design}
			}
			if status := r.run(t, row.typed); status != NotRun || r.report.StoppedBy != row.by || !strings.Contains(r.printed, "could not finish") {
				t.Errorf("status %d by %q\n%s", status, r.report.StoppedBy, r.printed)
			}
			if n := r.sent("import") + r.sent("csa_import") + r.sent("csa_preview"); n != 0 {
				t.Errorf("%d imports were sent", n)
			}
		})
	}
}

func (r *rig) order(faults ...simulator.Fault) {
	if err := r.sim.Order(faults...); err != nil {
		panic(err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	many := make([]string, 101)
	for name, o := range map[string]Options{
		"import without a target": {Import: true, Export: []string{"a"}},
		"import without export":   {Import: true, To: "b"},
		"target without import":   {To: "b", Export: []string{"a"}},
		"two artifacts":           {UseCSA: true, Export: []string{"a", "b"}},
		"CSA target alone":        {UseCSA: true, To: "https://csa.test"},
		"too many":                {Export: many},
	} {
		if o.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for _, o := range []Options{{}, {UseCSA: true}, {Export: many[:100]}, {Import: true, To: "b", Export: []string{"a"}}, {UseCSA: true, To: "x", Export: []string{"a"}}} {
		if err := o.Check(); err != nil {
			t.Error(err)
		}
	}
}

// TestFacts: each is complete, and its own values are no difference.
func TestFacts(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, f := range facts {
		if ids[f.ID] || f.What == "" || f.Document == "" || len(f.Simulator) == 0 {
			t.Errorf("%+v", f)
		}
		ids[f.ID] = true
		means := []string{f.Else}
		for _, each := range f.Means {
			means = append(means, each)
		}
		for _, each := range means {
			if each != "" && !strings.HasPrefix(each, works) && !strings.HasPrefix(each, wouldFail) {
				t.Errorf("%s means %q", f.ID, each)
			}
		}
		for _, value := range slices.Concat(f.Documented, f.Simulator) {
			if got := judge(&f, "", []string{value}, ""); got.Verdict == Differs {
				t.Errorf("%s: %q differs", f.ID, value)
			}
		}
		if got := judge(&f, "", []string{"something else"}, ""); got.Verdict != Differs || !got.tells() {
			t.Errorf("%s: anything else is %s", f.ID, got.Verdict)
		}
		if got := judge(&f, "", nil, ""); got.Verdict != Unseen || got.fails() {
			t.Errorf("%s: nothing is %s", f.ID, got.Verdict)
		}
	}
}

// TestNothingIsKept: archives may hold anything, and none is left on the machine.
func TestNothingIsKept(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	r := newRig(t, simulator.Options{})
	r.o.Export = []string{zebra}
	if status := r.run(t, ""); status != Fine {
		t.Errorf("status %d\n%s", status, r.printed)
	}
	left, err := os.ReadDir(temp)
	if err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "asset-doctor") }) {
		t.Errorf("%v, %v", left, err)
	}
}

// TestReportThatCannotBeWritten is no success.
func TestReportThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := newRig(t, simulator.Options{})
	var out strings.Builder
	r.o.Getenv = func(name string) string { return r.env[name] }
	r.o.In, r.o.Out, r.o.Report = strings.NewReader(""), &out, t.TempDir()
	if status := Run(t.Context(), r.o); status != NotRun || !strings.Contains(out.String(), "could not be written") {
		t.Errorf("status %d\n%s", status, out.String())
	}
}
