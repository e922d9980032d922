package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	catalogApp = "a94b6c1d-0e52-4f7b-8c3a-5d9e1f2a3b4c"
	archiveApp = "5e2d8f70-c1b9-4a63-b0f4-2c7a9e8d1b36"
	pricesTask = "7c4e1a92-5b3d-4e8f-a6c0-1d2f3b4a5c6e"
)

func TestInventoryOfROMA(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, romaSetup(server))
	// Without roma the only configured platform is asked.
	for _, config := range []values{{}, {"roma": values{}}} {
		found, said := p.read(t.Context(), t, "asset_inventory", config)
		if said != "" {
			t.Fatal(said)
		}
		expectColumn(t, found["apps"], "name", "billing", "catalog", "orders", "orders archive")
		expectColumn(t, found["apps"], "id", billingApp, catalogApp, ordersApp, archiveApp)
		expectColumn(t, found["tasks"], "name", "orders_to_warehouse", "price_updates")
		expectColumn(t, found["tasks"], "id", ordersTask, pricesTask)
		expectColumn(t, found["tasks"], "type", "timing", "realtime")
		expectColumn(t, found["artifacts"], "id")
		if found["platform"] != "roma" || found["instance"] != server.Info.ROMA.Instances["dev"] || found["artifacts"] == nil {
			t.Errorf("%v", found)
		}
		for _, at := range append(column(found["apps"], "create_time"), column(found["tasks"], "update_time")...) {
			if len(at) != len("2026-01-02T03:04:05Z") || !strings.HasSuffix(at, "Z") {
				t.Errorf("the time is %q", at)
			}
		}
	}
	expectCounts(t, server, "apps 2, tasks 2, export 0, login 0, projects 0")
}

func TestInventoryByName(t *testing.T) {
	t.Parallel()
	odd := `100%_"sure" Überwachung – prüfen`
	assets := &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": {
		Apps: []simulator.App{
			{ID: "a", Name: "orders"},
			{ID: "c", Name: "Orders"},
			{ID: "d", Name: "orders archive"},
			{ID: "e", Name: odd},
			{ID: "f", Name: "orders of others", Forbidden: true},
		},
		Tasks: []simulator.Task{{ID: "t", Name: "orders"}, {ID: "u", Name: odd}},
	}, "prod": {}}}
	server := serve(t, simulator.Options{Assets: assets})
	p := configured(t, romaSetup(server))
	for name, want := range map[string][2]string{
		"orders": {"a", "t"}, "orders of others": {"", ""}, "Orders": {"c", ""}, "order": {"", ""}, "orders ": {"", ""}, odd: {"e", "u"}, "%": {"", ""},
	} {
		found, said := p.read(t.Context(), t, "asset_inventory", values{"roma": values{"name": name}})
		if said != "" {
			t.Fatal(said)
		}
		expectColumn(t, found["apps"], "id", strings.Fields(want[0])...)
		expectColumn(t, found["tasks"], "id", strings.Fields(want[1])...)
		if found["apps"] == nil || found["tasks"] == nil {
			t.Errorf("%s: nothing found is an empty list, not null: %v", name, found)
		}
	}
	// The documents say that names are unique; if a server thinks otherwise,
	// all of them are there.
	order(t, server, simulator.Fault{On: "apps", Do: "raw_body", Body: `{"total":3,"apps":[{"id":"b","name":"orders"},{"id":"c","name":"Orders"},{"id":"a","name":"orders"}]}`})
	twice, said := p.read(t.Context(), t, "asset_inventory", values{"roma": values{"name": "orders"}})
	expectColumn(t, twice["apps"], "id", "a", "b")
	if said != "" {
		t.Error(said)
	}
	// Another instance than that of the provider block.
	prod := server.Info.ROMA.Instances["prod"]
	found, said := p.read(t.Context(), t, "asset_inventory", values{"roma": values{"instance_id": prod}})
	if said != "" || found["instance"] != prod || len(column(found["apps"], "id")) != 0 {
		t.Errorf("%v, %s", found, said)
	}
}

