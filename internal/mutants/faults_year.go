package main

// yearFaults are those that show only in a process that serves for long.
var yearFaults = []fault{
	{
		name: "the redactor never forgets",
		file: "internal/httpapi/redact.go", in: "provider/year",
		text: `used.Sub(last) > remembered`,
		with: `used.Sub(last) > 1000*remembered`,
	}, {
		name: "the redactor forgets what is in use",
		file: "internal/roma/lease.go", in: "roma", run: `^TestOldGrantsAreForgotten$`,
		text: `l.redactor.Use(g.secrets()...)`,
		with: `_ = g.secrets()`,
	}, {
		name: "a secret that somebody gave is forgotten",
		file: "internal/httpapi/redact.go", in: "httpapi", run: `^TestRedactorForgets$`,
		text: `return !last.IsZero() && !used.IsZero() && used`,
		with: `return !used.IsZero() && used`,
	}, {
		name: "a pair is renewed in the last seconds of its life",
		file: "internal/roma/lease.go", in: "provider/year",
		text: `renewShare  = 10`,
		with: `renewShare  = 100`,
	}, {
		name: "the pause after a renewal that failed outlasts the pair",
		file: "internal/roma/lease.go", in: "roma", run: `^TestPauseEndsWithThePair$`,
		text: `l.renewAt = l.current.ends`,
		with: `_ = l.renewAt`,
	}, {
		name: "a pair that ended while its renewal failed is used",
		file: "internal/roma/lease.go", in: "roma", run: `^TestPairThatEndsWhileItsRenewalFails$`,
		text: `holds && ctx.Err() == nil && time.Now().Before(l.current.ends)`,
		with: `holds && ctx.Err() == nil`,
	}, {
		name: "a pair is taken for one that lives a second longer",
		file: "internal/roma/agency.go", in: "roma", run: `^TestLifeOfAPairIsRoundedDown$`,
		text: `return at.Add(time.Second)`,
		with: `return at`,
	}, {
		name: "each of many requests at once renews for itself",
		file: "internal/roma/lease.go", in: "provider/year",
		text: `return &lease{fetch: fetch, redactor: redactor, turn: make(chan struct{}, 1)}`,
		with: `return &lease{fetch: fetch, redactor: redactor, turn: make(chan struct{}, 100)}`,
	}, {
		name: "the life of a key pair is counted by this machine's clock",
		file: "internal/roma/agency.go", in: "provider/year",
		text: `ends.Sub(serverTime(h))`,
		with: `ends.Sub(time.Now())`,
	}, {
		name: "the jobs of what was created and destroyed are remembered",
		file: "internal/provider/jobrun/handover.go", in: "provider/jobrun", run: `^TestHandOver$`,
		text: `return w.job == id })
}`,
		with: `return w.job == id && w.job == "" })
}`,
	}, {
		name: "a job that a restart of the server cut off is started anew",
		file: "internal/provider/jobrun/run.go", in: "provider/year",
		text: `func (r *Run) Adopts() bool { return r.adopted != "" }`,
		with: `func (r *Run) Adopts() bool { return r.adopted == "\x00" }`,
	},
}
