package jobrun

import (
	"testing"
)

// Terraform deletes and creates resources in any order. What one of them does
// must not cost another its job.
func TestHandOver(t *testing.T) {
	t.Parallel()
	first := Spec{Kind: "import", Platform: "roma", Instance: "i", Options: "Merge", Source: "a.zip"}
	second := first
	second.Source = "b.zip"
	left := func(r Spec, job, content string) Pending {
		return Pending{Fingerprint: r.Fingerprint(), Job: job, Source: r.Source, ContentDigest: content}
	}
	release := func(h *Handover, p Pending) (tooLate bool) {
		return h.Release(p, false)
	}
	taken := func(h *Handover, r Spec, content string) string {
		if p := h.Take(r, content); p != nil {
			return p.Job
		}
		return ""
	}

	t.Run("one after another", func(t *testing.T) {
		t.Parallel()
		h := new(Handover)
		for _, each := range []struct {
			Spec
			job, content string
		}{{first, "job-a", "digest-a"}, {second, "job-b", "digest-b"}} {
			if release(h, left(each.Spec, each.job, each.content)) {
				t.Errorf("%s: taken for create_before_destroy", each.job)
			}
			if got := taken(h, each.Spec, each.content); got != each.job {
				t.Errorf("took %q, want %q", got, each.job)
			}
		}
	})
	t.Run("a new one with the same options first", func(t *testing.T) {
		t.Parallel()
		h := new(Handover)
		if got := taken(h, first, "digest-a"); got != "" {
			t.Errorf("took %q", got)
		}
		if release(h, left(second, "job-b", "digest-b")) {
			t.Error("taken for create_before_destroy")
		}
		if got := taken(h, second, "digest-b"); got != "job-b" {
			t.Errorf("took %q", got)
		}
	})
	t.Run("many that were created, have ended and are gone", func(t *testing.T) {
		t.Parallel()
		h := new(Handover)
		for range 100 {
			taken(h, first, "digest-a")
			h.Started(first, "digest-a", "job-a")
			h.Ended("job-a")
		}
		if len(h.anew) != 0 {
			t.Errorf("%d of them are remembered", len(h.anew))
		}
		if release(h, left(first, "job-b", "digest-a")) {
			t.Error("taken for create_before_destroy")
		}
	})
	t.Run("create before destroy", func(t *testing.T) {
		t.Parallel()
		h := new(Handover)
		taken(h, first, "digest-a")
		if !release(h, left(first, "job-a", "digest-a")) {
			t.Error("no warning")
		}
		if got := h.Waiting(); len(got) != 1 || got[0] != "job-a" {
			t.Errorf("waiting are %q", got)
		}
	})
	t.Run("each job is taken once", func(t *testing.T) {
		t.Parallel()
		h := new(Handover)
		release(h, left(first, "job-a", "digest-a"))
		if taken(h, first, "") != "job-a" || taken(h, first, "") != "" {
			t.Error("not taken, or taken twice")
		}
	})
	t.Run("content, or the source where there is no file", func(t *testing.T) {
		t.Parallel()
		for _, row := range []struct {
			Spec
			content, want string
		}{
			{first, "digest-a", "job-a"},
			{second, "digest-a", "job-a"},
			{first, "", "job-a"},
			{second, "", ""},
			{first, "digest-b", ""},
		} {
			h := new(Handover)
			release(h, left(first, "job-a", "digest-a"))
			if got := taken(h, row.Spec, row.content); got != row.want {
				t.Errorf("%s with content %q took %q, want %q", row.Source, row.content, got, row.want)
			}
		}
	})
}
