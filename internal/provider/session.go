package provider

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// session is what the resources of one configured provider share while one
// process of Terraform lives. Nothing of it survives from plan to apply.
type session struct {
	roma romaSettings
	csa  csaSettings
	// queues has the turns of each platform's jobs.
	queues map[string]*asset.Queue

	// fetching makes downloads of data sources wait for each other: two of
	// them may name one path.
	fetching sync.Mutex

	mu         sync.Mutex
	unfinished []unfinished
	// anew are the requests of the Creates that found nothing to take.
	anew    []wanted
	written map[string]bool
	// planned has the request of the export that each path was planned for,
	// and running the jobs that Read found unfinished.
	planned map[string]string
	running []unfinished
}

// wanted is what a Create looks for: the request, and the content digest of
// the archive that an import would send, if there is one.
type wanted struct {
	request request
	content string
}

func newSession(romaBlock romaSettings, csaBlock csaSettings) *session {
	s := &session{roma: romaBlock, csa: csaBlock, queues: map[string]*asset.Queue{}, written: map[string]bool{}, planned: map[string]string{}}
	s.roma.connect = sync.OnceValues(func() (*roma.Client, error) { return roma.New(s.roma.config) })
	s.csa.connect = sync.OnceValues(func() (*csa.Client, error) { return csa.New(s.csa.config) })
	for _, name := range platformNames {
		s.queues[name] = new(asset.Queue)
	}
	return s
}

// release keeps an unfinished job for the Create that may follow its Delete:
// Terraform deletes an interrupted, hence tainted, resource and creates it
// anew in one process.
func (s *session) release(ctx context.Context, v verb, u unfinished) diag.Diagnostics {
	tflog.Info(ctx, "interrupted "+v.noun+" is deleted, its job waits for a create", map[string]any{"job_id": u.Job})
	s.mu.Lock()
	s.unfinished = append(s.unfinished, u)
	s.mu.Unlock()
	if s.replacedBefore(u) {
		return diag.Diagnostics{replacedBeforeDelete(v, u.Job)}
	}
	return nil
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
	s.anew = append(s.anew, wanted{r, content})
	return nil
}

// replacedBefore says whether a Create with the same request ran already and
// found nothing to take: then the Delete that follows is most likely the
// second half of create_before_destroy.
func (s *session) replacedBefore(u unfinished) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.anew {
		if u.matches(w.request, w.content) {
			s.anew = append(s.anew[:i:i], s.anew[i+1:]...)
			return true
		}
	}
	return false
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

// claim reserves a path for the one export of this run that writes it.
func (s *session) claim(path string) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := absolute(path)
	first = !s.written[key]
	s.written[key] = true
	return first
}

// plans notes the path of a planned export. It is false if another export,
// one that asks for something else, was planned for the same path. One
// resource may be planned more than once.
func (s *session) plans(path string, r request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, asked := absolute(path), r.fingerprint()
	if other, taken := s.planned[key]; taken && other != asked {
		return false
	}
	s.planned[key] = asked
	return true
}

// sees notes a job that a state says is unfinished.
func (s *session) sees(u unfinished) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, u)
}

// continued says whether a planned request would continue such a job.
func (s *session) continued(r request, content string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.running, func(u unfinished) bool { return u.matches(r, content) })
}

// wrote says whether this run wrote, or is about to write, the file at path.
func (s *session) wrote(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written[absolute(path)]
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// logSettings says where requests will go and what they will be authorised
// with, by its kind.
func logSettings(ctx context.Context, romaBlock romaSettings, csaBlock csaSettings) {
	if c := romaBlock.config; romaBlock.configured {
		fields := map[string]any{"endpoint": shownAddress(c.Endpoint), "auth_url": shownAddress(c.AuthURL), "credentials": romaBlock.from}
		if c.AssumeRole != nil {
			fields["agency"] = c.AssumeRole.AgencyName
		}
		tflog.Debug(ctx, "ROMA Connect is configured", fields)
	}
	if csaBlock.configured {
		tflog.Debug(ctx, "CSA is configured", map[string]any{"endpoint": shownAddress(csaBlock.config.Endpoint)})
	}
}

// shownAddress is an address that was not checked yet, without what may be a
// secret in it.
func shownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "unusable"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// logLine passes a line of the HTTP client to Terraform's log, where
// TF_LOG=DEBUG shows it. The client writes no header, no body and no query.
func logLine(ctx context.Context, msg string, fields map[string]any) {
	tflog.Debug(ctx, msg, fields)
}
