package provider_test

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// ruleRows are about the attributes that say what a plan and a destroy do
// with files, and about platforms.
var ruleRows = []row{{
	id: "9.1", sentence: "`if_missing`: what a plan does when the file at `path` is gone.",
	shows: "`keep`: clean. `export`: exported again, and clean when the file is there.",
	start: onlyExported,
	steps: []step{{
		given:  func(s *stage) { gone("orders.zip")(s); s.clean() },
		config: providerBlock + exported("if_missing", `"export"`), plan: runs(exportAddress), sent: "export 1, download 1",
		check: expectArchive(exportAddress, "orders.zip"),
	}, {
		given: gone("orders.zip"), plan: runs(exportAddress), sent: "export 1, download 1",
	}},
}, {
	id: "9.2", sentence: "A value that was known in the plan comes out the same, whatever happens to files (`if_missing = \"export\"`).",
	shows: "Gone in the plan, back at apply: nothing is sent. There in the plan of a settings change, gone at apply: exported. Moved by hand meanwhile: nothing.",
	start: onlyExported,
	steps: []step{{
		given: gone("orders.zip"), config: providerBlock + exported("if_missing", `"export"`), plan: runs(exportAddress),
		meanwhile: orders("orders.zip"), kept: []string{exportAddress},
	}, {
		config: providerBlock + exported("if_missing", `"export"`, "timeouts", `{ update = "1h" }`), plan: runs(exportAddress),
		meanwhile: gone("orders.zip"), sent: "export 1, download 1",
	}, {
		config: providerBlock + exported("if_missing", `"export"`, "path", `"moved.zip"`), plan: runs(exportAddress),
		meanwhile: func(s *stage) {
			if err := os.Rename(s.path("orders.zip"), s.path("moved.zip")); err != nil {
				s.t.Fatal(err)
			}
		},
		kept: []string{exportAddress}, check: expectArchive(exportAddress, "moved.zip"),
	}, {
		given: gone("moved.zip"), config: providerBlock + exported("if_missing", `"export"`, "path", `"new.zip"`), plan: runs(exportAddress),
		sent: "export 1, download 1", check: expectArchive(exportAddress, "new.zip"),
	}},
}, {
	id: "9.3", sentence: "A value that was known in the plan comes out the same, whatever happens to files (imports).",
	shows: "Other content in the plan, the old one at apply: nothing. A settings change, then no file: nothing; then other content: imported. With `source_hash` all is known, and a file that is no zip any more does not matter.",
	start: onlyImported,
	steps: []step{{
		given: other("orders.zip"), plan: runs(importAddress), meanwhile: orders("orders.zip"), kept: []string{importAddress},
	}, {
		config: providerBlock + imported("timeouts", `{ update = "1h" }`), plan: runs(importAddress), meanwhile: gone("orders.zip"),
		kept: []string{importAddress}, check: orders("orders.zip"),
	}, {
		config: providerBlock + imported("timeouts", `{ update = "2h" }`), plan: runs(importAddress), meanwhile: other("orders.zip"),
		sent: "import 1", check: expectArchive(importAddress, "orders.zip"),
	}, {
		config: providerBlock + imported("source_hash", `"word"`, "timeouts", `{ update = "2h" }`), sent: "import 1",
	}, {
		// The file does not matter: it is no zip any more.
		config: providerBlock + imported("source_hash", `"word"`), plan: quiet(importAddress),
		meanwhile: func(s *stage) { s.write("orders.zip", "no zip") }, kept: []string{importAddress},
	}},
}, {
	id: "9.4", sentence: "Content that changes when nothing was planned is seen by the next plan.",
	shows: "A clean plan is saved; the file changes; its apply sends nothing; the next plan imports. A file that is no zip at apply: a warning, nothing sent, the state as it was.",
	start: onlyImported,
	steps: []step{{
		plan: rests(importAddress), meanwhile: other("orders.zip"), kept: []string{importAddress}, again: true,
	}, {
		plan: runs(importAddress), meanwhile: func(s *stage) { s.write("orders.zip", "no zip") },
		applies: []string{"Warning: Source cannot be compared"}, kept: []string{importAddress},
		check: other("orders.zip"), again: true,
	}, {
		plan: runs(importAddress), sent: "import 1",
	}},
}, {
	id: "9.5", sentence: "`remove_on_destroy`: true removes the file if it still holds what was exported.",
	shows: "It does: removed, without a warning. It does not: left. Both send nothing.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("remove_on_destroy", "true"), kept: []string{exportAddress},
	}, {
		config: providerBlock, check: func(s *stage) { s.expectFiles() },
	}, {
		config: providerBlock + exported("remove_on_destroy", "true"), sent: "export 1, download 1",
	}, {
		given: other("orders.zip"), config: providerBlock, check: func(s *stage) { s.expectFiles("orders.zip") },
	}},
}, {
	id: "9.6", sentence: "`remove_on_destroy`: not if something in the same run wrote it.",
	shows: "Replaced with `create_before_destroy`, with no file there; the server answers with the very bytes of before: the new file stays.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("remove_on_destroy", "true"), kept: []string{exportAddress},
	}, {
		given: func(s *stage) {
			gone("orders.zip")(s)
			order(s.t, s.server, simulator.Fault{On: "download", Do: "raw_body", Body: firstPromotion(s.t).orders, ContentType: "application/zip"})
		},
		config: providerBlock + exported("remove_on_destroy", "true", "lifecycle {\n    create_before_destroy", "true\n  }"),
		args:   []string{"-replace=" + exportAddress}, plan: action(exportAddress, plancheck.ResourceActionReplace),
		sent: "export 1, download 1", check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "9.9", sentence: "What is at `path` and is not this export's is never replaced: an error before the job (\"Path is taken\").",
	shows: "Replaced with `create_before_destroy`, which finds the archive of its predecessor; then without, which knows it as its own.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("lifecycle {\n    create_before_destroy", "true\n  }"),
		args:   []string{"-replace=" + exportAddress}, plan: action(exportAddress, plancheck.ResourceActionReplace),
		fails: "Error: Path is taken", kept: []string{exportAddress}, again: true,
	}, {
		config: providerBlock + exported(), args: []string{"-replace=" + exportAddress}, plan: action(exportAddress, plancheck.ResourceActionReplace),
		sent: "export 1, download 1", check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "9.7", sentence: "Destroying what is finished needs no configured platform. (Nor does a plan that has nothing to do.)",
	shows: "No provider block, no variables: a clean plan, then a destroy, which sends nothing.",
	start: promoted,
	steps: []step{{
		given: func(s *stage) {
			s.unconfigure()
			s.write("main.tf", head+exported()+importedFrom("roma", `{ instance_id = var.prod_instance, type = "Merge" }`))
			s.clean()
		},
		args: []string{"-destroy"}, warns: []string{"Archive file stays", "Imported assets stay"}, again: true,
	}},
}, {
	id: "9.8", sentence: "A resource picks its platform by the nested attribute, else by the only one that is configured, else by the one in its state; otherwise a plan-time error says which to write.",
	shows: "An import without `roma`: the configured platform; without one, that of its state; created, the error.",
	steps: []step{{
		given:  orders("orders.zip"),
		config: `provider "asset" { roma = { instance_id = var.prod_instance } }` + "\n" + imported("roma", ""), plan: append(creates(importAddress), knows(importAddress, at("platform"), text("roma"))...),
		sent: "import 1",
	}, {
		given:  func(s *stage) { s.unconfigure() },
		config: imported("roma", ""), plan: rests(importAddress), kept: []string{importAddress},
	}, {
		config: imported("roma", "", "triggers", `{ n = "1" }`), refused: "Error: (No credentials|Provider cannot be used)",
	}, {
		config: strings.Replace(imported("roma", ""), `"x"`, `"new"`, 1), args: []string{"-target=asset_import.new"},
		refused: "Error: No platform .*asset_import\\.new.*Write `roma = { ... }` or `csa = { ... }` in the provider block",
	}},
}}

