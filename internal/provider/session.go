package provider

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
)

// session is what the resources of one configured provider share. Usually a
// process serves one plan or one apply. One of terraform test serves many: what
// is remembered of one of them ends with it.
type session struct {
	// kinds and platforms are what is known, and what is configured.
	kinds     platform.Kinds
	platforms platform.List
	// obs and s3 are the stores for archives.
	obs, s3 *storeSettings

	// fetching makes downloads of data sources wait for each other: two of
	// them may name one path.
	fetching sync.Mutex

	mu         sync.Mutex
	unfinished []unfinished
	// anew are the requests of the Creates that found nothing to take.
	anew []wanted
	// running are the jobs that Read found unfinished.
	running []unfinished
	// paths has a lock of its own.
	paths *pathMemory
	// oneWalk: this process serves one plan or one apply and no more.
	oneWalk bool
}

// wanted is what a Create looks for: the request, and the content digest of
// the archive that an import would send, if there is one.
type wanted struct {
	request request
	content string
	// job is what it started then.
	job string
}

func newSession(kinds platform.Kinds, platforms platform.List) *session {
	return &session{kinds: kinds, platforms: platforms, paths: newPathMemory()}
}

// sessionOf is what Configure of the provider made; nil before that, as in terraform validate.
func sessionOf(data any, diags *diag.Diagnostics) *session {
	if data == nil {
		return nil
	}
	s, ok := data.(*session)
	if !ok {
		diags.Append(foreignProviderData(data))
	}
	return s
}

// release ends an unfinished job whose resource is deleted for good, or keeps it
// for the Create that follows: Terraform deletes an interrupted, hence tainted,
// resource and creates it anew in one process.
func (s *session) release(ctx context.Context, v message.Verb, u unfinished, next mark) diag.Diagnostics {
	s.forget(u)
	if next.destroys() {
		tflog.Info(ctx, "interrupted "+v.Noun+" is destroyed, its job goes on", map[string]any{"job_id": u.Job})
	} else {
		tflog.Info(ctx, "interrupted "+v.Noun+" is deleted, its job waits for a create", map[string]any{"job_id": u.Job})
		s.mu.Lock()
		s.unfinished = append(s.unfinished, u)
		s.mu.Unlock()
	}
	if s.replacedBefore(u) {
		return diag.Diagnostics{replacedBeforeDelete(v, u.Job)}
	}
	return nil
}

// releaseAll releases the job of a state that is unfinished, and that of an update of it.
func (s *session) releaseAll(ctx context.Context, v message.Verb, job jobModel, ofState, ofUpdate *unfinished, next mark) (diags diag.Diagnostics) {
	if job.running() {
		diags.Append(s.release(ctx, v, *ofState, next)...)
	}
	if ofUpdate != nil && ofUpdate.Job != "" {
		diags.Append(s.release(ctx, v, *ofUpdate, next)...)
	}
	return diags
}

// take returns the job that an interrupted resource with the same request
// started, if there is one, and gives it to nobody else.
func (s *session) take(r request, content string) *unfinished {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, u := range s.unfinished {
		if u.matches(r, content) {
			s.unfinished = append(s.unfinished[:i:i], s.unfinished[i+1:]...)
			return &u
		}
	}
	s.anew = append(s.anew, wanted{request: r, content: content})
	return nil
}

// replacedBefore says whether a Create with the same request ran already and
// found nothing to take: then the Delete that follows is most likely the
// second half of create_before_destroy.
func (s *session) replacedBefore(u unfinished) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.anew, replacing(u)); i >= 0 {
		s.anew = slices.Delete(s.anew, i, i+1)
		return true
	}
	return false
}

// started notes the job of a Create that found nothing to take.
func (s *session) started(r request, content, job string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.anew {
		if w.job == "" && w.content == content && w.request.fingerprint() == r.fingerprint() && w.request.Source == r.Source {
			s.anew[i].job = job
			return
		}
	}
}

// replacing finds a Create that asked for the same as u, and is not the one that started it.
func replacing(u unfinished) func(wanted) bool {
	return func(w wanted) bool { return w.job != u.Job && u.matches(w.request, w.content) }
}

// orphans are the jobs that were handed over and that no Create took yet.
func (s *session) orphans() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	jobs := make([]string, 0, len(s.unfinished))
	for _, u := range s.unfinished {
		jobs = append(jobs, u.Job)
	}
	return jobs
}

// sees notes a job that a state says is unfinished. Only a plan reads states,
// so what an apply before knew of this job is over.
func (s *session) sees(u unfinished) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetJob(u.Job)
	s.anew = slices.DeleteFunc(s.anew, func(w wanted) bool { return u.matches(w.request, w.content) })
	s.running = append(s.running, u)
}

// forget ends what is known of a job.
func (s *session) forget(u unfinished) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetJob(u.Job)
}

func (s *session) forgetJob(id string) {
	same := func(u unfinished) bool { return u.Job == id }
	s.running = slices.DeleteFunc(s.running, same)
	s.unfinished = slices.DeleteFunc(s.unfinished, same)
}

// continued says whether a planned request would continue such a job.
func (s *session) continued(r request, content string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	matches := func(u unfinished) bool { return u.matches(r, content) }
	return slices.ContainsFunc(s.running, matches) || slices.ContainsFunc(s.unfinished, matches)
}

// logLine passes a line of the HTTP client to Terraform's log, where
// TF_LOG=DEBUG shows it. The client writes no header, no body and no query.
func logLine(ctx context.Context, msg string, fields map[string]any) {
	tflog.Debug(ctx, msg, fields)
}

// aim sets the platform and the instance of a plan.
func (s *session) aim(o platform.Options, planned jobModel, prior *jobModel, diags *diag.Diagnostics) jobModel {
	var remembered platform.Target
	if prior != nil {
		remembered = platform.Target{Platform: prior.Platform, Instance: prior.Instance}
	}
	t, err := s.platforms.Target(o, remembered)
	if err != nil {
		diags.Append(s.kinds.NoTarget(err))
	}
	planned.Platform, planned.Instance = t.Platform, t.Instance
	return planned
}