// TestInventoryOfThousands counts the requests of a list that no instance
// should ever have.
func TestInventoryOfThousands(t *testing.T) {
	t.Parallel()
	count := 1_000
	if everything {
		count = 10_000
	}
	var apps []simulator.App
	for i := range count {
		apps = append(apps, simulator.App{ID: fmt.Sprintf("app-%05d", i), Name: fmt.Sprintf("n%05d", count-i)})
	}
	assets := &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": {Apps: apps}}}
	server := serve(t, simulator.Options{Assets: assets})
	p := configured(t, romaSetup(server))
	found, said := p.read(t.Context(), t, "asset_inventory", values{})
	ids := column(found["apps"], "id")
	if said != "" || len(ids) != count || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != count {
		t.Errorf("%d apps, %s", len(ids), said)
	}
	last := fmt.Sprintf("app-%05d", count-1)
	if !slices.IsSorted(column(found["apps"], "name")) || ids[0] != last {
		t.Errorf("the order begins with %q", ids[0])
	}
	expectCounts(t, server, fmt.Sprintf("apps %d, tasks 1", count/100))
	server.Simulator.ResetRequests()
	found, said = p.read(t.Context(), t, "asset_inventory", values{"roma": values{"name": "n00001"}})
	expectColumn(t, found["apps"], "id", last)
	expectCounts(t, server, "apps 1, tasks 1")
	if said != "" {
		t.Error(said)
	}
}

func TestInventoryOfCSA(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	p := configured(t, csaSetup(server))
	found, said := p.read(t.Context(), t, "asset_inventory", values{})
	kinds := column(found["artifacts"], "type")
	if said != "" || found["platform"] != "csa" || found["instance"] != server.Info.CSA["dev"].Endpoint || !slices.IsSorted(kinds) ||
		kinds[0] != "CATALOG" || !slices.Contains(column(found["artifacts"], "id"), csaOffering) {
		t.Errorf("%v, %s", found, said)
	}
	expectCounts(t, server, "csa_login 1, csa_catalogs 1")
	if found["apps"] == nil || found["tasks"] == nil {
		t.Error("the lists of the other platform are null")
	}
	found, said = p.read(t.Context(), t, "asset_inventory", values{"csa": values{"name": "Linux Server mit Überwachung"}})
	expectColumn(t, found["artifacts"], "id", csaOffering)
	if said != "" {
		t.Error(said)
	}
	if found, _ = p.read(t.Context(), t, "asset_inventory", values{"csa": values{"name": "linux"}}); found["artifacts"] == nil || len(column(found["artifacts"], "id")) != 0 {
		t.Errorf("%v", found)
	}
}

// TestInventoryWithoutTasks: an instance without data integration has
// applications all the same.
func TestInventoryWithoutTasks(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	order(t, server, simulator.Fault{On: "tasks", Do: "status", Status: 403, Code: "FDI.0403", Message: "no access to data integration"})
	found, said := configured(t, romaSetup(server)).read(t.Context(), t, "asset_inventory", values{})
	if found["tasks"] != nil || len(column(found["apps"], "id")) != 4 {
		t.Errorf("%v", found)
	}
	golden(t, "data inventory tasks refused", said)
}

// TestInventoryChoosesThePlatform as the resources do.
func TestInventoryChoosesThePlatform(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	both := romaSetup(server)
	maps.Copy(both, csaSetup(server))
	p := configured(t, both)
	for platform, config := range map[string]values{"roma": {"roma": values{}}, "csa": {"csa": values{}}} {
		found, said := p.read(t.Context(), t, "asset_inventory", config)
		if said != "" || found["platform"] != platform {
			t.Errorf("%v, %s", found["platform"], said)
		}
	}
	server.Simulator.ResetRequests()
	_, said := p.read(t.Context(), t, "asset_inventory", values{})
	if !strings.Contains(said, "More than one platform") {
		t.Error(said)
	}
	if _, said = configured(t, without(romaSetup(server), "instance_id")).read(t.Context(), t, "asset_inventory", values{}); !strings.Contains(said, "No instance") {
		t.Error(said)
	}
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}
