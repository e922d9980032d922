package year_test

import (
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// weather is what a night brings.
type weather struct {
	// together: all processes at the same time, so that the server is busy with the job of another one.
	together bool
	// long: each job takes some minutes, so that credentials end in the middle of the night.
	long bool
	// skew is how far the clock of the server is ahead from the beginning of the night on, and later the
	// same from its middle on.
	skew, later time.Duration
	// down is for how long the server is away in the middle of the night.
	down time.Duration
	// forgets: the server forgets its tokens in the middle of the night.
	forgets bool
	// fails: an apply may fail, and is followed by another one.
	fails bool
}

// forecast is the weather of a night. The clock of the server goes wrong by up to two minutes, and is put
// right: nothing that is renewed in time ends before that.
func (y *year) forecast(n int) weather {
	w := weather{long: n%7 == 3, forgets: n%17 == 8}
	w.skew = time.Duration(n*97%241-120) * time.Second
	w.later = w.skew
	switch n % 13 {
	case 6:
		w.down = 8 * time.Second
	case 12:
		w.down, w.long = 4*time.Minute, true
	}
	// Who waits for others' long jobs waits longer than a timeout.
	w.together = n%10 == 9 && !w.long
	if n%11 == 5 {
		// A step by ten minutes, and back in the next night.
		w.later = w.skew + 10*time.Minute
		if n%2 == 0 {
			w.later = w.skew - 10*time.Minute
		}
	}
	y.sim.SetClockSkew(w.skew)
	if w.long {
		_ = y.sim.Order(simulator.Fault{On: "*", Do: "job_time", JobTimeMS: int(longJob / time.Millisecond), Times: -1})
	}
	return w
}

// refuses: credentials that were renewed in time may be refused in such a night, and in the one after it.
func refuses(n int) bool {
	spoils := func(n int) bool { return n%17 == 8 || n%11 == 5 }
	return spoils(n) || spoils(n-1)
}

// disturb does what happens in the middle of a night.
func (y *year) disturb(w weather) {
	middle := 12 * time.Second
	if w.long {
		middle = apps*longJob*7/10 + 17*time.Second
	}
	time.Sleep(middle)
	y.sim.SetClockSkew(w.later)
	if w.forgets {
		y.sim.RevokeTokens()
	}
	if w.down > 0 {
		y.network.restart(w.down)
	}
	time.Sleep(time.Second)
}
