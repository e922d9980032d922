package year_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// books compare what the server did with what was asked for.
type books struct {
	mu sync.Mutex
	// again counts the exports that the provider said it ran again, in this night; errors are those that
	// were said.
	again  int
	errors []string
	// exports and imports are those of the year.
	exports, imports, logins int
}

// hears notes what a run said.
func (b *books) hears(said string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.again += strings.Count(said, "Warning: Download broke, exporting again") + strings.Count(said, " starts again\n")
	if failed(said) {
		b.errors = append(b.errors, said)
	}
}

// check closes the books of a night.
func (b *books) check(y *year, n int, w weather) {
	b.mu.Lock()
	defer b.mu.Unlock()
	log := y.sim.Requests()
	b.jobs(y, n, log)
	b.credentials(y, n, w, log)
	if len(b.errors) > 0 && !w.fails {
		y.t.Errorf("night %d: %d runs failed, the first one with: %s", n, len(b.errors), b.errors[0])
	}
	b.again, b.errors = 0, nil
	y.sim.ClearFaults()
}

// jobs: each application was exported and imported once, each job was waited for to its end, and each
// archive is where it belongs.
func (b *books) jobs(y *year, n int, log []simulator.Request) {
	started := map[string]simulator.Request{}
	imports, exports := 0, 0
	for _, r := range log {
		if r.JobID == "" || r.Kind != "export" && r.Kind != "import" {
			continue
		}
		started[r.JobID] = r
		if r.Kind == "export" {
			exports++
		} else {
			imports++
		}
	}
	if exports != apps+b.again || imports != apps {
		y.t.Errorf("night %d: %d exports and %d imports of %d applications, %d exports were to run again", n, exports, imports, apps, b.again)
	}
	b.exports += exports - b.again
	b.imports += imports
	state := y.sim.State()
	for name, in := range state.Instances {
		if in.Jobs["export running"]+in.Jobs["import running"]+in.Jobs["export failed"]+in.Jobs["import failed"]+in.Archives > 0 {
			y.t.Errorf("night %d: on %s are %v, and %d archives wait", n, name, in.Jobs, in.Archives)
		}
	}
	if got := state.Instances["prod"].Jobs["import succeeded"]; got != b.imports {
		y.t.Errorf("night %d: %d imports have succeeded, want %d", n, got, b.imports)
	}
	for _, a := range y.apps {
		exported := started[a.process.text(a.exported, "job_id")]
		imported := started[a.process.text(a.imported, "job_id")]
		sum := a.process.text(a.exported, "archive.sha256")
		switch {
		case exported.Kind != "export" || len(exported.Apps) != 1 || exported.Apps[0] != a.name || a.process.text(a.exported, "status") != "SUCCEEDED":
			y.t.Errorf("night %d: %s was exported by %+v", n, a.name, exported)
		case imported.Kind != "import" || imported.Upload == nil || imported.Upload.SHA256 != sum || a.process.text(a.imported, "status") != "SUCCEEDED":
			y.t.Errorf("night %d: %s, whose archive is %s, was imported by %+v", n, a.name, sum, imported)
		case sum != y.sumOf(a, n):
			y.t.Errorf("night %d: the archive of %s is not where it belongs", n, a.name)
		}
	}
}

func (y *year) sumOf(a *app, n int) string {
	path := a.path(y, n)
	var data []byte
	var err error
	if key, ok := strings.CutPrefix(path, "obs://"+y.info.OBS.Bucket+"/"); ok {
		data, err = y.sim.Object("obs", y.info.OBS.Bucket, key, "")
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return err.Error()
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// credentials: as many were asked for as the documents' lives tell, and none was refused that a renewal
// in time would have replaced.
func (b *books) credentials(y *year, n int, w weather, log []simulator.Request) {
	kinds := []string{"login", "oidc", "temporary_keys", "metadata_key"}
	asked := map[string]map[string][]time.Time{}
	for _, r := range log {
		m := y.models[r.UserAgent]
		if m == nil {
			continue
		}
		m.sees(r)
		if asked[r.UserAgent] == nil {
			asked[r.UserAgent] = map[string][]time.Time{}
		}
		asked[r.UserAgent][r.Kind] = append(asked[r.UserAgent][r.Kind], r.Time)
		if r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden {
			if !refuses(n) {
				y.t.Errorf("night %d: refused: %+v", n, r)
			}
		}
	}
	for agent, m := range y.models {
		for _, kind := range kinds {
			got, want := asked[agent][kind], m.due[kind]
			// As long as the server is away, nobody can be asked in time.
			if len(got) != len(want) || w.down == 0 && !slices.EqualFunc(got, want, time.Time.Equal) {
				y.t.Errorf("night %d: %s asked with %s at %v, want %v", n, agent, kind, got, want)
			}
			b.logins += len(got)
		}
		m.due = nil
	}
}
