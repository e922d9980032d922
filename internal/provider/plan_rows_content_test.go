package provider_test

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

const runsAgain = "What runs the job again: "

// contentRows are about the content digest.
var contentRows = []row{{
	id: "1.1", sentence: "`content_digest` decides \"changed\": SHA-256 over one record for each entry of the central directory, sorted.",
	shows: "A promotion; export and import have the digest of records that the test writes out itself. Then a file with another content: " +
		"planned, imported.",
	steps: []step{{
		config: providerBlock + exported() + importedFrom(),
		plan:   checks(creates(exportAddress), creates(importAddress)),
		sent:   "export 1, download 1, import 1",
		check: func(s *stage) {
			expectArchive(exportAddress, "orders.zip")(s)
			expectArchive(importAddress, "orders.zip")(s)
		},
	}, {
		given: other("orders.zip"),
		plan:  checks(rests(exportAddress), runs(importAddress)),
		sent:  "import 1", kept: []string{exportAddress},
		check: expectArchive(importAddress, "orders.zip"),
	}},
}, {
	id: "1.2", sentence: "Directories count; timestamps, order, compression, comments, modes and extra fields do not.",
	shows: "The source is packed anew with all of these different: a clean plan. A directory more: planned.",
	start: onlyImported,
	steps: []step{{
		given: func(s *stage) { s.packed("orders.zip"); s.clean() }, plan: rests(importAddress), only: true,
	}, {
		given: func(s *stage) { s.packed("orders.zip", "empty/") }, plan: runs(importAddress), only: true,
	}},
}, {
	id: "1.3", sentence: "It detects change and is no integrity check: that is `sha256`, of the file's bytes.",
	shows: "The source is packed anew and imported because of a trigger: another `sha256` and `size`, the same `content_digest`.",
	start: onlyImported,
	steps: []step{{
		given:  func(s *stage) { s.packed("orders.zip") },
		config: providerBlock + imported("triggers", `{ n = "1" }`),
		sent:   "import 1",
		check: func(s *stage) {
			expectArchive(importAddress, "orders.zip")(s)
			old, before := digests(s.t, firstPromotion(s.t).orders)
			if sum, content := digests(s.t, string(s.read("orders.zip"))); sum == old || content != before {
				s.t.Errorf("digests %s %s, before %s %s", sum, content, old, before)
			}
		},
	}},
}}

// again is a row about a change that runs the job: one config, one request.
func again(id, what, shows string, from start, each step) row {
	return row{id: id, sentence: runsAgain + what + ".", shows: shows, start: from, steps: []step{each}}
}

