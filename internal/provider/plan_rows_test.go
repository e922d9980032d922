package provider_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

var printRows = flag.Bool("rows", false, "print the table of TestPlanRows")

// rows is the whole table, in the order of DESIGN.md.
func rows() []row {
	return slices.Concat(contentRows, runRows, quietRows, placeRows, unknownRows, pathRows, fileRows, endRows, ruleRows, savedRows, latentRows, csaRows, storeRows, adoptRows)
}

// TestPlanRows plays the table: one row, or several, for each sentence about
// change.
func TestPlanRows(t *testing.T) {
	t.Parallel()
	table := rows()
	done := make(chan [2]string, len(table))
	if *printRows {
		// It runs when all the rows have ended.
		t.Cleanup(func() {
			close(done)
			printTable(table, done)
		})
	}
	for _, r := range table {
		t.Run(r.id, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { done <- [2]string{r.id, map[bool]string{false: "ok", true: "FAILED"}[t.Failed()]} })
			r.play(t)
		})
	}
}

// printTable prints what became of each row; one that ended early is found by
// its absence in done.
func printTable(table []row, done <-chan [2]string) {
	results := map[string]string{}
	for _, r := range table {
		results[r.id] = "did not run"
	}
	for result := range done {
		results[result[0]] = result[1]
	}
	ok := 0
	for _, r := range table {
		fmt.Printf("%-5s %-11s %s\n%17s %s\n", r.id, results[r.id], r.sentence, "", r.shows)
		if results[r.id] == "ok" {
			ok++
		}
	}
	fmt.Printf("%d rows, %d ok, %d not\n", len(table), ok, len(table)-ok)
}

// TestDesignHasTheRows compares DESIGN.md with the table.
func TestDesignHasTheRows(t *testing.T) {
	t.Parallel()
	design, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(design), "\n## Change, told once: the rows\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var want []string
	seen := map[string]bool{}
	for _, r := range rows() {
		if seen[r.id] {
			t.Errorf("two rows have the number %s", r.id)
		}
		seen[r.id] = true
		want = append(want, fmt.Sprintf("| %s | %s | %s |", r.id, r.sentence, r.shows))
	}
	var got []string
	for line := range strings.Lines(section) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| row |") {
			got = append(got, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the table of DESIGN.md should be:\n\n| row | the sentence | how it is shown |\n|---|---|---|\n%s", strings.Join(want, "\n"))
	}
}

// checks makes one list of several.
func checks(lists ...[]plancheck.PlanCheck) []plancheck.PlanCheck { return slices.Concat(lists...) }

// at is a path in a resource.
func at(name string, more ...string) tfjsonpath.Path {
	path := tfjsonpath.New(name)
	for _, step := range more {
		path = path.AtMapKey(step)
	}
	return path
}

func action(address string, what plancheck.ResourceActionType) []plancheck.PlanCheck {
	return []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, what)}
}

// runs: an update that may run the job, so that nothing of it is known.
func runs(address string) []plancheck.PlanCheck {
	list := action(address, plancheck.ResourceActionUpdate)
	for _, name := range []string{"job_id", "status", "begin_time", "end_time", "archive"} {
		list = append(list, plancheck.ExpectUnknownValue(address, at(name)))
	}
	return list
}

// quiet: an update that keeps what is known of the job and the archive.
func quiet(address string) []plancheck.PlanCheck {
	return checks(action(address, plancheck.ResourceActionUpdate), knows(address, at("status"), knownvalue.StringExact("SUCCEEDED")),
		knows(address, at("job_id"), knownvalue.NotNull()), knows(address, at("end_time"), knownvalue.NotNull()),
		knows(address, at("archive", "sha256"), knownvalue.NotNull()), knows(address, at("archive", "size"), knownvalue.NotNull()))
}

func rests(address string) []plancheck.PlanCheck {
	return action(address, plancheck.ResourceActionNoop)
}

func creates(address string) []plancheck.PlanCheck {
	return action(address, plancheck.ResourceActionCreate)
}

func unknown(address string, path tfjsonpath.Path) []plancheck.PlanCheck {
	return []plancheck.PlanCheck{plancheck.ExpectUnknownValue(address, path)}
}

func knows(address string, path tfjsonpath.Path, value knownvalue.Check) []plancheck.PlanCheck {
	return []plancheck.PlanCheck{plancheck.ExpectKnownValue(address, path, value)}
}

func has(address string, path tfjsonpath.Path, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, path, value)
}

func text(value string) knownvalue.Check { return knownvalue.StringExact(value) }
