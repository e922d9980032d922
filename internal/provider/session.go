package provider

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
)

// session is what the resources of one configured provider share while one
// process of Terraform lives. Nothing of it survives from plan to apply.
type session struct {
	roma  romaSettings
	queue asset.Queue

	mu         sync.Mutex
	unfinished []unfinished
	created    map[string]bool
	written    map[string]bool
}

func newSession(roma romaSettings) *session {
	return &session{roma: roma, created: map[string]bool{}, written: map[string]bool{}}
}

// handOver keeps a job for the Create that follows a Delete: Terraform
// deletes an interrupted, hence tainted, resource and creates it anew in one
// process.
func (s *session) handOver(u unfinished) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unfinished = append(s.unfinished, u)
}

// take returns the job that an interrupted resource with the same request
// started, if there is one, and gives it to nobody else.
func (s *session) take(r request, content string) *unfinished {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.created[r.fingerprint()] = true
	for i, u := range s.unfinished {
		if u.matches(r, content) {
			s.unfinished = append(s.unfinished[:i:i], s.unfinished[i+1:]...)
			return &u
		}
	}
	return nil
}

// replacedBefore says whether a Create with the same request ran already:
// then the Delete that follows is the second half of create_before_destroy.
func (s *session) replacedBefore(u unfinished) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.created[u.Fingerprint]
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

// logLine passes a line of the HTTP client to Terraform's log. The client
// writes no header, no body and no query.
func logLine(ctx context.Context, level, msg string, fields map[string]any) {
	switch level {
	case "info":
		tflog.Info(ctx, msg, fields)
	case "warn":
		tflog.Warn(ctx, msg, fields)
	default:
		tflog.Debug(ctx, msg, fields)
	}
}
