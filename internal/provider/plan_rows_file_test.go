package provider_test

import (
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// notThere is the error of an import whose file is missing, with the three
// ways to get it there.
const notThere = `Error: Source is not there .*no file at "[a-z./]+\.zip"\. Nothing was sent\..*Pass the file on to this machine.*if_missing = "export".*-replace`

// triggered is an import that has to run because of a trigger.
func triggered() string { return imported("triggers", `{ n = "1" }`) }

// unknownRows are about what a plan cannot know.
var unknownRows = []row{{
	id: "4.1", sentence: "An export's `archive` is unknown in a plan when the archive may be fetched again.",
	shows: "A run; a settings change while `if_missing = \"export\"`, for then the file may go until apply; a path that is added (5.5).",
	start: onlyExported,
	steps: []step{
		{config: providerBlock + exported("triggers", `{ release = "2" }`), plan: runs(exportAddress), sent: "export 1, download 1"},
		{
			config: providerBlock + exported("triggers", `{ release = "2" }`, "if_missing", `"export"`), plan: runs(exportAddress),
			kept: []string{exportAddress},
		},
	},
}, {
	id: "4.2", sentence: "A changed path alone changes only `archive.path`.",
	shows: "The plan knows the new path, and the digests, the size and the job as they were.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("path", `"moved.zip"`),
		plan:   checks(quiet(exportAddress), knows(exportAddress, at("archive", "path"), text("moved.zip"))),
		kept:   []string{exportAddress}, check: expectArchive(exportAddress, "moved.zip"),
	}},
}, {
	id: "4.3", sentence: "An import that may run has an unknown `archive` and takes what lies at `source` at apply.",
	shows: "A trigger; between plan and apply the file gets other content: that is imported and recorded.",
	start: onlyImported,
	steps: []step{{
		config: providerBlock + triggered(), plan: runs(importAddress), meanwhile: other("orders.zip"), sent: "import 1",
		check: expectArchive(importAddress, "orders.zip"),
	}},
}, {
	id: "4.4", sentence: "So `source = asset_export.x.archive.path` makes the import plan \"known after apply\", and when the new archive turns " +
		"out to hold the same content, the import does nothing.",
	shows: "A new release with the same content: exported, not imported. With new content: both.",
	start: promoted,
	steps: []step{{
		config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom(),
		plan:   checks(runs(exportAddress), runs(importAddress), unknown(importAddress, at("source"))),
		sent:   "export 1, download 1", kept: []string{importAddress},
	}, {
		given:  newContent,
		config: providerBlock + exported("triggers", `{ release = "3" }`) + importedFrom(),
		plan:   checks(runs(exportAddress), runs(importAddress)), sent: "export 1, download 1, import 1",
		check: expectArchive(importAddress, "orders.zip"),
	}},
}}

