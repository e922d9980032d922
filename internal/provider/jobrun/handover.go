package jobrun

import (
	"slices"
	"sync"
)

// Handover is what one process remembers of jobs that nobody saw end: Terraform deletes an interrupted,
// hence tainted, resource and creates it anew in one process. What is remembered of a plan or an apply ends
// with it. The zero value is empty.
type Handover struct {
	mu sync.Mutex
	// released are the jobs of deleted resources that no Create took yet.
	released []Pending
	// anew are the Creates that found nothing to take.
	anew []wanted
	// running are the jobs that a plan found unfinished in a state.
	running []Pending
}

// wanted is what a Create looked for: the spec, and the content digest of the archive that an import would
// send, if there is one.
type wanted struct {
	spec    Spec
	content string
	// job is what it started then.
	job string
}

// Release ends the job of a deleted resource, or keeps it for the Create that follows. tooLate says that a
// Create with the same spec ran already and found nothing to take: then this Delete is most likely the
// second half of create_before_destroy.
func (h *Handover) Release(p Pending, destroyed bool) (tooLate bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(p.Job)
	if !destroyed {
		h.released = append(h.released, p)
	}
	i := slices.IndexFunc(h.anew, func(w wanted) bool { return w.job != p.Job && p.Matches(w.spec, w.content) })
	if i < 0 {
		return false
	}
	h.anew = slices.Delete(h.anew, i, i+1)
	return true
}

// Take returns the job that an interrupted resource with the same spec
// started, if there is one, and gives it to nobody else.
func (h *Handover) Take(s Spec, content string) *Pending {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, p := range h.released {
		if p.Matches(s, content) {
			h.released = slices.Delete(h.released, i, i+1)
			return &p
		}
	}
	h.anew = append(h.anew, wanted{spec: s, content: content})
	return nil
}

// Started notes the job of a Create that found nothing to take.
func (h *Handover) Started(s Spec, content, job string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, w := range h.anew {
		if w.job == "" && w.content == content && w.spec.Fingerprint() == s.Fingerprint() && w.spec.Source == s.Source {
			h.anew[i].job = job
			return
		}
	}
}

// Waiting are the jobs that were handed over and that no Create took yet.
func (h *Handover) Waiting() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	jobs := make([]string, 0, len(h.released))
	for _, p := range h.released {
		jobs = append(jobs, p.Job)
	}
	return jobs
}

// Sees notes a job that a state says is unfinished. Only a plan reads states,
// so what an apply before knew of this job is over.
func (h *Handover) Sees(p Pending) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(p.Job)
	h.anew = slices.DeleteFunc(h.anew, func(w wanted) bool { return p.Matches(w.spec, w.content) })
	h.running = append(h.running, p)
}

// Ended ends what is known of a job whose resource is deleted after it has ended. One process may create and
// destroy many.
func (h *Handover) Ended(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.anew = slices.DeleteFunc(h.anew, func(w wanted) bool { return w.job == id })
}

// Forget ends what is known of a job.
func (h *Handover) Forget(p Pending) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forget(p.Job)
}

func (h *Handover) forget(id string) {
	same := func(p Pending) bool { return p.Job == id }
	h.running = slices.DeleteFunc(h.running, same)
	h.released = slices.DeleteFunc(h.released, same)
}

// Continues says whether a run with this spec would continue such a job.
func (h *Handover) Continues(s Spec, content string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	matches := func(p Pending) bool { return p.Matches(s, content) }
	return slices.ContainsFunc(h.running, matches) || slices.ContainsFunc(h.released, matches)
}