var runRows = []row{
	again("2.1", "a change of `apps`", "Another app: exported, and imported because the content differs. Everything computed is unknown in the plan.",
		promoted, step{
			config: providerBlock + exported("roma", fmt.Sprintf("{ apps = [%q], tasks = [%q] }", billingApp, ordersTask)) + importedFrom(),
			plan:   checks(runs(exportAddress), unknown(exportAddress, at("archive_id")), runs(importAddress), unknown(importAddress, at("messages")), unknown(importAddress, at("artifacts"))),
			sent:   "export 1, download 1, import 1",
		}),
	again("2.2", "`tasks`", "The task is left out: exported again.", onlyExported, step{
		config: providerBlock + exported("roma", fmt.Sprintf("{ apps = [%q] }", ordersApp)),
		plan:   runs(exportAddress), sent: "export 1, download 1",
	}),
	again("2.3", "`type`", "`AddNew` for `Merge`: imported again.", onlyImported, step{
		config: providerBlock + imported("roma", `{ instance_id = var.prod_instance, type = "AddNew" }`),
		plan:   runs(importAddress), sent: "import 1",
	}),
	again("2.4", "`prefix`", "A prefix: imported again.", onlyImported, step{
		config: providerBlock + imported("roma", `{ instance_id = var.prod_instance, type = "Merge", prefix = "p_" }`),
		plan:   runs(importAddress), sent: "import 1",
	}),
	again("2.5", "`datasource_overwrite`", "Set to true: imported again.", onlyImported, step{
		config: providerBlock + imported("roma", `{ instance_id = var.prod_instance, type = "Merge", datasource_overwrite = true }`),
		plan:   runs(importAddress), sent: "import 1",
	}),
	again("2.6", "`triggers`", "Those of the export: exported again; those of the import: imported again.", promoted, step{
		config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom("triggers", `{ n = "1" }`),
		plan:   checks(runs(exportAddress), runs(importAddress)),
		sent:   "export 1, download 1, import 1",
	}),
	again("2.7", "`instance`", "`roma.instance_id` of the import: imported there.", onlyImported, step{
		config: providerBlock + imported("roma", `{ instance_id = var.dev_instance, type = "Merge" }`),
		plan:   runs(importAddress), warns: []string{"Import runs on another instance"}, sent: "import 1",
	}),
	again("2.8", "also when only the provider block changed", "`instance_id` of the provider block: the import without one of its own runs there.",
		nothing, step{
			given: func(s *stage) {
				s.write("orders.zip", firstPromotion(s.t).orders)
				s.write("main.tf", head+providerBlock+imported("roma", `{ type = "Merge" }`))
				s.apply(0)
			},
			config: `provider "asset" { roma = { instance_id = var.prod_instance } }` + "\n" + imported("roma", `{ type = "Merge" }`),
			plan:   runs(importAddress), warns: []string{"Import runs on another instance"}, sent: "import 1",
			check: func(s *stage) {
				if got, want := told(s.shown(), importAddress)["instance"], s.server.Info.ROMA.Instances["prod"]; got != want {
					s.t.Errorf("instance %v, want %v", got, want)
				}
			},
		}),
	again("2.9", "the content", "Another archive at `source`: imported.", onlyImported, step{
		given: other("orders.zip"), plan: runs(importAddress), sent: "import 1", check: expectArchive(importAddress, "orders.zip"),
	}),
	{
		id: "2.10", sentence: runsAgain + "a `source_hash` that is neither the `sha256` nor the `content_digest` in the state.",
		shows: "The one, then the other: recorded, nothing sent, all values known. A word: imported, once. Taken away again: nothing.",
		start: onlyImported,
		steps: []step{
			{
				config: providerBlock + imported("source_hash", "filesha256(\"orders.zip\")"),
				plan:   quiet(importAddress), kept: []string{importAddress},
			},
			{
				given: func(s *stage) {
					_, content := digests(s.t, firstPromotion(s.t).orders)
					s.write("main.tf", head+providerBlock+imported("source_hash", fmt.Sprintf("%q", content)))
				},
				plan: quiet(importAddress), kept: []string{importAddress},
			},
			{
				config: providerBlock + imported("source_hash", `"release-2"`), plan: runs(importAddress), sent: "import 1",
				state: []statecheck.StateCheck{has(importAddress, at("source_hash"), text("release-2"))},
			},
			{config: providerBlock + imported(), plan: runs(importAddress), kept: []string{importAddress}},
		},
	},
	{
		id: "2.15", sentence: "64 hex digits are also verified at apply: the archive's `sha256` or `content_digest` has to be it, else nothing is sent.",
		shows: "The approved digest with the archive of before: an error, nothing sent, the state as it was. With the approved archive: imported.",
		start: onlyImported,
		steps: []step{
			{
				given: func(s *stage) {
					s.t.Helper()
					before := string(s.read("orders.zip"))
					other("orders.zip")(s)
					_, content := digests(s.t, string(s.read("orders.zip")))
					s.write("approved.zip", string(s.read("orders.zip")))
					s.write("orders.zip", before)
					s.write("main.tf", head+providerBlock+imported("source_hash", fmt.Sprintf("%q", content)))
				},
				plan: runs(importAddress), fails: "Error: Archive is not the approved one", kept: []string{importAddress}, again: true,
			},
			{
				given: func(s *stage) { s.write("orders.zip", string(s.read("approved.zip"))) },
				plan:  runs(importAddress), sent: "import 1", check: expectArchive(importAddress, "approved.zip"),
			},
		},
	},
}
