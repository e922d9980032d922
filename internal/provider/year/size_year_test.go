//go:build year

package year_test

// make year.
const (
	firstMonth, firstDay = 1, 2
	nights               = 365
	apps                 = 50
	perLasting           = 6
	measured             = 28
)
