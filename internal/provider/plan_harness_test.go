package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// row is one row of the table in DESIGN.md: a sentence, and the plans and
// applies that show that it holds.
type row struct {
	id       string
	sentence string
	// shows says how.
	shows string
	// start is what the directory and the state hold at first.
	start start
	steps []step
}

// step is one plan, saved, and its apply. What it does not name must not
// happen: other warnings, other requests, a plan that is not clean afterwards.
type step struct {
	// given changes things before the step.
	given func(*stage)
	// config replaces the configuration; empty keeps it.
	config string
	// args are added to the arguments of terraform plan.
	args []string
	// plan checks the saved plan.
	plan []plancheck.PlanCheck
	// warns are the summaries of the plan's warnings.
	warns []string
	// says are expressions that the plan's output matches.
	says []string
	// refused is an expression for the error of a plan that fails.
	refused string
	// only ends the step after the plan.
	only bool
	// meanwhile changes things between plan and apply.
	meanwhile func(*stage)
	// fails is an expression for the error of an apply that fails.
	fails string
	// applies are expressions that the apply's output matches.
	applies []string
	// state checks the state after the apply, also after one that fails.
	state []statecheck.StateCheck
	// kept are the resources whose job and archive stay as they were.
	kept []string
	// sent is what the apply sends, without looks at jobs and logging in, as
	// in "export 1, download 1". Empty: no request at all.
	sent string
	// fetches is the same for what moves between stores and this machine.
	fetches string
	// asks: a store was asked, and gave and took nothing.
	asks bool
	// check is whatever else holds after the apply.
	check func(*stage)
	// again: the plan after this apply is not clean.
	again bool
}

// stage is where a row is played.
type stage struct {
	*workspace
	server *simulator.Server
	// current is the state as it was shown last, until an apply changes it.
	current *tfjson.State
	// last is what the most recent command printed.
	last string
}

func (r row) play(t *testing.T) {
	t.Helper()
	server := serve(t, simulator.Options{})
	s := &stage{workspace: newWorkspace(t, server, ""), server: server}
	if aboutTerraform[r.id] == "" && !throughTerraform(t.Name()) {
		s.core = &core{w: s.workspace}
	}
	// Every command is over before its garbage matters.
	s.setenv("GOGC=off")
	r.start.prepare(s)
	for i, each := range r.steps {
		if each.given != nil {
			each.given(s)
		}
		if each.config != "" {
			s.write("main.tf", head+each.config)
		}
		var before *tfjson.State
		if len(each.kept) > 0 {
			before = s.shown()
		}
		if !s.plans(each) {
			continue
		}
		s.applies(each, before)
		if t.Failed() {
			t.Fatalf("step %d: what terraform said last:\n%s", i+1, s.last)
		}
		if !each.again {
			s.clean()
		}
	}
}

// run runs terraform. Whatever it does, no answer of the provider may
// contradict its plan.
func (s *stage) run(args ...string) result {
	s.t.Helper()
	r := s.terraform(args...)
	s.last = r.out
	if strings.Contains(r.out, "Provider produced inconsistent") || strings.Contains(r.out, "Provider returned invalid") {
		s.t.Fatalf("terraform %s:\n%s", strings.Join(args, " "), r.out)
	}
	return r
}

// plans makes the step's plan, and says whether it is there to be applied.
func (s *stage) plans(each step) bool {
	s.t.Helper()
	s.server.Simulator.ResetRequests()
	r := s.run(append([]string{"plan", "-out=saved"}, each.args...)...)
	s.silent("the plan")
	if each.refused != "" {
		if r.code == 0 || !regexp.MustCompile(each.refused).MatchString(flat(r.out)) {
			s.t.Fatalf("plan ended with %d and does not match %q:\n%s", r.code, each.refused, r.out)
		}
		return false
	}
	if r.code != 0 {
		s.t.Fatalf("plan ended with %d:\n%s", r.code, r.out)
	}
	if got := warnings(r.out); !slices.Equal(got, slices.Sorted(slices.Values(each.warns))) {
		s.t.Errorf("the plan warns %q, want %q:\n%s", got, each.warns, r.out)
	}
	s.matches(r.out, each.says)
	if len(each.plan) > 0 {
		plan := s.savedPlan()
		for _, check := range each.plan {
			answer := new(plancheck.CheckPlanResponse)
			check.CheckPlan(s.t.Context(), plancheck.CheckPlanRequest{Plan: plan}, answer)
			if answer.Error != nil {
				s.t.Errorf("plan: %v", answer.Error)
			}
		}
	}
	if s.t.Failed() {
		s.t.Fatalf("the plan:\n%s", r.out)
	}
	return !each.only
}

