package provider_test

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// placeRows are about other platforms and instances.
var placeRows = []row{{
	id: "3.1", sentence: "Nothing replaces. Every change updates in place.",
	shows: "Every attribute of both resources changes at once: two updates, no replacement.",
	start: promoted,
	steps: []step{{
		config: providerBlock + exported("roma", fmt.Sprintf("{ instance_id = var.dev_instance, apps = [%q] }", billingApp), "path", `"b.zip"`,
			"triggers", `{ a = "b" }`, "if_missing", `"export"`, "remove_on_destroy", "true", "timeouts", `{ create = "1h" }`) +
			importedFrom("roma", `{ instance_id = var.dev_instance, type = "AddNew", prefix = "p_" }`, "triggers", `{ a = "b" }`,
				"source_hash", `"word"`, "timeouts", `{ create = "1h" }`),
		plan: checks(runs(exportAddress), runs(importAddress)), warns: []string{"Archive file stays", "Import runs on another instance"},
		sent: "export 1, download 1, import 1",
		state: []statecheck.StateCheck{
			has(exportAddress, at("remove_on_destroy"), knownvalue.Bool(true)), has(importAddress, at("source"), text("b.zip")),
		},
		// The old file stays: what is at the new path is another archive.
		check: func(s *stage) { s.expectFiles("b.zip", "orders.zip") },
	}},
}, {
	id: "3.2", sentence: "A new platform or instance is run there, with a warning that the old one keeps what it has.",
	shows: "Export and import turn to another instance by `provider` alone: known in the plan, two warnings that name both instances, jobs there; the old one keeps its assets.",
	steps: []step{{
		config: twoProviders + exported("provider", "asset.dev") + importedFrom("provider", "asset.prod", "roma", `{ type = "Merge" }`),
		sent:   "export 1, download 1, import 1",
	}, {
		given:  func(s *stage) { putOnProd(s) },
		config: twoProviders + exported("provider", "asset.prod") + importedFrom("provider", "asset.dev", "roma", `{ type = "Merge" }`),
		plan: checks(runs(exportAddress), runs(importAddress), knows(exportAddress, at("platform"), text("roma")),
			knows(exportAddress, at("instance"), knownvalue.NotNull()), knows(importAddress, at("instance"), knownvalue.NotNull())),
		warns: []string{"Export runs on another instance", "Import runs on another instance"},
		says:  []string{`ran on another instance before\. It runs on the new one, and the old one keeps what it has\. Before: roma [-\w]+ Now: roma [-\w]+`},
		sent:  "export 1, download 1, import 1",
		check: func(s *stage) {
			for name, in := range s.server.Simulator.State().Instances {
				if len(in.Apps) == 0 {
					s.t.Errorf("%s has lost its apps", name)
				}
			}
			if got, want := told(s.shown(), importAddress)["instance"], s.server.Info.ROMA.Instances["dev"]; got != want {
				s.t.Errorf("instance %v, want %v", got, want)
			}
		},
	}},
}}

const twoProviders = `
provider "asset" {
  alias = "dev"
  roma  = { instance_id = var.dev_instance }
}
provider "asset" {
  alias = "prod"
  roma  = { instance_id = var.prod_instance }
}
`

