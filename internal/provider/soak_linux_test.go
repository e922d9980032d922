//go:build soak

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const soakConfig = providerSource + `variable "dev_instance" { type = string }
variable "prod_instance" { type = string }
variable "apps" { type = map(string) }
provider "asset" {
  roma = { instance_id = var.dev_instance }
}
resource "asset_export" "it" {
  for_each = var.apps
  roma     = { apps = [each.value] }
  path     = "archives/${each.key}.zip"
}
resource "asset_import" "it" {
  for_each = var.apps
  source   = asset_export.it[each.key].archive.path
  roma     = { instance_id = var.prod_instance, type = "Merge" }
}
`

// soakFaults disturb about one request in ten.
func soakFaults(seed uint64) []simulator.Fault {
	faults := []simulator.Fault{
		{On: "*", Do: "status", Status: 503, Probability: 0.02},
		{On: "*", Do: "status", Status: 429, Headers: map[string]string{"Retry-After": "1"}, Probability: 0.01},
		{On: "*", Do: "drop_before", Probability: 0.02},
		{On: "*", Do: "drop_after", Probability: 0.01},
		{On: "*", Do: "slow", DelayMS: 200, Probability: 0.02},
		{On: "job", Do: "raw_body", Body: html, ContentType: "text/html", Probability: 0.02},
		{On: "download", Do: "cut", Bytes: 100, Probability: 0.05},
		{On: "export", Do: "busy", Probability: 0.02},
		{On: "import", Do: "fail_job", Probability: 0.02},
	}
	for i := range faults {
		faults[i].Times = -1
		faults[i].Seed = seed + uint64(i)
	}
	return faults
}

// TestSoak promotes many small archives of one configuration while one request
// in ten is disturbed, applying until everything is done.
func TestSoak(t *testing.T) {
	t.Parallel()
	promotions := fromEnvironment(t, "SOAK_PROMOTIONS", 500)
	seed := uint64(fromEnvironment(t, "SOAK_SEED", int(rand.Uint32())))
	t.Logf("%d promotions, seed %d (SOAK_SEED=%d repeats the faults)", promotions, seed, seed)

	before := runtime.NumGoroutine()
	assets := &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": {}, "prod": {}}}
	dev := assets.Instances["dev"]
	var apps []string
	for i := range promotions {
		id := fmt.Sprintf("app-%04d", i)
		dev.Apps = append(dev.Apps, simulator.App{ID: id, Name: "application " + id})
		apps = append(apps, fmt.Sprintf("%q = %q", id, id))
	}
	assets.Instances["dev"] = dev
	server, err := simulator.Serve(t.Context(), "127.0.0.1:0", simulator.Options{Assets: assets})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, server, soakConfig)
	w.write("terraform.tfvars", "apps = {\n"+strings.Join(apps, "\n")+"\n}\n")
	order(t, server, soakFaults(seed)...)

	begin := time.Now()
	applies := 0
	for {
		applies++
		r := w.terraform("apply", "-auto-approve", "-parallelism=20")
		if strings.Contains(r.out, "Provider produced") || strings.Contains(r.out, "panic:") {
			t.Fatalf("the provider misbehaved:\n%s", r.out)
		}
		t.Logf("apply %d ended with %d after %s: %s", applies, r.code, time.Since(begin).Round(time.Second), counts(server, "export", "import", "download", "job"))
		if r.code == 0 {
			break
		}
		if applies == 50 {
			t.Fatalf("not done after %d applies:\n%s", applies, r.out)
		}
	}
	server.Simulator.ClearFaults()
	server.Simulator.ResetRequests()
	w.plan(false)
	if got := counts(server); got != "" {
		t.Errorf("the last plan sent requests: %s", got)
	}
	checkSoak(t, w, server, promotions)
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
	if left := peaksOfChildren(t, os.Getpid()); len(left) > 0 {
		t.Errorf("provider processes are left: %v", left)
	}
}

// checkSoak compares what is on prod, on disk and in the simulator's books.
func checkSoak(t *testing.T, w *workspace, server *simulator.Server, promotions int) {
	t.Helper()
	state := server.Simulator.State()
	dev, prod := state.Instances["dev"], state.Instances["prod"]
	if len(prod.Apps) != promotions {
		t.Errorf("%d applications on prod, want %d", len(prod.Apps), promotions)
	}
	exports, imports := dev.Jobs["export succeeded"], prod.Jobs["import succeeded"]
	served := len(server.Simulator.ServedArchives())
	t.Logf("exports succeeded %d, archives served whole %d, imports succeeded %d, imports failed %d", exports, served, imports, prod.Jobs["import failed"])
	if exports < promotions || served < promotions || imports < promotions || served > exports {
		t.Error("the simulator's counts do not match the promotions")
	}
	if n := dev.Jobs["export running"] + prod.Jobs["import running"]; n != 0 {
		t.Errorf("%d jobs are still running", n)
	}
	files, err := os.ReadDir(w.path("archives"))
	if err != nil || len(files) != promotions {
		t.Errorf("%d files in the directory of the archives, want %d, %v", len(files), promotions, err)
	}
	for _, file := range files {
		if filepath.Ext(file.Name()) != ".zip" || strings.HasPrefix(file.Name(), ".") {
			t.Errorf("left over: %s", file.Name())
		}
	}
}

func fromEnvironment(t *testing.T, name string, fallback int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