// applies applies the saved plan.
func (s *stage) applies(each step, before *tfjson.State) {
	s.t.Helper()
	if each.meanwhile != nil {
		each.meanwhile(s)
	}
	r := s.run("apply", "saved")
	s.current = nil
	switch {
	case each.fails == "" && r.code != 0:
		s.t.Fatalf("apply ended with %d:\n%s", r.code, r.out)
	case each.fails != "" && (r.code == 0 || !regexp.MustCompile(each.fails).MatchString(flat(r.out))):
		s.t.Fatalf("apply ended with %d and does not match %q:\n%s", r.code, each.fails, r.out)
	}
	s.matches(r.out, each.applies)
	if got := s.sentOf("store_put", "store_get"); got != each.fetches {
		s.t.Errorf("the apply sent %q to stores, want %q", got, each.fetches)
	}
	if each.sent == "" && each.fetches == "" && !each.asks {
		s.silent("the apply")
	} else if got := s.sent(); got != each.sent {
		s.t.Errorf("the apply sent %q, want %q", got, each.sent)
	}
	for _, check := range each.state {
		answer := new(statecheck.CheckStateResponse)
		check.CheckState(s.t.Context(), statecheck.CheckStateRequest{State: s.shown()}, answer)
		if answer.Error != nil {
			s.t.Errorf("state: %v", answer.Error)
		}
	}
	for _, address := range each.kept {
		if was, is := told(before, address), told(s.shown(), address); is == nil || !reflect.DeepEqual(was, is) {
			s.t.Errorf("%s was %v, is %v", address, was, is)
		}
	}
	if each.check != nil {
		each.check(s)
	}
}

// clean plans once more: nothing to do, and nothing sent.
func (s *stage) clean() {
	s.t.Helper()
	s.server.Simulator.ResetRequests()
	if r := s.run("plan", "-detailed-exitcode"); r.code != 0 {
		s.t.Errorf("the plan afterwards ended with %d:\n%s", r.code, r.out)
	}
	s.silent("the plan afterwards")
}

// silent fails the test if a request was sent.
func (s *stage) silent(what string) {
	s.t.Helper()
	if got := counts(s.server); got != "" {
		s.t.Errorf("%s sent %s", what, got)
	}
}

// sent counts the requests that do something.
func (s *stage) sent() string {
	return s.sentOf("export", "download", "import", "delete", "csa_export", "csa_preview", "csa_import")
}

func (s *stage) sentOf(kinds ...string) string {
	var parts []string
	for _, kind := range kinds {
		if got := counts(s.server, kind); got != kind+" 0" {
			parts = append(parts, got)
		}
	}
	return strings.Join(parts, ", ")
}

func (s *stage) matches(out string, expressions []string) {
	s.t.Helper()
	for _, expression := range expressions {
		if !regexp.MustCompile(expression).MatchString(flat(out)) {
			s.t.Errorf("does not match %q:\n%s", expression, out)
		}
	}
}

// savedPlan is the plan that was made last.
func (s *stage) savedPlan() *tfjson.Plan {
	s.t.Helper()
	if s.core != nil {
		return s.core.shown(s.core.plugins(s.core.load(), new(sayings))[""])
	}
	plan := new(tfjson.Plan)
	s.show(plan, "saved")
	return plan
}

// shown is the state.
func (s *stage) shown() *tfjson.State {
	s.t.Helper()
	if s.current == nil {
		s.current = stateOf(s.t, s.path("terraform.tfstate"))
	}
	return s.current
}

func (s *stage) show(into json.Unmarshaler, args ...string) {
	s.t.Helper()
	out, err := s.command(s.t.Context(), append([]string{"show", "-json"}, args...)...).Output()
	if err == nil {
		err = into.UnmarshalJSON(out)
	}
	if err != nil {
		s.t.Fatalf("terraform show: %v", err)
	}
}

// told is what the state of a resource says about its job and archive,
// without the place where the archive is.
func told(state *tfjson.State, address string) map[string]any {
	if state.Values == nil {
		return nil
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address != address {
			continue
		}
		values := map[string]any{"tainted": r.Tainted}
		for _, name := range []string{"platform", "instance", "job_id", "archive_id", "status", "begin_time", "end_time", "messages", "artifacts"} {
			values[name] = r.AttributeValues[name]
		}
		if archive, ok := r.AttributeValues["archive"].(map[string]any); ok {
			values["archive"] = fmt.Sprint(archive["sha256"], archive["content_digest"], archive["size"])
		}
		return values
	}
	return nil
}

// warnings are the sorted summaries of the warnings that a command printed,
// but for the one about the built provider.
func warnings(out string) []string {
	var found []string
	for line := range strings.Lines(out) {
		summary, ok := strings.CutPrefix(strings.TrimSpace(line), "Warning: ")
		if ok && summary != "Provider development overrides are in effect" {
			found = append(found, summary)
		}
	}
	slices.Sort(found)
	return found
}

var blank = regexp.MustCompile(`\s+`)

// flat makes one line of an output, however terraform broke its lines.
func flat(out string) string { return blank.ReplaceAllString(out, " ") }

// read reads a file of the directory.
func (s *stage) read(name string) []byte {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

func (s *stage) remove(name string) {
	s.t.Helper()
	if err := os.Remove(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

// expectFiles fails the test unless the zips of the directory have these
// names.
func (s *stage) expectFiles(want ...string) {
	s.t.Helper()
	found, err := filepath.Glob(s.path("*.zip"))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	if !slices.Equal(found, want) {
		s.t.Errorf("the directory has %q, want %q", found, want)
	}
}
