//go:build unix

package provider_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestStoreKilled kills everything in the middle of an upload. The archive stays in the working directory, nothing
// half is in the store, and the next run uploads it.
func TestStoreKilled(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{}, exportInto(releases))
	s.setenv(storeVariables(s.server)...)
	order(t, s.server, simulator.Fault{On: "store_put", Do: "hang"})
	r := s.begin()
	s.requested("store_put", 1)
	if err := signalGroup(r.cmd, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.wait(t, 10*time.Second)
	s.nobodyLeft()
	kept := s.keptInDir()
	if len(kept) != 1+len(s.notes()) || len(kept) != 2 {
		t.Errorf("kept %q", kept)
	}
	if data, _ := s.object("obs", "orders.zip"); data != "" {
		t.Errorf("the store has %d bytes", len(data))
	}
	s.server.Simulator.ClearFaults()
	wants(t, s.apply(0), "Earlier run was cut off", "brought the archive of this job for \""+releases+"\"")
	expectCounts(t, s.server, "export 1, download 1, store_put 2")
	if now := s.keptInDir(); len(now) > 0 {
		t.Errorf("kept %q, then %q", kept, now)
	}
}

// TestStoreFullDisk: the archive cannot be received, or fetched. What is wrong is told, nothing
// half is left, and the next apply goes on.
func TestStoreFullDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Options{Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{
		"dev": {Apps: []simulator.App{{ID: ordersApp, Name: "orders", Size: 1 << 20}}}, "prod": {},
	}}}, exportInto(releases), importAt("asset_export.x.archive.path"))
	s.setenv(storeVariables(s.server)...)
	s.blocks = 256
	wants(t, s.apply(1), "Archive cannot be written", "file too large")
	s.blocks = 0
	if kept := s.keptInDir(); len(kept) > 0 {
		t.Errorf("kept %q", kept)
	}
	s.apply(0, "-target=asset_export.x")
	s.blocks = 256
	wants(t, s.apply(1), "Archive cannot be fetched", "file too large", "TMPDIR")
	expectCounts(t, s.server, "import 0")
	s.blocks = 0
	s.apply(0)
	expectCounts(t, s.server, "import 1")
}
