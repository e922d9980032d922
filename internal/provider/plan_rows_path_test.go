package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

const (
	doesNot  = "What does not: "
	delivery = "A path is delivery, never identity."
)

// quietRows are about changes that run nothing.
var quietRows = []row{{
	id: "2.11", sentence: doesNot + "`timeouts`, `if_missing`, `remove_on_destroy`.",
	shows: "Of an export: all its values stay known, and an import that depends on it is not planned. `if_missing = \"export\"` makes them unknown (4.1). Nothing is sent.",
	start: promoted,
	steps: []step{{
		config: providerBlock + exported("timeouts", `{ create = "1h", update = "1h" }`, "remove_on_destroy", "true") + importedFrom(),
		plan:   checks(quiet(exportAddress), rests(importAddress)), kept: []string{exportAddress, importAddress},
	}, {
		config: providerBlock + exported("if_missing", `"export"`) + importedFrom(),
		plan:   checks(runs(exportAddress), runs(importAddress)), kept: []string{exportAddress, importAddress},
		state: []statecheck.StateCheck{has(exportAddress, at("if_missing"), text("export"))},
	}},
}, {
	id: "2.12", sentence: doesNot + "`timeouts` of an import.",
	shows: "With `source_hash` all values stay known; without, the file may change until apply, so they do not. Nothing is sent.",
	start: onlyImported,
	steps: []step{{
		config: providerBlock + imported("timeouts", `{ update = "1h" }`),
		plan:   runs(importAddress), kept: []string{importAddress},
	}, {
		config: providerBlock + imported("timeouts", `{ update = "1h" }`, "source_hash", `"word"`),
		plan:   runs(importAddress), sent: "import 1",
	}, {
		config: providerBlock + imported("timeouts", `{ update = "2h" }`, "source_hash", `"word"`),
		plan:   quiet(importAddress), kept: []string{importAddress},
	}},
}, {
	id: "2.13", sentence: doesNot + "a `path` or `source` that only moved. Those send nothing.",
	shows: "The export's path moves and the import follows it: nothing is sent, both record the new path.",
	start: promoted,
	steps: []step{{
		config: providerBlock + exported("path", `"moved.zip"`) + importedFrom(),
		plan:   checks(quiet(exportAddress), runs(importAddress)), kept: []string{exportAddress, importAddress},
		state: []statecheck.StateCheck{
			has(exportAddress, at("archive", "path"), text("moved.zip")), has(importAddress, at("source"), text("moved.zip")),
		},
	}},
}, {
	id: "2.14", sentence: "A new `source` with the same content is recorded.",
	shows: "A copy, packed anew, under another name: nothing is sent, `source` is recorded, the job and the archive stay.",
	start: onlyImported,
	steps: []step{{
		given:  func(s *stage) { orders("copy.zip")(s); s.packed("copy.zip") },
		config: providerBlock + imported("source", `"copy.zip"`), plan: runs(importAddress), kept: []string{importAddress},
		state: []statecheck.StateCheck{has(importAddress, at("source"), text("copy.zip"))},
	}},
}}

