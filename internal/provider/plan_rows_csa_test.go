package provider_test

import (
	"fmt"
	"strings"
)

// csaBlock is the provider block of the rows of CSA; the rest is in variables.
const csaBlock = `
provider "asset" { csa = {} }
`

// bothBlock is a provider block with both platforms.
const bothBlock = `
provider "asset" {
  csa  = {}
  roma = {}
}
`

// fromCSA is an export of an artifact of CSA, toCSA an import of orders.zip
// with these options.
func fromCSA(artifact string) string {
	return exported("roma", "", "csa", fmt.Sprintf("{ artifact_id = %q }", artifact))
}

func toCSA(options string, changes ...string) string {
	return imported(append([]string{"roma", "", "csa", "{ " + options + " }"}, changes...)...)
}

// useCSA makes the CSA of a name the one that the variables mean.
func useCSA(name string) func(*stage) {
	return func(s *stage) {
		info := s.server.Info.CSA[name]
		s.setenv(csaVariablesOf(s.server)...)
		s.setenv("CSA_ENDPOINT="+info.Endpoint, "CSA_PASSWORD="+info.Password)
	}
}

// csaOffered puts an archive of CSA into orders.zip.
func csaOffered(s *stage) {
	useCSA("prod")(s)
	s.write("orders.zip", csaArchive(s.t, s.server, csaOffering))
}

