package provider_test

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const adoptRecords = "The first plan of what was adopted records what is configured and runs nothing"

// records: an update that runs nothing, and reads the archive at apply.
func records(address string) []plancheck.PlanCheck {
	return checks(action(address, plancheck.ResourceActionUpdate), unknown(address, at("archive")),
		knows(address, at("status"), text("SUCCEEDED")), knows(address, at("end_time"), knownvalue.Null()))
}

// digest is one of the digests of the archive that was promoted.
func digest(s *stage, ofBytes bool) string {
	sum, content := digests(s.t, firstPromotion(s.t).orders)
	if ofBytes {
		return sum
	}
	return content
}

// approvedBy configures an import of orders.zip that was approved.
func approvedBy(ofBytes bool) func(*stage) {
	return func(s *stage) {
		s.write("main.tf", head+providerBlock+imported("source_hash", fmt.Sprintf("%q", digest(s, ofBytes))))
	}
}

// all does one after the other.
func all(each ...func(*stage)) func(*stage) {
	return func(s *stage) {
		for _, do := range each {
			do(s)
		}
	}
}

// adoptRows are about what was done before.
var adoptRows = []row{{
	id: "14.1", sentence: adoptRecords + ": source, options, triggers, and the digests where the file is readable.",
	shows: "With the file, and options of every kind: recorded, and clean. From then on as if it had been imported here: a new release is imported, a destroy warns.",
	steps: []step{{
		given: all(orders("orders.zip"), adopted(providerBlock+imported(), importAddress, "roma,PROD,the-job")),
		config: providerBlock + imported("roma", `{ instance_id = var.prod_instance, type = "Merge", prefix = "p_", datasource_overwrite = true }`,
			"triggers", `{ release = "1" }`, "timeouts", `{ create = "1h" }`),
		plan: checks(records(importAddress), knows(importAddress, at("job_id"), text("the-job"))),
		state: []statecheck.StateCheck{
			has(importAddress, at("triggers", "release"), text("1")), has(importAddress, at("roma", "prefix"), text("p_")), has(importAddress, at("job_id"), text("the-job")),
		},
		check: expectArchive(importAddress, "orders.zip"),
	}, {
		config: providerBlock + imported("triggers", `{ release = "1" }`), plan: runs(importAddress), sent: "import 1",
	}, {
		given: other("orders.zip"), plan: runs(importAddress), sent: "import 1", check: expectArchive(importAddress, "orders.zip"),
	}, {
		args: []string{"-destroy"}, warns: []string{"Imported assets stay"}, plan: action(importAddress, plancheck.ResourceActionDestroy), again: true,
	}},
}, {
	id: "14.2", sentence: adoptRecords + " (without the file).",
	shows: "A warning, no digests, and clean where there is no file. What appears at `source` then is not known to be there: imported.",
	steps: []step{{
		given: adopted(providerBlock+imported(), importAddress, "roma,PROD"), config: providerBlock + imported(),
		plan: records(importAddress), warns: []string{"Adopted without its archive"},
		state: []statecheck.StateCheck{
			has(importAddress, at("archive", "sha256"), knownvalue.Null()), has(importAddress, at("archive", "content_digest"), knownvalue.Null()),
			has(importAddress, at("archive", "size"), knownvalue.Null()),
		},
	}, {
		given: orders("orders.zip"), plan: runs(importAddress), sent: "import 1", check: expectArchive(importAddress, "orders.zip"),
	}},
}, {
	id: "14.3", sentence: adoptRecords + ": the digests where `source_hash` is one.",
	shows: "No file: the digest, without a warning; clean, also with the file and without `source_hash`. With the file, by its `sha256`: both digests. A new release by another `source_hash`: imported.",
	steps: []step{{
		given: all(adopted(providerBlock+imported(), importAddress, "roma,PROD"), approvedBy(false)), plan: records(importAddress),
		check: func(s *stage) {
			if archive, _ := s.state(importAddress)["archive"].(map[string]any); archive["content_digest"] != digest(s, false) || archive["sha256"] != nil {
				s.t.Errorf("archive %v", archive)
			}
		},
	}, {
		given: orders("orders.zip"), config: providerBlock + imported(), plan: runs(importAddress),
		state: []statecheck.StateCheck{has(importAddress, at("source_hash"), knownvalue.Null())},
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			adopted(providerBlock+imported(), importAddress, "roma,PROD")(s)
			approvedBy(true)(s)
		}, plan: records(importAddress), check: expectArchive(importAddress, "orders.zip"),
	}, {
		config: providerBlock + imported("source_hash", `"1.5.0"`), plan: runs(importAddress), sent: "import 1",
	}},
}, {
	id: "14.4", sentence: "Where the configuration names another instance it runs there, with the usual warning.",
	shows: "Import and export, adopted on one instance and configured for the other one.",
	steps: []step{{
		given:  all(orders("orders.zip"), adopted(providerBlock+imported(), importAddress, "roma,DEV")),
		config: providerBlock + imported(), plan: runs(importAddress), warns: []string{"Import runs on another instance"}, sent: "import 1",
	}, {
		given: func(s *stage) {
			s.remove("orders.zip")
			adopted(providerBlock+imported()+exported(), exportAddress, "roma,PROD")(s)
		},
		config: providerBlock + exported(), plan: runs(exportAddress), warns: []string{"Export runs on another instance", "Imported assets stay"}, sent: "export 1, download 1",
	}},
}, {
	id: "14.5", sentence: adoptRecords + ": an export of ROMA Connect records the archive that lies at `path`.",
	shows: "With the archive: its digests, and an import that was adopted beside it follows; clean; a new release is exported over it, and imported. Without a `path`: no archive.",
	steps: []step{{
		given:  all(orders("orders.zip"), adopted(providerBlock+exported()+importedFrom(), exportAddress, "roma,DEV,the-job", importAddress, "roma,PROD")),
		config: providerBlock + exported() + importedFrom("source", `"orders.zip"`, "depends_on", "[asset_export.x]"), plan: checks(records(exportAddress), records(importAddress)),
		state: []statecheck.StateCheck{has(exportAddress, at("job_id"), text("the-job")), has(exportAddress, at("archive_id"), knownvalue.Null())},
		check: all(expectArchive(exportAddress, "orders.zip"), expectArchive(importAddress, "orders.zip")),
	}, {
		config: providerBlock + exported() + importedFrom(), plan: checks(rests(exportAddress), rests(importAddress)),
	}, {
		given: newContent, config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom(), plan: checks(runs(exportAddress), runs(importAddress)),
		sent: "export 1, download 1, import 1",
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			adopted(providerBlock+exported(), exportAddress, "roma")(s)
		},
		config: providerBlock + exported("path", ""), plan: action(exportAddress, plancheck.ResourceActionUpdate),
		state: []statecheck.StateCheck{has(exportAddress, at("archive"), knownvalue.Null())},
	}},
}, {
	id: "14.6", sentence: adoptRecords + " (an export without the file, and what is no archive).",
	shows: "A warning, no digests, and clean. What appears at `path` then is not this export's: \"Path is taken\". Moved away: exported.",
	steps: []step{{
		given: adopted(providerBlock+exported(), exportAddress, "roma"), config: providerBlock + exported(),
		plan: records(exportAddress), warns: []string{"Adopted without its archive"},
		state: []statecheck.StateCheck{
			has(exportAddress, at("archive", "path"), text("orders.zip")), has(exportAddress, at("archive", "sha256"), knownvalue.Null()),
			has(exportAddress, at("archive", "size"), knownvalue.Null()),
		},
	}, {
		given: orders("orders.zip"), config: providerBlock + exported("triggers", `{ release = "2" }`), refused: "Error: Path is taken",
	}, {
		given: gone("orders.zip"), plan: runs(exportAddress), sent: "export 1, download 1",
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			s.write("orders.zip", "no archive")
			adopted(providerBlock+exported(), exportAddress, "roma")(s)
		}, config: providerBlock + exported(), plan: records(exportAddress), warns: []string{"Adopted without its archive"},
		state: []statecheck.StateCheck{has(exportAddress, at("archive", "sha256"), knownvalue.Null())},
		check: func(s *stage) { s.expectFiles("orders.zip") },
	}},
}, {
	id: "14.7", sentence: adoptRecords + " (a source that the plan does not know).",
	shows: "An export that is new makes it: a warning; the archive is recorded and not imported; `triggers` of the next apply import it.",
	steps: []step{{
		given:  adopted(providerBlock+exported()+importedFrom(), importAddress, "roma,PROD"),
		config: providerBlock + exported() + importedFrom(), plan: checks(creates(exportAddress), records(importAddress)),
		warns: []string{"Adopted archive is not known yet"}, sent: "export 1, download 1", check: expectArchive(importAddress, "orders.zip"),
	}, {
		config: providerBlock + exported() + importedFrom("triggers", `{ again = "1" }`), plan: checks(rests(exportAddress), runs(importAddress)), sent: "import 1",
	}},
}, {
	id: "14.8", sentence: adoptRecords + " (what lies in a store).",
	shows: "The store is not asked: a warning, no digests. With `source_hash`: the digest, and no warning.",
	steps: []step{{
		given: all(useStores, adopted(providerBlock+imported(), importAddress, "roma,PROD")), config: providerBlock + imported("source", inBucket("14-8.zip")),
		plan: records(importAddress), warns: []string{"Adopted without its archive"},
		state: []statecheck.StateCheck{has(importAddress, at("archive", "sha256"), knownvalue.Null())},
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			adopted(providerBlock+imported(), importAddress, "roma,PROD")(s)
			s.write("main.tf", head+providerBlock+imported("source", inBucket("14-8.zip"), "source_hash", fmt.Sprintf("%q", digest(s, false))))
		}, plan: records(importAddress),
		state: []statecheck.StateCheck{has(importAddress, at("archive", "content_digest"), knownvalue.NotNull())},
	}},
}, {
	id: "14.9", sentence: adoptRecords + " (whatever happens to files between plan and apply).",
	shows: "No file in the plan, there at apply: its digests. There in the plan, gone at apply, or with other content: what apply sees. A failed run elsewhere leaves it adopted.",
	steps: []step{{
		given: adopted(providerBlock+imported(), importAddress, "roma,PROD"), config: providerBlock + imported(), warns: []string{"Adopted without its archive"},
		plan: records(importAddress), meanwhile: orders("orders.zip"), check: expectArchive(importAddress, "orders.zip"),
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			adopted(providerBlock+imported(), importAddress, "roma,PROD")(s)
		}, config: providerBlock + imported(), plan: records(importAddress), meanwhile: gone("orders.zip"),
		state: []statecheck.StateCheck{has(importAddress, at("archive", "sha256"), knownvalue.Null())},
	}, {
		given: func(s *stage) {
			s.remove("terraform.tfstate")
			orders("orders.zip")(s)
			adopted(providerBlock+imported(), importAddress, "roma,DEV")(s)
			order(s.t, s.server, simulator.Fault{On: "import", Do: "fail_job", Count: 1})
		}, config: providerBlock + imported(), plan: runs(importAddress), warns: []string{"Import runs on another instance"},
		fails: "Error: Import job failed", sent: "import 1", again: true,
		state: []statecheck.StateCheck{has(importAddress, at("source"), text(sourceToSet))},
	}, {
		plan: runs(importAddress), warns: []string{"Import runs on another instance"}, meanwhile: other("orders.zip"), sent: "import 1",
		check: expectArchive(importAddress, "orders.zip"),
	}},
}, {
	id: "14.10", sentence: adoptRecords + " (CSA).",
	shows: "An import into CSA, of an archive that an export of the same apply does not make: recorded with its options; another `mode`: imported.",
	steps: []step{{
		given: all(csaOffered, adopted(csaBlock+toCSA(`mode = "update"`), importAddress, "csa")), config: csaBlock + toCSA(`mode = "update"`),
		plan: checks(records(importAddress), knows(importAddress, at("platform"), text("csa"))), check: expectArchive(importAddress, "orders.zip"),
	}, {
		config: csaBlock + toCSA(`mode = "create"`), plan: runs(importAddress), sent: "csa_import 1",
	}},
}}