// unconfigure takes the variables away that name a platform.
func (s *stage) unconfigure() {
	s.env = slices.DeleteFunc(s.env, func(variable string) bool {
		return strings.HasPrefix(variable, "HW_") || strings.HasPrefix(variable, "ROMA_") || strings.HasPrefix(variable, "CSA_")
	})
}

// savedRows are about plans that are applied elsewhere.
var savedRows = []row{{
	id: "10.1", sentence: "A plan that was saved in one directory is applied in a copy of it, and a third copy without any archive plans clean.",
	shows: "A new release with new content; the copy is applied (export 1, download 1, import 1); the third has only configuration and state.",
	start: promoted,
	steps: []step{{
		given:  newContent,
		config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom(), plan: checks(runs(exportAddress), runs(importAddress)),
		meanwhile: func(s *stage) { s.move() }, sent: "export 1, download 1, import 1",
		check: func(s *stage) { s.move(); s.expectFiles("orders.zip"); s.remove("orders.zip"); s.clean() },
	}},
}, {
	id: "10.2", sentence: "A plan that was saved in one directory is applied in a copy of it (the first apply of all).",
	shows: "Created from a plan that was made elsewhere; the third copy, without the archive, plans clean.",
	steps: []step{{
		config: providerBlock + exported() + importedFrom(), meanwhile: func(s *stage) { s.move() }, sent: "export 1, download 1, import 1",
		check: func(s *stage) { s.move(); s.remove("orders.zip"); s.clean() },
	}},
}}