// csaRows are about the options of CSA, and about both platforms.
var csaRows = []row{{
	id: "12.1", sentence: "What runs the job again: `artifact_id`.",
	shows: "Another artifact: exported again. Everything computed is unknown in the plan.",
	steps: []step{{
		given: useCSA("dev"), config: csaBlock + fromCSA(csaOffering), plan: creates(exportAddress), sent: "csa_export 1",
		check: expectArchive(exportAddress, "orders.zip"),
	}, {
		config: csaBlock + fromCSA(csaDesign), plan: runs(exportAddress), sent: "csa_export 1", check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "12.2", sentence: "What runs the job again: `mode`.",
	shows: "`update`: imported again. `create`, which is the default, written where nothing was: nothing.",
	steps: []step{{
		given: csaOffered, config: csaBlock + toCSA(""), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA(`mode = "create"`), kept: []string{importAddress},
	}, {
		config: csaBlock + toCSA(`mode = "update"`), plan: runs(importAddress), sent: "csa_import 1",
	}},
}, {
	id: "12.3", sentence: "What runs the job again: `org_for_catalog_import`, `associate_providers`, `validate_type`.",
	shows: "Each of them: imported again. `false` written where nothing was: nothing.",
	steps: []step{{
		given: csaOffered, config: csaBlock + toCSA(""), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA(`org_for_catalog_import = "CSA_CONSUMER"`), plan: runs(importAddress), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA(`associate_providers = true`), plan: runs(importAddress), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA(`validate_type = "SERVICE_OFFERING"`), plan: runs(importAddress), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA(`validate_type = "SERVICE_OFFERING", associate_providers = false`), kept: []string{importAddress},
	}},
}, {
	id: "12.4", sentence: "What does not: `preview`.",
	shows: "Turned on, and off again: nothing is sent. With `source_hash` all values stay known.",
	steps: []step{{
		given: csaOffered, config: csaBlock + toCSA("", "source_hash", `"1"`), sent: "csa_import 1",
	}, {
		config: csaBlock + toCSA("preview = true", "source_hash", `"1"`), plan: quiet(importAddress), kept: []string{importAddress},
	}, {
		config: csaBlock + toCSA("preview = false", "source_hash", `"1"`), plan: quiet(importAddress), kept: []string{importAddress},
	}},
}, {
	id: "12.5", sentence: "What runs the job again: `platform`. A new platform is run there, with a warning that the old one keeps what it has.",
	shows: "An export turns from ROMA Connect to CSA, in place, into the same file: known in the plan, a warning that names both.",
	start: onlyExported,
	steps: []step{{
		given: useCSA("dev"), config: bothBlock + fromCSA(csaOffering),
		plan: append(runs(exportAddress), knows(exportAddress, at("platform"), text("csa"))...), warns: []string{"Export runs on another instance"},
		says: []string{`Before: roma [-\w]+ Now: csa http://127\.0\.0\.1:\d+/dev`}, sent: "csa_export 1",
		check: expectArchive(exportAddress, "orders.zip"),
	}},
}, {
	id: "12.6", sentence: "A resource picks its platform by the nested attribute it carries; with none, by the platform in its state, if both are configured; otherwise a plan-time error says which to write.",
	shows: "An import without either: that of its state, nothing sent; created, the error. Carrying both is one.",
	steps: []step{{
		given: csaOffered, config: csaBlock + toCSA(""), sent: "csa_import 1",
	}, {
		config: bothBlock + imported("roma", ""), kept: []string{importAddress},
	}, {
		config:  bothBlock + strings.Replace(imported("roma", ""), `"x"`, `"new"`, 1),
		args:    []string{"-target=asset_import.new"},
		refused: "Error: More than one platform .*roma, csa. Write the attribute of exactly one",
	}, {
		config: csaBlock + toCSA("", "roma", "{}"), refused: "Error: More than one platform",
	}},
}, {
	id: "12.7", sentence: "Destroying what is finished needs no configured platform (CSA).",
	shows: "No provider block, no variables: a clean plan, then a destroy, which sends nothing.",
	steps: []step{{
		given: csaOffered, config: csaBlock + toCSA(""), sent: "csa_import 1",
	}, {
		given: func(s *stage) {
			s.unconfigure()
			s.write("main.tf", head+toCSA(""))
			s.clean()
		},
		args: []string{"-destroy"}, warns: []string{"Imported assets stay"}, again: true,
	}},
}, {
	id: "12.8", sentence: "Unknown values: the whole of `csa`, in the provider block and in the resources.",
	shows: "Unknown in the plan, no error, and what an archive is gets checked at apply. When they are known to be what the state has, nothing is sent.",
	steps: []step{{
		given: useCSA("dev"), config: latent + `provider "asset" { csa = ` + when("{}") + " }\n" +
			exported("roma", "", "csa", when(fmt.Sprintf("{ artifact_id = %q }", csaOffering))) +
			importedFrom("roma", "", "csa", when(`{ validate_type = "SERVICE_OFFERING" }`)),
		plan: checks(creates(exportAddress), unknown(exportAddress, at("platform")), unknown(exportAddress, at("instance")), creates(importAddress)),
		sent: "csa_export 1, csa_import 1",
	}, {
		config: strings.Replace(latent, `"1" }`, `"2" }`, 1) + csaBlock + strings.Replace(fromCSA(csaOffering), "{ artifact_id",
			`terraform_data.v.output == "" ? null : { artifact_id`, 1) + importedFrom("roma", "", "csa", `{ validate_type = "SERVICE_OFFERING" }`),
		plan: runs(exportAddress), kept: []string{exportAddress, importAddress},
	}},
}, {
	id: "12.9", sentence: "An archive of CSA counts by canonical entries, because its exports are not repeatable.",
	shows: "Values that are encrypted anew, and a signature: a clean plan. Triggers: imported again. Another text: imported.",
	steps: []step{{
		given: csaEncrypted("ENC(YWJj+/==)"), config: csaBlock + toCSA(""), sent: "csa_import 1",
	}, {
		given: csaEncrypted("ENC(ZGVmZw==)", [2]string{"META-INF/MANIFEST.MF", "m"}, [2]string{"META-INF/CSA.SF", "s"}), plan: rests(importAddress), only: true,
	}, {
		given: csaEncrypted("ENC(ZGVmZw==)"), config: csaBlock + toCSA("", "triggers", `{ n = "1" }`), plan: runs(importAddress), sent: "csa_import 1",
	}, {
		given: csaEncrypted("ENC(x) and more"), plan: runs(importAddress), only: true,
	}},
}}

// csaEncrypted puts an archive of CSA with this text in its XML into orders.zip,
// and more entries.
func csaEncrypted(text string, entries ...[2]string) func(*stage) {
	return func(s *stage) {
		csaOffered(s)
		s.write("orders.zip", rewritten(s.t, csaArchive(s.t, s.server, csaOffering), "<!-- "+text+" -->", entries...))
	}
}
