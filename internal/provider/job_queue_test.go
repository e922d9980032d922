package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestQueue: ten jobs of one provider run one after another, without a refusal.
func TestQueue(t *testing.T) {
	t.Parallel()
	const each = 5
	var blocks []string
	for i := range each {
		blocks = append(blocks, exportBlock(fmt.Sprintf("e%d", i)), importBlock(fmt.Sprintf("i%d", i)))
	}
	s := newSite(t, simulator.Options{JobTime: 200 * time.Millisecond}, blocks...)
	for i := range each {
		name := fmt.Sprintf("i%d", i)
		s.write(name+".zip", pack(t, "app-"+name))
	}
	s.apply(0)
	expectCounts(t, s.server, fmt.Sprintf("export %d, import %d, download %d", each, each, each))
	for _, r := range s.server.Simulator.Requests() {
		if (r.Kind == "export" || r.Kind == "import") && r.Status != 200 {
			t.Errorf("request %d, %s: status %d", r.Seq, r.Kind, r.Status)
		}
	}
	if apps := s.server.Simulator.State().Instances["prod"].Apps; len(apps) != each {
		t.Errorf("prod has %v", apps)
	}
}

// TestBusy: a job that is not the provider's own is waited out, in gaps that
// grow, whichever numbering the refusal has, until the timeout.
func TestBusy(t *testing.T) {
	t.Parallel()
	for _, vocabulary := range []simulator.Vocabulary{simulator.Current, simulator.Vocabulary2022} {
		t.Run(string(vocabulary), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{Vocabulary: vocabulary}, exportBlock("x"))
			order(t, s.server, simulator.Fault{On: "export", Do: "busy", Times: 3})
			s.apply(0)
			expectCounts(t, s.server, "export 4, download 1")
			var last, gap time.Duration
			var before time.Time
			for _, r := range s.server.Simulator.Requests() {
				if r.Kind != "export" {
					continue
				}
				if !before.IsZero() {
					gap = r.Time.Sub(before)
				}
				// The jitter is a tenth, the growth a half.
				if gap < last+last/10 {
					t.Errorf("a gap of %s came after one of %s", gap, last)
				}
				before, last = r.Time, gap
			}
		})
	}
}

// TestBusyForEver: the timeout ends the wait for somebody else's job, and its
// text says what the time was spent on.
func TestBusyForEver(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x"))
	order(t, s.server, simulator.Fault{On: "export", Do: "busy", Times: -1})
	s.setenv("TF_VAR_limit=2s")
	wants(t, s.apply(1), "Another asset job is running", "The export waited 2s for it", "within the timeout of 2s", "An asset management task is already running for the user",
		"Error code: ROMA.10012", "raise timeouts")
	if s.found("asset_export.x") != nil {
		t.Error("something is in the state")
	}
}

// TestTimeoutBeginsAtTheHead: each of four jobs has a timeout from the head of
// the queue, although the last one waits longer than that.
func TestTimeoutBeginsAtTheHead(t *testing.T) {
	t.Parallel()
	// Each job has two seconds to spare on a busy machine; all together take
	// longer than one may.
	const limit = 3 * time.Second
	s := newSite(t, simulator.Options{JobTime: limit * 4 / 15}, exportBlock("a"), exportBlock("b"), exportBlock("c"), exportBlock("d"))
	s.setenv("TF_VAR_limit=" + limit.String())
	begin := time.Now()
	s.apply(0)
	if took := time.Since(begin); took < limit {
		t.Errorf("four jobs took %s: the test shows nothing", took)
	}
	expectCounts(t, s.server, "export 4, download 4")
}

// TestTwoProviders: each alias is a process with a queue of its own, and the
// server refuses what they do at the same time.
func TestTwoProviders(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{JobTime: 700 * time.Millisecond}, exportBlock("a"), exportBlock("b", "provider = asset.other"), `
provider "asset" {
  alias = "other"
  roma  = { instance_id = var.dev_instance }
}
`)
	s.apply(0)
	if n := s.started("export"); n != 2 {
		t.Errorf("%d exports were started, want 2", n)
	}
	if s.count("export") == 2 {
		t.Log("the two never met")
	}
	if got := counts(s.server, "download"); !strings.HasSuffix(got, " 2") {
		t.Error(got)
	}
}
