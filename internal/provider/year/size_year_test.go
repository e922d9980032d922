//go:build year

package year_test

import "time"

// make year.
const (
	firstMonth, firstDay = 1, 2
	nights               = 365
	apps                 = 50
	perLasting           = 6
	longJob              = 2 * time.Minute
	measured             = 26
)