// pathRows are about the path of an export.
var pathRows = []row{{
	id: "5.1", sentence: delivery,
	shows: "The same file by its absolute path: nothing is sent, the file stays, only `archive.path` changes.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("path", `"${path.cwd}/orders.zip"`), plan: quiet(exportAddress), kept: []string{exportAddress},
		state: []statecheck.StateCheck{has(exportAddress, at("archive", "path"), knownvalue.StringRegexp(regexp.MustCompile(`^([A-Z]:)?/.*/orders\.zip$`)))},
		check: func(s *stage) { s.expectFiles("orders.zip") },
	}},
}, {
	id: "5.2", sentence: "A changed `path` moves the file.",
	shows: "Into a directory that is not there yet; the file is moved, not copied, and keeps its bytes.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("path", `"new/dir/orders.zip"`), plan: quiet(exportAddress), kept: []string{exportAddress},
		check: func(s *stage) {
			s.expectFiles()
			expectArchive(exportAddress, "new/dir/orders.zip")(s)
		},
	}},
}, {
	id: "5.3", sentence: "Also across file systems.",
	shows: "To a memory file system, where there is one, and back.",
	start: onlyExported,
	steps: []step{{
		given: func(s *stage) {
			far := filepath.Join(otherFileSystem(s), "far.zip")
			s.write("far.txt", far)
			s.write("main.tf", head+providerBlock+exported("path", fmt.Sprintf("%q", far)))
		},
		plan: quiet(exportAddress), kept: []string{exportAddress},
		check: func(s *stage) {
			s.expectFiles()
			data, err := os.ReadFile(string(s.read("far.txt")))
			if err != nil || string(data) != firstPromotion(s.t).orders {
				s.t.Errorf("the file did not arrive: %v", err)
			}
		},
	}, {
		config: providerBlock + exported(), plan: quiet(exportAddress), kept: []string{exportAddress},
		check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "5.4", sentence: "If it is not there, a warning, and only the state changes.",
	shows: "A file that goes between plan and apply, and a file with other content at the old path, which is left alone. A file that the user moved himself: no warning.",
	start: onlyExported,
	steps: []step{{
		config: providerBlock + exported("path", `"a.zip"`), meanwhile: gone("orders.zip"),
		plan: quiet(exportAddress), kept: []string{exportAddress}, applies: []string{"Warning: No file to move"},
		state: []statecheck.StateCheck{has(exportAddress, at("archive", "path"), text("a.zip"))},
		check: func(s *stage) { s.expectFiles() },
	}, {
		given: other("a.zip"), config: providerBlock + exported("path", `"b.zip"`),
		plan: quiet(exportAddress), kept: []string{exportAddress}, applies: []string{"Warning: No file to move"},
		check: func(s *stage) { s.expectFiles("a.zip") },
	}, {
		given: orders("c.zip"), config: providerBlock + exported("path", `"c.zip"`),
		plan: quiet(exportAddress), kept: []string{exportAddress},
		check: func(s *stage) {
			if got := warnings(s.last); got != nil {
				s.t.Errorf("the apply warns %q", got)
			}
			s.expectFiles("a.zip", "c.zip")
		},
	}},
}, {
	id: "5.5", sentence: "Adding `path` downloads the archive that is still on the server, or exports again with a warning if it was taken; removing it leaves the file.",
	shows: "Added: one download of the same job. Removed: `archive` null, the file stays. Added again: a warning, one export, one download.",
	steps: []step{{
		config: providerBlock + exported("path", ""), sent: "export 1",
		plan:  knows(exportAddress, at("archive"), knownvalue.Null()),
		state: []statecheck.StateCheck{has(exportAddress, at("archive"), knownvalue.Null()), has(exportAddress, at("archive_id"), knownvalue.NotNull())},
	}, {
		config: providerBlock + exported(), plan: runs(exportAddress), sent: "download 1",
		warns: []string{"Archive may have to be exported again"}, check: expectArchive(exportAddress, "orders.zip"),
	}, {
		config: providerBlock + exported("path", ""), plan: checks(action(exportAddress, plancheck.ResourceActionUpdate),
			knows(exportAddress, at("job_id"), knownvalue.NotNull()), knows(exportAddress, at("archive"), knownvalue.Null())),
		warns: []string{"Archive file stays"},
		check: func(s *stage) { s.expectFiles("orders.zip") },
	}, {
		config: providerBlock + exported("path", `"again.zip"`), plan: runs(exportAddress),
		warns: []string{"Archive may have to be exported again"}, applies: []string{"Warning: Export starts again"},
		sent: "export 1, download 1", check: expectArchive(exportAddress, "again.zip"),
	}},
}}

// otherFileSystem is a directory on another file system where the machine has
// one that everybody can write to.
func otherFileSystem(s *stage) string {
	dir, err := os.MkdirTemp("/dev/shm", "asset-export-")
	if err != nil {
		return s.t.TempDir()
	}
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return strings.TrimSpace(dir)
}
