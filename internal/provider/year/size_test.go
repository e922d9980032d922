//go:build !year

package year_test

import "time"

// In two weeks there is every kind of night, and the clocks are put forward once. The whole year is
// played with the tag year.
const (
	firstMonth, firstDay = 3, 16
	nights               = 14
	// apps are promoted each night, perLasting of them by each of the lasting processes, and the others
	// by a new one.
	apps       = 15
	perLasting = 2
	// longJob is how long jobs take in nights in which pairs are to end while they are used.
	longJob = 5 * time.Minute
	// measured is a night after a long one, as the last one is, from which on the memory in use is what it stays at.
	measured = 4
)
