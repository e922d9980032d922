package provider_test

import (
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// What is applied in a row of CSA.
const (
	resourceCSAExport = "csa export"
	resourceCSAImport = "csa import"
)

const faultCSAConfig = csaHead + `
variable "release" { type = string }
variable "limit" { type = string }
variable "file" { type = string }
provider "asset" {
  csa = {}
}
`

const faultCSAExport = `
resource "asset_export" "it" {
  csa      = { artifact_id = "` + csaOffering + `" }
  path     = var.file
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
}
`

const faultCSAImport = `
resource "asset_import" "it" {
  csa      = { mode = "update" }
  source   = var.file
  triggers = { release = var.release }
  timeouts = { create = var.limit, update = var.limit }
}
`

// prepareCSA makes the cell one of CSA: exports are from dev, imports go to
// prod.
func (c *cell) prepareCSA(t *testing.T) {
	t.Helper()
	c.setenv(csaVariablesOf(c.server)...)
	switch c.fault.resource {
	case resourceCSAExport:
		dev := c.server.Info.CSA["dev"]
		c.write("main.tf", faultCSAConfig+faultCSAExport)
		c.setenv("CSA_ENDPOINT="+dev.Endpoint, "CSA_PASSWORD="+dev.Password)
	case resourceCSAImport:
		c.write("main.tf", faultCSAConfig+faultCSAImport)
		c.write("it.zip", csaArchive(t, c.server, csaOffering))
	}
}

// csaLoginFaults are those of the account and of the look-up of the person.
func csaLoginFaults() []fault {
	row := func(name string, create *outcome, brokenEnv string, orders ...simulator.Fault) fault {
		f := fault{group: "CSA login", name: name, resource: resourceCSAExport, orders: orders, create: create}
		if brokenEnv != "" {
			f.brokenEnv = []string{brokenEnv}
		}
		return f
	}
	account := row("wrong password", wrong("Credentials refused", 0, "csa.username and csa.password"), "CSA_PASSWORD=wrong")
	account.update = wrong("Credentials refused", 0)
	return []fault{
		account,
		row("unknown organization", wrong("Unknown organization", 0, `"Nowhere"`), "CSA_ORGANIZATION=Nowhere"),
		row("unknown user", wrong("Unknown user", 0, `no user "nobody"`), "CSA_USER=nobody"),
		row("a user without the rights", wrong("Not allowed", 1), "CSA_USER=viewer"),
		row("userIdentifier of nobody", wrong("Credentials refused", 1, "csa.user_identifier where it is set"),
			"CSA_USER_IDENTIFIER=0123456789abcdef0123456789abcdef"),
		row("HTML page with status 200", wrong("Login failed", 0, "Cloud Service Management Console"), "", simulator.Fault{On: "csa_login", Do: "html_page"}),
		row("503, once", fine(1), "", status("csa_login", 503, "", "")),
		row("connection refused", wrong("Export request failed", 0, "not connected"), "CSA_ENDPOINT=http://127.0.0.1:1"),
	}
}

// csaExportFaults are those of an export, which is one request that reads.
func csaExportFaults() []fault {
	row := func(name string, create *outcome, f simulator.Fault) fault {
		f.On = "csa_export"
		return fault{group: "CSA export", name: name, resource: resourceCSAExport, orders: []simulator.Fault{f}, create: create}
	}
	page := row("HTML page with status 200", wrong("Download is no archive", 1, "Cloud Service Management Console"), simulator.Fault{Do: "not_a_zip"})
	page.update = wrong("Download is no archive", 1)
	broke := row("connection lost three times", wrong("Download broke", 3, "exporting again (2 of at most 2)"), simulator.Fault{Do: "cut", Bytes: 200, Times: 3})
	broke.update = wrong("Download broke", 3)
	slow := row("too slow for the timeout", wrong("Download took too long", 1, "timeout of 1s"), simulator.Fault{Do: "slow", BytesPerSecond: 10})
	slow.limit = "1s"
	return []fault{
		page, broke, slow,
		row("connection lost in the middle", fine(2, "Download broke, exporting again"), simulator.Fault{Do: "cut", Bytes: 200}),
		row("cut without a length", fine(2, "Download broke, exporting again"), simulator.Fault{Do: "cut", Bytes: 200, Chunked: true}),
		row("a zip without a manifest", wrong("Download is no archive", 1, "no manifest.xml"), simulator.Fault{Do: "bad_zip", Variant: "no_manifest"}),
		row("404", wrong("Artifact not found", 1, "csa.artifact_id"), simulator.Fault{Do: "status", Status: 404}),
		row("500", wrong("Export request failed", 3), simulator.Fault{Do: "status", Status: 500, Times: 3}),
	}
}

// csaImportFaults are those of an import, which is sent once.
func csaImportFaults() []fault {
	row := func(name string, create *outcome, f simulator.Fault) fault {
		if f.On == "" {
			f.On = "csa_import"
		}
		return fault{group: "CSA import", name: name, resource: resourceCSAImport, orders: []simulator.Fault{f}, create: create}
	}
	lost := row("connection lost after the import was done", wrong("Outcome unknown", 1, "may have performed it"), simulator.Fault{Do: "drop_after"})
	lost.update = wrong("Outcome unknown", 1)
	failed := row("FAILURE with status 200", wrong("Import failed", 1, "FAILURE", "Flow /x is missing"),
		simulator.Fault{Do: "import_status", Summary: "It did not work", Messages: []string{"Flow /x is missing", "Flow /y is missing"}})
	failed.update = wrong("Import failed", 1)
	silent := row("no answer until the timeout", wrong("Outcome unknown", 1), simulator.Fault{Do: "hang"})
	silent.limit = "1s"
	return []fault{
		lost, failed, silent,
		row("connection lost after the request was read", wrong("Outcome unknown", 1), simulator.Fault{Do: "drop_before"}),
		row("an unknown status word", wrong("Import failed", 1, "PARTIAL"), simulator.Fault{Do: "import_status", Word: "PARTIAL", Messages: []string{}}),
		row("FAILURE with status 500", wrong("Import failed", 1, "FAILURE"), simulator.Fault{Do: "import_status", Status: 500}),
		row("400", wrong("Import request refused", 1), simulator.Fault{Do: "status", Status: 400, Message: "no such option"}),
		row("500", wrong("Outcome unknown", 1), simulator.Fault{Do: "status", Status: 500}),
		row("504", wrong("Outcome unknown", 1, "idle timeout is shorter than the import takes"), simulator.Fault{Do: "status", Status: 504}),
		{
			group: "CSA import", name: "redirect to the login page", resource: resourceCSAImport,
			before: func(t *testing.T, c *cell) {
				t.Helper()
				page := c.server.Info.CSA["prod"].Endpoint + "/csa/login?ticket=secret"
				order(t, c.server, simulator.Fault{On: "csa_import", Do: "redirect", Status: 302, Location: page})
			},
			create: wrong("Import request refused", 1, `to "/prod/csa/login" on the same host`, "API is below /csa/rest"),
		},
		row("HTML page with status 200", wrong("Outcome unknown", 1, "Cloud Service Management Console"), simulator.Fault{Do: "html_page"}),
		row("the answer is cut off", wrong("Outcome unknown", 1), simulator.Fault{Do: "cut", Bytes: 100}),
		row("the answer is cut off behind the name of its record", wrong("Outcome unknown", 1, "which was named before that, does not say success"), simulator.Fault{
			Do: "raw_body", ContentType: "application/xml",
			Body: "<ImportOperationResult><importResultRecord>0123abcd-0123-4567-89ab-0123456789ab</importResultRecord><additionalSummaryMessages>Service off",
		}),
		row("the import result cannot be read", fine(1), simulator.Fault{On: "csa_import_result", Do: "status", Status: 500}),
	}
}