// fileRows are about plans on machines with and without the archive.
var fileRows = []row{{
	id: "6.1", sentence: "A plan sends no request.",
	shows: "With the server gone: plans with nothing to do, of a refresh, with runs to do, of a destroy. (Every plan of every row is counted too.)",
	start: promoted,
	steps: []step{{
		given: func(s *stage) {
			if err := s.server.Close(); err != nil {
				s.t.Error(err)
			}
			s.clean()
			// Its exit code does not tell (hashicorp/terraform#36403).
			if r := s.run("plan", "-refresh-only"); !strings.Contains(r.out, "No changes.") {
				s.t.Errorf("the refresh ended with %d:\n%s", r.code, r.out)
			}
		},
		config: providerBlock + exported("triggers", `{ release = "2" }`) + importedFrom("triggers", `{ n = "1" }`),
		plan:   checks(runs(exportAddress), runs(importAddress)), only: true,
	}, {
		args: []string{"-destroy"}, warns: []string{"Archive file stays", "Imported assets stay"},
		plan: action(exportAddress, plancheck.ResourceActionDestroy), only: true,
	}},
}, {
	id: "6.2", sentence: "It reads at most one central directory for each import.",
	shows: "The source is opened once in a plan, and only its end is read: 64 GiB of a sparse zip plan at once. With `source_hash` never.",
	start: onlyImported,
	steps: []step{{
		given:  func(s *stage) { s.opens("orders.zip", 1, func() { s.clean() }) },
		config: providerBlock + imported("source_hash", `"word"`),
		plan:   runs(importAddress), sent: "import 1",
		check: func(s *stage) { s.opens("orders.zip", 0, func() { s.clean() }) },
	}, {
		given:  sparse("sparse.zip"),
		config: providerBlock + imported("source", `"sparse.zip"`),
		plan:   runs(importAddress), warns: []string{"Archive may be too large for a key pair"}, only: true,
	}},
}, {
	id: "6.3", sentence: "A source that is not there is \"no information\": a plan on another machine is clean.",
	shows: "State and configuration without any archive: a clean plan, also of the export (`if_missing = \"keep\"`).",
	start: promoted,
	steps: []step{{given: func(s *stage) { gone("orders.zip")(s); s.clean() }, plan: checks(rests(exportAddress), rests(importAddress)), only: true}},
}, {
	id: "6.4", sentence: "Unless an import has to run, and then it warns; apply fails if the file is still missing, and says how to get it there " +
		"(`if_missing = \"export\"`, `-replace` of the export, passing the file on).",
	shows: "A trigger and no file: the plan warns, the apply fails with those words, nothing is sent, the state stays. With the file passed on: imported.",
	start: onlyImported,
	steps: []step{{
		given: gone("orders.zip"), config: providerBlock + triggered(), plan: runs(importAddress), warns: []string{"Source is not there"},
		says:  []string{`Warning: Source is not there .*on main\.tf line \d+.*source = "orders\.zip".*if_missing = "export".*-replace`},
		fails: notThere, kept: []string{importAddress}, again: true,
	}, {
		plan: runs(importAddress), warns: []string{"Source is not there"}, meanwhile: orders("orders.zip"), sent: "import 1",
	}},
}, {
	id: "6.5", sentence: "A changed `source` whose file is absent is decided at apply.",
	shows: "No warning, all unknown. Absent at apply: the error. There with the same content: recorded only. There with another: imported.",
	start: onlyImported,
	steps: []step{{
		config: providerBlock + imported("source", `"a.zip"`), plan: runs(importAddress), fails: notThere, kept: []string{importAddress},
		again: true,
	}, {
		plan: runs(importAddress), meanwhile: orders("a.zip"), kept: []string{importAddress},
		state: []statecheck.StateCheck{has(importAddress, at("source"), text("a.zip"))},
	}, {
		config: providerBlock + imported("source", `"b.zip"`), plan: runs(importAddress), meanwhile: other("b.zip"), sent: "import 1",
		check: expectArchive(importAddress, "b.zip"),
	}},
}, {
	id: "6.7", sentence: "With a state and nothing else to run, a source that cannot be read or is no zip is a warning and the plan is clean; it is an error where an import " +
		"certainly runs, and at apply.",
	shows: "A text at `source`: a warning, nothing to do. With a trigger: the error, in the plan. Damaged between plan and apply: the error, nothing sent. A destroy goes on.",
	start: onlyImported,
	steps: []step{{
		given: func(s *stage) { s.write("orders.zip", "a text") }, config: providerBlock + imported(), plan: rests(importAddress),
		warns: []string{"Source cannot be compared"}, only: true,
	}, {
		config: providerBlock + triggered(), refused: "Error: Source is no archive", only: true,
	}, {
		given: orders("orders.zip"), config: providerBlock + triggered(), plan: runs(importAddress),
		meanwhile: func(s *stage) { s.write("orders.zip", "a text") }, fails: "Error: Source is no archive", kept: []string{importAddress}, again: true,
	}, {
		config: providerBlock + imported(), args: []string{"-destroy"}, warns: []string{"Imported assets stay"}, again: true,
	}},
}, {
	id: "6.6", sentence: "Runners that start empty set `source_hash = asset_export.x.archive.content_digest`.",
	shows: "No archive: a clean plan. A new release with the same content: exported, not imported; with new content: both. And clean without the file.",
	steps: []step{{
		config: providerBlock + exported() + hashed, sent: "export 1, download 1, import 1",
	}, {
		given: func(s *stage) { gone("orders.zip")(s); s.clean() }, config: providerBlock + exported("triggers", `{ release = "2" }`) + hashed,
		plan: checks(runs(exportAddress), runs(importAddress), unknown(importAddress, at("source_hash"))),
		sent: "export 1, download 1", kept: []string{importAddress},
	}, {
		given: func(s *stage) { gone("orders.zip")(s); newContent(s) }, config: providerBlock + exported("triggers", `{ release = "3" }`) + hashed,
		sent: "export 1, download 1, import 1", check: func(s *stage) { expectArchive(importAddress, "orders.zip")(s); s.remove("orders.zip") },
	}},
}}

var hashed = importedFrom("source_hash", "asset_export.x.archive.content_digest")

// sparse makes a zip of 64 GiB that takes no room: its one entry is a hole.
func sparse(name string) func(*stage) {
	return func(s *stage) {
		s.t.Helper()
		file, err := os.Create(s.path(name))
		if err != nil {
			s.t.Fatal(err)
		}
		// The data is never looked at; the directory and its end stand behind it.
		if _, err := file.WriteAt([]byte(emptyDirectoryEnd), 64<<30); err != nil {
			s.t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// emptyDirectoryEnd is the end record of a zip without entries.
var emptyDirectoryEnd = "PK\x05\x06" + string(make([]byte, 18))
