package doctor

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	zebra  = "6d0c7a55-90fe-4a61-8f0b-6d1f1b7f3c01"
	design = "8a8187814db77a97014db92d6ed90282"
	jobFor = 250 * time.Millisecond
)

// assets have names that no text of the doctor has.
func assets() *simulator.Assets {
	all := simulator.DefaultAssets()
	all.Instances = map[string]simulator.InstanceAssets{
		"dev": {
			Apps: []simulator.App{
				{ID: zebra, Name: "zebra-intake", Remark: "stripes of Grevy"},
				{ID: "6d0c7a55-90fe-4a61-8f0b-6d1f1b7f3c02", Name: "okapi"},
			},
			Tasks: []simulator.Task{{ID: "6d0c7a55-90fe-4a61-8f0b-6d1f1b7f3c03", Name: "giraffe_sync"}},
		},
		"prod": {},
	}
	return all
}

// rig is a run against a simulator, or against a server of the test.
type rig struct {
	sim  *simulator.Simulator
	info simulator.Info
	env  map[string]string
	o    Options

	printed string
	report  report
	raw     []byte
}

func newRig(t *testing.T, opts simulator.Options) *rig {
	t.Helper()
	if opts.Assets == nil {
		opts.Assets = assets()
	}
	if opts.JobTime == 0 {
		opts.JobTime = jobFor
	}
	sim, err := simulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	r := &rig{sim: sim, info: sim.Info(server.URL)}
	r.at(server.URL)
	return r
}

// at points the settings to an address.
func (r *rig) at(address string) {
	r.env = map[string]string{
		"HW_REGION_NAME": r.info.ROMA.Region, "HW_MAX_RETRIES": "0", "CSA_MAX_RETRIES": "0",
		"ROMA_ENDPOINT": address, "HW_AUTH_URL": address + "/v3", "ROMA_INSTANCE_ID": r.info.ROMA.Instances["dev"],
		"HW_ACCESS_KEY": r.info.ROMA.AccessKey, "HW_SECRET_KEY": r.info.ROMA.SecretKey,
		"CSA_ENDPOINT": address + "/dev", "CSA_USERNAME": r.info.CSA["dev"].Username, "CSA_PASSWORD": r.info.CSA["dev"].Password,
		"CSA_TO_USERNAME": r.info.CSA["prod"].Username, "CSA_TO_PASSWORD": r.info.CSA["prod"].Password,
	}
	r.o = Options{Gap: 5 * time.Millisecond, StepTime: 10 * time.Second, JobTime: 10 * time.Second}
}

func (r *rig) prod() string { return r.info.ROMA.Instances["prod"] }

// run runs the doctor with a report, and types an answer.
func (r *rig) run(t *testing.T, typed string) int {
	t.Helper()
	var out bytes.Buffer
	r.o.Getenv = func(name string) string { return r.env[name] }
	r.o.In, r.o.Out = strings.NewReader(typed), &out
	r.o.Report = filepath.Join(t.TempDir(), "report.json")
	status := Run(t.Context(), r.o)
	r.printed = out.String()
	r.read(t)
	return status
}

func (r *rig) read(t *testing.T) {
	t.Helper()
	var err error
	if r.raw, err = os.ReadFile(r.o.Report); err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(r.raw))
	decoder.DisallowUnknownFields()
	r.report = report{}
	if err := decoder.Decode(&r.report); err != nil {
		t.Fatal(err)
	}
}

// differs lists the facts that differ, each once.
func (r *rig) differs() []string {
	ids := map[string]bool{}
	for _, f := range r.report.Facts {
		if f.Verdict == Differs {
			ids[f.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// fact is the first with that id that was seen, or else the first.
func (r *rig) fact(t *testing.T, id string) reportedFact {
	t.Helper()
	var first *reportedFact
	for i, f := range r.report.Facts {
		if f.ID != id {
			continue
		}
		if f.Verdict != Unseen {
			return f
		}
		if first == nil {
			first = &r.report.Facts[i]
		}
	}
	if first == nil {
		t.Fatalf("no fact %s in\n%s", id, r.printed)
	}
	return *first
}

// sent counts requests of a kind in the simulator's log.
func (r *rig) sent(kind string) int {
	n := 0
	for _, request := range r.sim.Requests() {
		if request.Kind == kind {
			n++
		}
	}
	return n
}

// serve points a rig to a server of the test.
func serve(t *testing.T, handler http.HandlerFunc) *rig {
	t.Helper()
	r := newRig(t, simulator.Options{})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	r.at(server.URL)
	r.env["HW_PROJECT_ID"] = r.info.ROMA.ProjectID
	return r
}