func putOnProd(s *stage) {
	s.t.Helper()
	err := s.server.Simulator.Put("prod", []simulator.App{{ID: ordersApp, Name: "orders"}}, []simulator.Task{{ID: ordersTask, Name: "orders"}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// endRows are about updates that fail, and about the end of resources.
var endRows = []row{{
	id: "7.1", sentence: "A failed update leaves the state as it was, and a started job that did not succeed is planned again even if the " +
		"configuration goes back.",
	shows: "Export and import fail in turn: job, digests, triggers stay in the state. The old configuration plans a run; after it, nothing.",
	start: promoted,
	steps: []step{{
		given:  func(s *stage) { order(s.t, s.server, simulator.Fault{On: "export", Do: "fail_job", Count: 1}) },
		config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom(),
		fails:  "Error: Export job failed", sent: "export 1", kept: []string{exportAddress, importAddress}, again: true,
		state: []statecheck.StateCheck{has(exportAddress, at("triggers", "release"), text("1"))},
	}, {
		config: providerBlock + exported() + importedFrom(), plan: checks(runs(exportAddress), runs(importAddress)),
		sent: "export 1, download 1", kept: []string{importAddress},
	}, {
		given:  func(s *stage) { order(s.t, s.server, simulator.Fault{On: "import", Do: "fail_job", Count: 1}) },
		config: providerBlock + exported() + importedFrom("triggers", `{ n = "1" }`),
		fails:  "Error: Import job failed", sent: "import 1", kept: []string{exportAddress, importAddress}, again: true,
		state: []statecheck.StateCheck{has(importAddress, at("triggers"), knownvalue.Null())},
	}, {
		config: providerBlock + exported() + importedFrom(), plan: checks(rests(exportAddress), runs(importAddress)), sent: "import 1",
	}},
}, {
	id: "7.2", sentence: "A failed update leaves the state as it was (nothing was started).",
	shows: "The import's file is missing, the export's new path is no place for a file: after the old configuration is back, a clean plan.",
	start: promoted,
	steps: []step{{
		given: gone("orders.zip"), config: providerBlock + exported() + importedFrom("triggers", `{ n = "1" }`),
		warns: []string{"Source is not there"}, fails: notThere, kept: []string{exportAddress, importAddress}, again: true,
	}, {
		given: func(s *stage) { orders("orders.zip")(s); s.write("file", "") }, config: providerBlock + exported("path", `"file/a.zip"`),
		args: []string{"-target=" + exportAddress}, warns: []string{"Resource targeting is in effect"},
		fails: "Error: Archive not moved", kept: []string{exportAddress, importAddress}, again: true,
	}, {
		config: providerBlock + exported() + importedFrom(), plan: checks(rests(exportAddress), rests(importAddress)), only: true,
		given: func(s *stage) { s.expectFiles("orders.zip") },
	}},
}, {
	id: "8.1", sentence: "Destroying warns, in the plan, what stays: the imported assets, the archive file.",
	shows: "A destroy, planned: both warnings, with instance and path, at their resources; it sends nothing and leaves the file.",
	start: promoted,
	steps: []step{{
		args: []string{"-destroy"}, warns: []string{"Archive file stays", "Imported assets stay"},
		plan: checks(action(exportAddress, plancheck.ResourceActionDestroy), action(importAddress, plancheck.ResourceActionDestroy)),
		says: []string{
			`Warning: Archive file stays with asset_export\.x.*leaves the archive at "orders\.zip"`,
			`Warning: Imported assets stay with asset_import\.x.*Platform: roma Instance: [-\w]+`,
		},
		check: func(s *stage) {
			s.expectFiles("orders.zip")
			if state := s.shown(); state.Values != nil {
				s.t.Errorf("the state has %v", state.Values.RootModule.Resources)
			}
		},
		again: true,
	}},
}, {
	id: "8.2", sentence: "Destroying warns, in the plan, what stays (a resource that is taken out of the configuration).",
	shows: "Both taken out: the same warnings, nothing sent; an export without `path` leaves no file and warns of none.",
	start: promoted,
	steps: []step{{
		config: providerBlock, warns: []string{"Archive file stays", "Imported assets stay"},
		check: func(s *stage) { s.expectFiles("orders.zip") },
	}, {
		config: providerBlock + exported("path", ""), sent: "export 1",
	}, {
		config: providerBlock, plan: action(exportAddress, plancheck.ResourceActionDestroy),
		check: func(s *stage) {
			if strings.Contains(s.last, "stays") {
				s.t.Errorf("there is no file to warn of:\n%s", s.last)
			}
		},
	}},
}}
