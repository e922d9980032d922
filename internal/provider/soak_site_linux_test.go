//go:build soak

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const soakConfig = providerSource + `variable "dev_instance" {}
variable "prod_instance" {}
variable "release" {}
variable "paths" { type = map(string) }
provider "asset" {
  roma = { instance_id = var.dev_instance, max_retries = 2 }
  obs  = { max_retries = 2 }
}
resource "asset_export" "it" {
  for_each = var.paths
  roma     = { apps = [each.key] }
  path     = each.value
  triggers = { release = var.release }
  timeouts = { create = "12s", update = "12s" }
}
resource "asset_import" "it" {
  for_each = var.paths
  source   = asset_export.it[each.key].archive.path
  roma     = { instance_id = var.prod_instance, type = "Merge" }
  timeouts = { create = "12s", update = "12s" }
}
`

// In one release, the first runs may be killed, and so many are disturbed. Then it has to come to its end.
const (
	soakKilled    = 6
	soakDisturbed = 9
	soakRuns      = 25
)

// soakSite is a configuration with its own servers, and its ledger.
type soakSite struct {
	*site

	random *rand.Rand
	sum    *tally
	books  ledger
	// releases are when each of them began.
	releases []time.Time
	runBegan time.Time
	// moved counts what was moved out of the way.
	moved int
	// again are the applications whose export has to be replaced.
	again map[string]bool
}

func newSoakSite(t *testing.T, seed, number uint64, sum *tally) *soakSite {
	t.Helper()
	server := serve(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": {}, "prod": {}}}})
	s := &soakSite{
		site: &site{workspace: newWorkspace(t, server, soakConfig), server: server}, sum: sum, again: map[string]bool{},
		random: rand.New(rand.NewPCG(seed, number)), books: ledger{states: map[string]bool{}, files: map[string]bool{}, objects: map[string]bool{}},
	}
	s.setenv(storeVariables(server)...)
	if info := server.Info.ROMA; s.random.IntN(2) == 0 {
		s.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)
	}
	for _, dir := range []string{"tmp", "aside"} {
		if err := os.Mkdir(s.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.setenv("TMPDIR=" + s.path("tmp"))
	return s
}

func soakApp(i int) string { return fmt.Sprintf("app-%02d", i) }

// place is where the archive of an application lies: every second one in the store.
func place(i, release int) string {
	if i%2 == 0 {
		return fmt.Sprintf("archives/%s.zip", soakApp(i))
	}
	return fmt.Sprintf("obs://%s/%s-%d.zip", storeBucket, soakApp(i), release)
}

// promote promotes all releases, and closes the ledger after each of them.
func (s *soakSite) promote() {
	s.t.Helper()
	for release := range soakReleases {
		s.begins(release)
		for run := 1; ; run++ {
			if run > soakDisturbed {
				s.server.Simulator.ClearFaults()
			}
			if run > soakRuns {
				s.t.Fatalf("release %d is not done after %d runs:\n%s", release, run-1, s.lastWords())
			}
			if s.runs(run <= soakKilled && s.random.Float64() < 0.9) {
				break
			}
		}
		s.server.Simulator.ClearFaults()
		sent := len(s.server.Simulator.Requests())
		s.plan(false)
		if more := s.server.Simulator.Requests()[sent:]; len(more) > 0 {
			s.t.Errorf("the last plan sent %+v", more)
		}
		s.closes(release)
		if s.t.Failed() {
			return
		}
	}
	for _, r := range s.server.Simulator.Requests() {
		for fault := range strings.SplitSeq(r.Fault, ",") {
			if fault != "" {
				s.sum.add("fault "+fault+", "+r.Platform, 1)
			}
		}
	}
}

// begins has a new release of each application on dev, and draws what will go wrong.
func (s *soakSite) begins(release int) {
	s.t.Helper()
	var apps []simulator.App
	var paths strings.Builder
	for i := range soakPairs {
		apps = append(apps, simulator.App{ID: soakApp(i), Name: "application " + soakApp(i), Remark: fmt.Sprint("release ", release), Size: 1000})
		fmt.Fprintf(&paths, "  %q = %q\n", soakApp(i), place(i, release))
	}
	if err := s.server.Simulator.Put("dev", apps, nil); err != nil {
		s.t.Fatal(err)
	}
	s.write("terraform.tfvars", fmt.Sprintf("release = \"%d\"\npaths = {\n%s}\n", release, &paths))
	s.releases = append(s.releases, time.Now())
	order(s.t, s.server, drawn(s.random, s.server.Info.Page)...)
}

// runs applies once, and says whether it ended well. A blow may come in between.
func (s *soakSite) runs(isStruck bool) bool {
	s.t.Helper()
	s.runBegan = time.Now()
	args := []string{"-json", "-parallelism=5"}
	for app := range s.again {
		args = append(args, fmt.Sprintf("-replace=asset_export.it[%q]", app))
	}
	clear(s.again)
	good, _ := os.ReadFile(s.path("terraform.tfstate"))
	b, r, over, struck := drawBlow(s.random), s.begin(args...), make(chan struct{}), make(chan bool, 1)
	go func() { struck <- isStruck && s.strikes(r, b, over) }()
	stop := s.finishing()
	end := r.wait(s.t, 5*time.Minute)
	close(over)
	stop()
	s.sum.add("runs", 1)
	if <-struck {
		s.sum.add("struck: "+b.victim+", "+b.moment, 1)
	}
	s.nobodyLeft()
	s.server.Simulator.FinishJobs()
	s.hears(r.out.String())
	s.keepsState(good)
	s.looks()
	if end.code != 0 {
		s.helps()
	}
	return end.code == 0
}

// finishing ends, now and then, the jobs that would never end.
func (s *soakSite) finishing() (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			case <-time.After(3 * time.Second):
				s.server.Simulator.FinishJobs()
			}
		}
	}()
	return func() {
		close(over)
		<-done
	}
}
