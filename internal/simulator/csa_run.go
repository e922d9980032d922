package simulator

import "time"

// csaRun is an import or a preview as somebody at the server sees it: from when
// it was read to its end.
type csaRun struct {
	file    string
	preview bool
	// request is the number of the request in the log.
	request int
	begin   time.Time
	length  time.Duration
	// never marks a run that does not end by itself.
	never bool
	// end is zero as long as it is under way. A run that ended without a result
	// lost its client.
	end    time.Time
	result *importResult
}

// run shows from now on what is under way.
func (t *importTurn) run(c *call, length time.Duration, never, preview bool) {
	t.sim.locked(func() {
		t.shown = &csaRun{preview: preview, request: c.entry.Seq, begin: time.Now(), length: length, never: never}
		if c.entry.Upload != nil {
			t.shown.file = c.entry.Upload.FileName
		}
		t.srv.runs = append(t.srv.runs, t.shown)
	})
}

// done shows how it ended.
func (t *importTurn) done(result *importResult) {
	t.sim.locked(func() { t.shown.end, t.shown.result = time.Now(), result })
}

func (r *csaRun) progress(now time.Time) float64 {
	return progressOf(!r.end.IsZero(), r.never, now.Sub(r.begin), r.length)
}
