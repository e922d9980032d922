package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// sample are measurements of one thing, in the order in which they were made.
type sample []float64

func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// spread is the smallest and the largest measurement.
func (s sample) spread(unit string) string {
	if len(s) == 1 {
		return "one run"
	}
	return fmt.Sprintf("%s to %s", number(slices.Min(s), unit), number(slices.Max(s), unit))
}

// number writes a measurement with three digits that matter.
func number(v float64, unit string) string {
	digits := 2
	switch {
	case v >= 100:
		digits = 0
	case v >= 10:
		digits = 1
	}
	text := fmt.Sprintf("%.*f", digits, v)
	if unit != "" {
		text += " " + unit
	}
	return text
}

// over divides what was measured in the same round: a machine that is slow for
// a while is slow for both.
func (s sample) over(other sample) sample {
	ratios := make(sample, len(s))
	for i := range s {
		ratios[i] = s[i] / other[i]
	}
	return ratios
}

func (s sample) minus(other sample) sample {
	rest := make(sample, len(s))
	for i := range s {
		rest[i] = s[i] - other[i]
	}
	return rest
}

// timed is something whose time is measured. Its prepare, if any, is not.
type timed struct {
	prepare func(context.Context) error
	run     func(context.Context) error
}

// inTurn runs each of the things once, then each again, and so on, and returns
// their times in seconds. The first round warms the machine up and does not
// count.
func inTurn(ctx context.Context, rounds int, things ...timed) ([]sample, error) {
	samples := make([]sample, len(things))
	for round := range rounds + 1 {
		for i, thing := range things {
			if thing.prepare != nil {
				if err := thing.prepare(ctx); err != nil {
					return nil, err
				}
			}
			begin := time.Now()
			if err := thing.run(ctx); err != nil {
				return nil, err
			}
			if round > 0 {
				samples[i] = append(samples[i], time.Since(begin).Seconds())
			}
		}
	}
	return samples, nil
}
