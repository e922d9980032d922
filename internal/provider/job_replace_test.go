package provider_test

import (
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestSeveralInterruptedCreates: three resources are interrupted, two of them
// with equal options. One at a time, so that a Delete comes after a Create.
func TestSeveralInterruptedCreates(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"one at a time": {"-parallelism=1"}, "together": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, exportBlock("a"), exportBlock("b"), importBlock("c"), importBlock("d", `depends_on = [asset_import.c]`), importBlock("e"))
			jobs := map[string]string{}
			for _, file := range []string{"c", "d", "e"} {
				s.write(file+".zip", pack(t, "app-"+file))
			}
			leave := func(kind, address string) {
				t.Helper()
				s.leave(kind, "-target="+address)
				ended(s)
			}
			leave("export", "asset_export.a")
			leave("export", "asset_export.b")
			leave("import", "asset_import.c")
			leave("import", "asset_import.e")
			addresses := []string{"asset_export.a", "asset_export.b", "asset_import.c", "asset_import.e"}
			for _, address := range addresses {
				jobs[address] = s.job(address, "RUNNING", true)
			}
			expectCounts(t, s.server, "export 2, import 2, download 0")
			s.apply(0, args...)
			expectCounts(t, s.server, "export 2, import 3, download 2")
			for _, address := range addresses {
				if got := s.job(address, "SUCCEEDED", false); got != jobs[address] && !strings.HasPrefix(address, "asset_export") {
					t.Errorf("%s has job %s, want %s", address, got, jobs[address])
				}
			}
			s.plan(false)
		})
	}
}

const createFirst = `lifecycle { create_before_destroy = true }`

// TestCreateBeforeDestroy: Create comes before Delete, so that there is no
// hand-over, also where a dependent asks for that order. The run waits for
// the job and starts another; untaint lets it continue the job instead.
func TestCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	for name, blocks := range map[string]string{
		"own":       exportBlock("x", createFirst),
		"inherited": exportBlock("x") + "resource \"terraform_data\" \"after\" {\n  input = asset_export.x.job_id\n  " + createFirst + "\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, blocks)
			wants(t, s.leave("export"), "create_before_destroy", "terraform untaint")
			first := s.job("asset_export.x", "RUNNING", true)
			r := s.begin()
			s.requested("export", 2)
			ended(s)
			wants(t, s.ends(r, 0), "Export job was not continued", first, "terraform untaint")
			if s.job("asset_export.x", "SUCCEEDED", false) == first {
				t.Error("the job was continued")
			}
			if n := s.started("export"); n != 2 {
				t.Errorf("%d exports were started, want 2", n)
			}
		})
		t.Run(name+", untainted", func(t *testing.T) {
			t.Parallel()
			s := newSite(t, simulator.Options{}, blocks)
			s.leave("export")
			ended(s)
			first := s.job("asset_export.x", "RUNNING", true)
			lacks(t, untainted(s), "was not continued")
			if s.job("asset_export.x", "SUCCEEDED", false) != first {
				t.Error("the job was not continued")
			}
			expectCounts(t, s.server, "export 1, download 1")
		})
	}
}

// TestPreventDestroy: Terraform refuses to replace the tainted resource, and
// the messages say what helps.
func TestPreventDestroy(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportBlock("x", `lifecycle { prevent_destroy = true }`))
	wants(t, s.leave("export"), "prevent_destroy", "terraform untaint")
	ended(s)
	first := s.job("asset_export.x", "RUNNING", true)
	// OpenTofu calls it a resource instance.
	wants(t, s.apply(1), "nstance cannot be destroyed", "prevent_destroy run `terraform untaint` on the resource first")
	untainted(s)
	if s.job("asset_export.x", "SUCCEEDED", false) != first {
		t.Error("the job was not continued")
	}
	expectCounts(t, s.server, "export 1, download 1")
}
