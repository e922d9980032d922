// Program bench measures what the provider adds to what servers and terraform
// cost by themselves, as ratios within one run. It prints one table; a whole
// run, without -quick and -only, also writes BENCHMARKS.md. It runs from the
// root of a checkout, works in a temporary directory, and leaves nothing else
// behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// rows are measured in this order, the quick ones first.
var rows = []row{
	{"noticing", noticing},
	{"digest", digest},
	{"start", start},
	{"plans", plans},
	{"queue", queue},
	{"store", stores},
	{"transfer", transfer},
}

// row is one row of the table of aims.
type row struct {
	name    string
	measure func(context.Context, *lab) (result, error)
}

// resultFile is what a whole run writes.
const resultFile = "BENCHMARKS.md"

func main() {
	quick := flag.Bool("quick", false, "small sizes and few rounds, for a first look")
	only := flag.String("only", "", "measure only these `rows`, separated by commas: "+strings.Join(names(), ", "))
	terraform := flag.String("terraform", "terraform", "`program` to measure with")
	profiles := flag.String("profiles", "", "write CPU profiles of the provider to this `directory`")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, options{quick: *quick, terraform: *terraform, profiles: *profiles}, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func names() []string {
	var all []string
	for _, r := range rows {
		all = append(all, r.name)
	}
	return all
}

// run measures the chosen rows. A row that fails does not keep the others from
// being measured, but nothing is written then.
func run(ctx context.Context, o options, only string) (err error) {
	chosen := names()
	if only != "" {
		chosen = strings.Split(only, ",")
	}
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("there is no row %q, the rows are %s", name, strings.Join(names(), ", "))
		}
	}
	l, err := newLab(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()

	begin := time.Now()
	var results []result
	var failures error
	for _, r := range rows {
		if !slices.Contains(chosen, r.name) {
			continue
		}
		l.say("=== %s", r.name)
		measured, err := r.measure(ctx, l)
		if err != nil {
			failures = errors.Join(failures, fmt.Errorf("%s: %w", r.name, err))
			l.say("%s failed: %v", r.name, err)
			if ctx.Err() != nil {
				return failures
			}
			continue
		}
		measured.name = r.name
		results = append(results, measured)
	}
	l.say("measured in %s", time.Since(begin).Round(time.Second))
	fmt.Print(table(results))
	if failures != nil || o.quick || only != "" {
		for _, r := range results {
			fmt.Print("\n" + r.section())
		}
		return failures
	}
	text, err := page(ctx, l, results)
	if err != nil {
		return err
	}
	file, err := os.Create(resultFile)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
