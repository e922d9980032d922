package provider_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// memoryLimit is what the promotion of an archive of any size may take.
const memoryLimit = 96 << 20

// TestPromotionMemory promotes an archive of 200 MiB, or of 50, with two provider
// processes and reads their peak resident memory (VmHWM) from the kernel.
func TestPromotionMemory(t *testing.T) {
	t.Parallel()
	size := int64(50 << 20)
	if everything {
		size = 200 << 20
	}
	server := serve(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{
		"dev":  {Apps: []simulator.App{{ID: ordersApp, Name: "orders", Size: size}}, Tasks: []simulator.Task{{ID: ordersTask, Name: "orders_to_warehouse"}}},
		"prod": {},
	}}})
	main, err := os.ReadFile("../../examples/promotion/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkspace(t, server, string(main))
	info := server.Info.ROMA
	// A key pair could not send so large a body.
	w.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName)

	begin := time.Now()
	peaks := w.applyWatched()
	file, err := os.Stat(w.path("orders.zip"))
	if err != nil || file.Size() < size {
		t.Fatalf("archive: %v, %v", file, err)
	}
	if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 {
		t.Fatalf("prod has %v", apps)
	}
	if len(peaks) < 2 {
		t.Fatalf("saw %d provider processes", len(peaks))
	}
	expectPeaks(t, peaks, file.Size(), time.Since(begin))
}

// TestStoreMemory sends an archive of 1 GiB, or of 64 MiB, out into a store and in from it.
func TestStoreMemory(t *testing.T) {
	t.Parallel()
	size := int64(64 << 20)
	if everything {
		size = 1 << 30
	}
	server := serve(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{
		"dev": {Apps: []simulator.App{{ID: ordersApp, Name: "orders", Size: size}}}, "prod": {},
	}}})
	s := &site{workspace: newWorkspace(t, server, jobHead+exportInto(releases)+importAt("asset_export.x.archive.path", "source_hash = asset_export.x.archive.sha256")), server: server}
	info := server.Info.ROMA
	s.setenv(storeVariables(server)...)
	s.setenv("HW_ACCESS_KEY=", "HW_SECRET_KEY=", "HW_USER_NAME="+info.UserName, "HW_USER_PASSWORD="+info.Password, "HW_DOMAIN_NAME="+info.DomainName,
		"TF_VAR_limit=10m")
	begin := time.Now()
	peaks := s.applyWatched()
	expectCounts(t, server, "store_put 1, store_get 1, import 1")
	sent, _ := s.archive("asset_import.y")["size"].(float64)
	if int64(sent) < size {
		t.Errorf("imported %v bytes", sent)
	}
	expectPeaks(t, peaks, int64(sent), time.Since(begin))
}

// applyWatched applies, and tells the peak resident memory of each provider process.
func (w *workspace) applyWatched() map[int]int64 {
	w.t.Helper()
	apply := w.start("apply", "-auto-approve")
	peaks := map[int]int64{}
	for {
		select {
		case err := <-apply.done:
			if err != nil {
				w.t.Fatalf("apply: %v\n%s", err, apply.out)
			}
			return peaks
		case <-time.After(5 * time.Millisecond):
			for pid, peak := range peaksOfChildren(w.t, apply.cmd.Process.Pid) {
				peaks[pid] = max(peaks[pid], peak)
			}
		}
	}
}

func expectPeaks(t *testing.T, peaks map[int]int64, size int64, took time.Duration) {
	t.Helper()
	var highest int64
	for _, peak := range peaks {
		highest = max(highest, peak)
	}
	if highest == 0 {
		t.Fatalf("saw %d provider processes", len(peaks))
	}
	t.Logf("promoted %d MiB in %s; peak memory (VmHWM) of a provider process: %.1f MiB, limit %d MiB",
		size>>20, took.Round(100*time.Millisecond), float64(highest)/(1<<20), memoryLimit>>20)
	if highest > memoryLimit {
		t.Errorf("peak memory %d bytes, want at most %d", highest, memoryLimit)
	}
}

var statParent = regexp.MustCompile(`^(\d+) \(terraform-provi.*\) \S (\d+) `)

// peaksOfChildren returns the VmHWM in bytes of the provider processes that a
// process started. Processes may end while it looks.
func peaksOfChildren(t *testing.T, parent int) map[int]int64 {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	peaks := map[int]int64{}
	for _, file := range stats {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		match := statParent.FindSubmatch(data)
		if match == nil || string(match[2]) != strconv.Itoa(parent) {
			continue
		}
		pid, err := strconv.Atoi(string(match[1]))
		if err != nil {
			t.Fatal(err)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue
		}
		for line := range bytes.Lines(status) {
			if value, ok := strings.CutPrefix(string(line), "VmHWM:"); ok {
				kib, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				peaks[pid] = kib << 10
			}
		}
	}
	return peaks
}
