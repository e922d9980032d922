package simulator

import (
	"net/http"
	"slices"
	"time"
)

const (
	// maxReasons and maxReasonText are the limits of AssetJobReason
	// (CheckAssetJobStatus, ROMA Connect API reference).
	maxReasons    = 10
	maxReasonText = 64
)

// Reason is one cause of a failed job.
type Reason struct {
	// ResourceType is "application" or "task".
	ResourceType string `json:"resource_type"`
	ResourceName string `json:"resource_name"`
	ErrorCode    string `json:"error_code"`
	ErrorMsg     string `json:"error_msg"`
}

// job is an asset job. Nothing runs: its end is a time, and what it does is
// done when somebody looks after that time.
type job struct {
	id, kind string
	inst     *instance
	// subject is the log entry of the request that started it.
	subject *Request
	begin   time.Time
	length  time.Duration
	// never marks a job that does not end by itself.
	never bool
	// work does what the job is for. Reasons mean that it did nothing.
	work func(now time.Time) []Reason
	// ordered are the reasons of a fault that fails the job.
	ordered []Reason
	ended   bool
	end     time.Time
	reasons []Reason
	// archive is the package of an export that ended well.
	archive *archive
	// views are faults that change how the job looks.
	views []*Fault
}

func (j *job) failed() bool {
	return len(j.reasons) > 0
}

// settle ends the running job, and packages that wait, if their time has come;
// the caller holds mu.
func (s *Simulator) settle(now time.Time) {
	if j := s.active; j != nil && !j.never && !now.Before(j.begin.Add(j.length)) {
		s.endJob(j, j.begin.Add(j.length))
	}
	if s.opts.ArchiveLife <= 0 {
		return
	}
	for _, a := range s.archives {
		if end := a.kept.Add(s.opts.ArchiveLife); !a.gone() && !now.Before(end) {
			a.expired = end
		}
	}
}

// ExpireArchives ends the life of all packages that wait for their download.
func (s *Simulator) ExpireArchives() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	for _, a := range s.archives {
		if !a.gone() {
			a.expired = now
		}
	}
}

// endJob does the work of a job; the caller holds mu.
func (s *Simulator) endJob(j *job, end time.Time) {
	s.active = nil
	j.ended, j.end = true, end
	if j.reasons = j.ordered; len(j.reasons) == 0 {
		j.reasons = j.work(end)
	}
	if len(j.reasons) > maxReasons {
		j.reasons = j.reasons[:maxReasons]
	}
	for i := range j.reasons {
		r := &j.reasons[i]
		r.ResourceName, r.ErrorMsg = cutText(r.ResourceName), cutText(r.ErrorMsg)
	}
}

// FinishJobs ends the running job and the CSA imports under way now, also those
// that a fault keeps running.
func (s *Simulator) FinishJobs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active != nil {
		s.endJob(s.active, time.Now())
	}
	close(s.finish)
	s.finish = make(chan struct{})
}

// startJob answers a starting request: one import, export or delete job of
// the user at a time, whatever the instance.
func (s *Simulator) startJob(c *call, prepare func(now time.Time) *job) {
	if f := s.addJob(c, prepare); f != nil {
		c.fail(f)
		return
	}
	c.json(http.StatusOK, map[string]string{"job_id": c.entry.JobID})
}

func (s *Simulator) addJob(c *call, prepare func(now time.Time) *job) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	if s.active != nil {
		return s.busy()
	}
	j := prepare(now)
	j.id, j.kind, j.inst = randomHex(16), c.entry.Kind, c.instance
	j.subject, j.begin, j.length = c.entry, now, s.opts.JobTime
	c.entry.JobID = j.id
	forgotten := false
	for _, fault := range s.takeViews(c) {
		switch fault.Do {
		case doFailJob:
			j.ordered = fault.failReasons(s)
		case doNeverEnd:
			j.never = true
		case doJobTime:
			j.length = time.Duration(fault.JobTimeMS) * time.Millisecond
		case doForgetJob:
			forgotten = true
		default:
			j.views = append(j.views, fault)
		}
	}
	if !forgotten {
		s.jobs = append(s.jobs, j)
		s.active = j
	}
	return nil
}

func (s *Simulator) busy() *failure {
	return s.refuse(http.StatusBadRequest, codeBusy, "An asset management task is already running for the user")
}

// showJob is CheckAssetJobStatus.
func (s *Simulator) showJob(c *call) {
	body, f := s.lookAtJob(c)
	if f != nil {
		c.fail(f)
		return
	}
	c.json(http.StatusOK, body)
}

func (s *Simulator) lookAtJob(c *call) (map[string]any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.settle(now)
	id := c.params["id"]
	c.entry.JobID = id
	unknown := s.refuse(http.StatusNotFound, codeInvalid, "The asset job %s does not exist", id)
	j := find(s.jobs, func(j *job) bool { return j.id == id && j.inst == c.instance })
	if j == nil {
		return nil, unknown
	}
	views := s.takeViews(c)
	for _, fault := range views {
		if fault.Do == doForgetJob {
			s.forget(j)
			return nil, unknown
		}
	}
	if j.archive != nil && !j.archive.gone() {
		c.entry.ArchiveID = j.archive.id
	}
	return s.viewJob(j, now, slices.Concat(j.views, views)), nil
}

// forget removes a job. A running one ends without effect and its user is
// free to start another.
func (s *Simulator) forget(j *job) {
	if s.active == j {
		s.active = nil
	}
	for i, known := range s.jobs {
		if known == j {
			s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
			return
		}
	}
}

// cutText keeps a text of a reason within the documented length.
func cutText(text string) string {
	if runes := []rune(text); len(runes) > maxReasonText {
		return string(runes[:maxReasonText])
	}
	return text
}
