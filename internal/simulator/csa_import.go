package simulator

import (
	"context"
	"net/http"
	"time"
)

// csaImport is the Import API (CSA 4.80 API reference). The answer comes when
// the import is done.
func (s *Simulator) csaImport(c *call) {
	if c.person.forbidden {
		c.failCSA(http.StatusForbidden, csaUsual(http.StatusForbidden))
		return
	}
	turn := s.beginImport(c)
	defer turn.end()
	result, f := s.runImport(c, turn)
	// Whoever has the answer may send the next import at once.
	turn.end()
	if f != nil {
		c.fail(f)
		return
	}
	c.raw(orDefault(result.httpStatus, http.StatusOK), xmlType, result.operation().xml())
}

// importTurn is an import under way.
type importTurn struct {
	sim    *Simulator
	srv    *csaServer
	finish <-chan struct{}
	ended  bool
	shown  *csaRun
}

// beginImport counts an import. No document says that two at once are
// refused, so they are not; the log and the state tell.
func (s *Simulator) beginImport(c *call) *importTurn {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv := c.server
	srv.running++
	srv.most = max(srv.most, srv.running)
	c.entry.Concurrent = srv.running
	return &importTurn{sim: s, srv: srv, finish: s.finish}
}

func (t *importTurn) end() {
	t.sim.locked(func() {
		if !t.ended {
			t.ended = true
			t.srv.running--
			if t.shown != nil && t.shown.end.IsZero() {
				t.shown.end = time.Now()
			}
		}
	})
}

// runImport reads, checks and waits as long as an import takes, and imports.
func (s *Simulator) runImport(c *call, turn *importTurn) (*importResult, *failure) {
	up, err := s.readCSAUpload(c)
	if err != nil {
		return nil, csaBodyFailure(err)
	}
	faults := s.importFaults(c)
	options, err := up.options(faults.old)
	if err != nil {
		return nil, csaBodyFailure(err)
	}
	pack, err := readCSAPackage(up.file)
	if err != nil {
		return nil, csaFailure(http.StatusBadRequest, "Bad request: not a content archive: %v", err)
	}
	if err := options.fit(c.server, pack.primary()); err != nil {
		return nil, csaBodyFailure(err)
	}
	if faults.ignores {
		options.preview = false
	}
	length := s.opts.JobTime
	if options.preview {
		length = 0
	}
	if faults.length >= 0 {
		length = faults.length
	}
	turn.run(c, length, faults.never, options.preview)
	gone := s.importTime(c.r.Context(), length, faults.never, turn.finish)
	if gone && faults.never {
		abort()
	}
	result := s.finishImport(c, pack, options, faults)
	turn.done(result)
	if gone {
		// The server does not notice in time that its client went away.
		abort()
	}
	return result, nil
}

// importTime lets an import take its time. It tells whether the client went
// away before the end.
func (s *Simulator) importTime(ctx context.Context, d time.Duration, never bool, finish <-chan struct{}) (gone bool) {
	var over <-chan time.Time
	if !never {
		if d == 0 {
			return false
		}
		timer := time.NewTimer(d)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-finish:
	case <-ctx.Done():
		return true
	case <-s.done:
		abort()
	}
	return false
}

// finishImport does the import and keeps its record.
func (s *Simulator) finishImport(c *call, pack *csaPackage, options csaImportOptions, faults importFaults) *importResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	result := &importResult{
		status: statusSuccess, time: now, user: c.person.name, preview: options.preview,
		kind: kindOf(pack.primary().Type),
	}
	for i := range pack.artifacts {
		result.entries = append(result.entries, pack.artifacts[i].clone())
	}
	work := c.server.plan(pack, options, now)
	switch {
	case faults.ordered != nil:
		result.order(faults.ordered)
	case len(work.problems) > 0 && (!faults.blind || !options.preview):
		result.status, result.messages = statusFailure, work.problems
	default:
		if !options.preview {
			c.server.artifacts = work.artifacts
		}
		result.imported, result.notes = work.imported, work.notes
	}
	result.withoutIDs = faults.withoutIDs
	name := "import "
	if options.preview {
		name = "preview "
	}
	c.server.imports[name+result.status]++
	if !options.preview && !faults.withoutRecord {
		result.id = newUUID()
		c.server.results[result.id] = result
		c.entry.JobID = result.id
	}
	return result
}

// importFaults is what faults do to one import.
type importFaults struct {
	old, ignores, never, withoutIDs, withoutRecord bool
	// blind: a preview sees no problems.
	blind bool
	// length is negative when no fault sets it.
	length time.Duration
	// ordered is how a fault lets it end.
	ordered *Fault
}

func (s *Simulator) importFaults(c *call) importFaults {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := importFaults{length: -1}
	for _, f := range s.takeViews(c) {
		switch f.Do {
		case doOldServer:
			got.old = true
		case doIgnoresPreview:
			got.ignores = true
		case doPreviewBlind:
			got.blind = true
		case doNeverEnd:
			got.never = true
		case doIDsMissing:
			got.withoutIDs = true
		case doNoRecord:
			got.withoutRecord = true
		case doJobTime:
			got.length = time.Duration(f.JobTimeMS) * time.Millisecond
		case doImportStatus:
			got.ordered = f
		}
	}
	return got
}