// move goes on in a copy of the directory.
func (s *stage) move() {
	s.t.Helper()
	copied := s.t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(s.dir)); err != nil {
		s.t.Fatal(err)
	}
	s.dir = copied
}

// latent makes values unknown in the plan: what a resource that is still to
// be created says.
const latent = `
resource "terraform_data" "v" { input = "1" }
locals {
  dev  = terraform_data.v.output == "1" ? var.dev_instance : ""
  prod = terraform_data.v.output == "1" ? var.prod_instance : ""
}
`

func when(value string) string {
	return fmt.Sprintf(`terraform_data.v.output == "1" ? %s : null`, value)
}

// late is a row about a value that only the apply knows; it turns out to be
// the one of the state.
func late(id, what, shows string, start start, config string, plan []plancheck.PlanCheck, kept ...string) row {
	return row{
		id: id, sentence: "Unknown values: " + what + ".", start: start,
		shows: shows + " At apply it is what the state has: nothing is sent.",
		steps: []step{{config: latent + config, plan: plan, kept: kept}},
	}
}

const noError = "Unknown in the plan, no error."

var latentRows = []row{
	late("11.1", "a value of the provider block", noError, promoted,
		`provider "asset" { roma = { instance_id = local.dev } }`+"\n"+exported()+importedFrom(),
		checks(runs(exportAddress), unknown(exportAddress, at("instance")), runs(importAddress)), exportAddress, importAddress),
	late("11.2", "the whole of `roma` in the provider block, under resources that name their instance", "Nothing of them is unknown.", promoted,
		`provider "asset" { roma = `+when("{ instance_id = var.dev_instance }")+" }\n"+
			exported("roma", fmt.Sprintf(`{ instance_id = var.dev_instance, apps = [%q], tasks = [%q] }`, ordersApp, ordersTask))+importedFrom(),
		checks(quiet(exportAddress), rests(importAddress)), exportAddress, importAddress),
	late("11.3", "`roma.apps`, an id in `roma.tasks`", noError, onlyExported,
		providerBlock+exported("roma", fmt.Sprintf(`{ apps = %s, tasks = [%s] }`, when(fmt.Sprintf("[%q]", ordersApp)), when(fmt.Sprintf("%q", ordersTask)))),
		runs(exportAddress), exportAddress),
	late("11.4", "`triggers`, whole and in part", noError, promoted,
		providerBlock+exported("triggers", `{ release = terraform_data.v.output }`)+importedFrom("triggers", when("{}")),
		checks(runs(exportAddress), runs(importAddress)), exportAddress, importAddress),
	late("11.5", "`path`", noError, onlyExported, providerBlock+exported("path", when(`"moved.zip"`)),
		checks(action(exportAddress, plancheck.ResourceActionUpdate), unknown(exportAddress, at("archive"))), exportAddress),
	late("11.6", "`source`, `source_hash`, `roma` of an import", noError, onlyImported,
		providerBlock+imported("source", when(`"orders.zip"`), "source_hash", when(`filesha256("orders.zip")`),
			"roma", when(`{ instance_id = var.prod_instance, type = "Merge" }`)),
		checks(runs(importAddress), unknown(importAddress, at("platform")), unknown(importAddress, at("instance"))), importAddress),
	{
		id: "11.7", sentence: "Unknown values: all of them, created.",
		shows: "Credentials, instances, apps, path, triggers and source unknown; a value of the block is checked when something is sent.",
		steps: []step{{
			config: latent + `provider "asset" { roma = ` + when("{ instance_id = var.dev_instance }") + " }\n" +
				exported("roma", when(fmt.Sprintf("{ apps = [%q] }", ordersApp)), "path", when(`"late.zip"`)) +
				importedFrom("roma", "{ instance_id = local.prod }", "triggers", "{ v = terraform_data.v.output }"),
			plan: checks(creates(exportAddress), unknown(exportAddress, at("platform")), unknown(exportAddress, at("archive")), creates(importAddress)),
			sent: "export 1, download 1, import 1", check: expectArchive(importAddress, "late.zip"),
		}, {
			given: func(s *stage) { s.setenv("HW_SECRET_KEY=") },
			config: strings.Replace(latent, `"1" }`, `"2" }`, 1) + `provider "asset" { roma = { secret_key = terraform_data.v.output == "2" ? null : "x", access_key = terraform_data.v.output } }` + "\n" +
				exported("roma", fmt.Sprintf("{ instance_id = var.dev_instance, apps = [%q] }", ordersApp), "path", `"late.zip"`, "triggers", `{ n = "2" }`),
			args: []string{"-target=" + exportAddress}, warns: []string{"Resource targeting is in effect"},
			plan: runs(exportAddress), fails: "Error: No credentials", kept: []string{exportAddress}, again: true,
			state: []statecheck.StateCheck{has(exportAddress, at("triggers", "release"), text("1"))},
		}},
	},
}
