package provider

import (
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
)

// Terraform deletes and creates resources in any order. What one of them does
// must not cost another its job.
func TestHandOver(t *testing.T) {
	t.Parallel()
	first := request{Kind: "import", Platform: "roma", Instance: "i", Options: "Merge", Source: "a.zip"}
	second := first
	second.Source = "b.zip"
	left := func(r request, job, content string) unfinished {
		return unfinished{Fingerprint: r.fingerprint(), Job: job, Source: r.Source, ContentDigest: content}
	}
	release := func(s *session, u unfinished) (warned bool) {
		return len(s.release(t.Context(), message.Import, u, mark{Next: followsCreate})) > 0
	}
	taken := func(s *session, r request, content string) string {
		if u := s.take(r, content); u != nil {
			return u.Job
		}
		return ""
	}

	t.Run("one after another", func(t *testing.T) {
		t.Parallel()
		s := unconfigured(t)
		for _, each := range []struct {
			request
			job, content string
		}{{first, "job-a", "digest-a"}, {second, "job-b", "digest-b"}} {
			if release(s, left(each.request, each.job, each.content)) {
				t.Errorf("%s: taken for create_before_destroy", each.job)
			}
			if got := taken(s, each.request, each.content); got != each.job {
				t.Errorf("took %q, want %q", got, each.job)
			}
		}
	})
	t.Run("a new one with the same options first", func(t *testing.T) {
		t.Parallel()
		s := unconfigured(t)
		if got := taken(s, first, "digest-a"); got != "" {
			t.Errorf("took %q", got)
		}
		if release(s, left(second, "job-b", "digest-b")) {
			t.Error("taken for create_before_destroy")
		}
		if got := taken(s, second, "digest-b"); got != "job-b" {
			t.Errorf("took %q", got)
		}
	})
	t.Run("create before destroy", func(t *testing.T) {
		t.Parallel()
		s := unconfigured(t)
		taken(s, first, "digest-a")
		if !release(s, left(first, "job-a", "digest-a")) {
			t.Error("no warning")
		}
		if got := s.orphans(); len(got) != 1 || got[0] != "job-a" {
			t.Errorf("orphans %q", got)
		}
	})
	t.Run("each job is taken once", func(t *testing.T) {
		t.Parallel()
		s := unconfigured(t)
		release(s, left(first, "job-a", "digest-a"))
		if taken(s, first, "") != "job-a" || taken(s, first, "") != "" {
			t.Error("not taken, or taken twice")
		}
	})
	t.Run("content, or the source where there is no file", func(t *testing.T) {
		t.Parallel()
		for _, row := range []struct {
			request
			content, want string
		}{
			{first, "digest-a", "job-a"},
			{second, "digest-a", "job-a"},
			{first, "", "job-a"},
			{second, "", ""},
			{first, "digest-b", ""},
		} {
			s := unconfigured(t)
			release(s, left(first, "job-a", "digest-a"))
			if got := taken(s, row.request, row.content); got != row.want {
				t.Errorf("%s with content %q took %q, want %q", row.Source, row.content, got, row.want)
			}
		}
	})
}
