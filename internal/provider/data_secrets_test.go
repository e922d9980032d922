package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestNoSecretGetsOutOfDataSources reads everything from servers that put the
// credentials that they were sent into errors, and into the very names that
// they list.
func TestNoSecretGetsOutOfDataSources(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	network := tap(t, server)
	w := csaWorkspace(t, server, `
variable "dev_instance" {}
variable "job" {}
variable "archive" {}
variable "record" {}
provider "asset" {
  roma = { instance_id = var.dev_instance }
  csa  = {}
}
data "asset_inventory" "roma" {
  roma = {}
}
data "asset_inventory" "csa" {
  csa = {}
}
data "asset_job" "roma" {
  roma = { job_id = var.job }
}
data "asset_job" "csa" {
  csa = { record_id = var.record }
}
data "asset_archive" "it" {
  path     = "it.zip"
  download = true
  roma     = { archive_id = var.archive }
}
output "all" {
  value = [data.asset_inventory.roma, data.asset_inventory.csa, data.asset_job.roma, data.asset_job.csa, data.asset_archive.it]
}
`)
	order(t, server, simulator.Fault{On: "export", Do: "fail_job"})
	job, archive := startExport(t, server), waiting(t, server)
	w.setenv("TF_VAR_job="+job, "TF_VAR_archive="+archive, "TF_VAR_record=f1e2d3c4-0000-4000-8000-1234567890ab",
		"ROMA_ENDPOINT="+network.url, "HW_AUTH_URL="+network.url+"/v3", "CSA_ENDPOINT="+network.url+"/prod",
		"HW_MAX_RETRIES=0", "CSA_MAX_RETRIES=0", "TF_LOG=TRACE", "TF_LOG_PATH="+w.path("trace.log"))

	// A server can echo what it was sent itself.
	toROMA, toCSA := []string{server.Info.ROMA.SecretKey}, csaSecrets(server, "prod")
	echo := echoOf(toROMA)
	listed, err := json.Marshal(echo)
	if err != nil {
		t.Fatal(err)
	}
	asXML := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(echoOf(toCSA))
	failing := func(kind string) simulator.Fault {
		return simulator.Fault{On: kind, Do: "status", Status: 500, Message: echo, Code: "ROMA.11000"}
	}
	refused := failing("csa_catalogs")
	refused.Code, refused.Message, refused.Body = "", "", "<html><title>"+asXML+"</title></html>"
	noRecord := refused
	noRecord.On = "csa_import_result"
	order(t, server, failing("apps"), failing("job"), failing("download"), refused, noRecord)
	printed := w.apply(1).out
	order(t, server,
		simulator.Fault{On: "apps", Do: "raw_body", Body: fmt.Sprintf(`{"total":1,"apps":[{"id":"a","name":%s,"remark":%s}]}`, listed, listed), Times: -1},
		simulator.Fault{On: "tasks", Do: "raw_body", Body: fmt.Sprintf(`{"total":1,"entities":[{"task_id":"a","task_name":%s,"task_type":%s}]}`, listed, listed), Times: -1},
		simulator.Fault{
			On: "job", Do: "raw_body", Times: -1,
			Body: fmt.Sprintf(`{"status":"FAILED","type":%s,"reason":[{"resource_name":%s,"error_code":%s,"error_msg":%s}]}`, listed, listed, listed, listed),
		},
		simulator.Fault{On: "csa_catalogs", Do: "raw_body", Times: -1, Body: "<CatalogList><catalog><id>c</id><displayName>" + asXML + "</displayName></catalog></CatalogList>"},
		simulator.Fault{On: "csa_offerings", Do: "raw_body", Times: -1, Body: "<ServiceOfferingList/>"},
		simulator.Fault{
			On: "csa_import_result", Do: "raw_body", Times: -1,
			Body: strings.ReplaceAll("<ImportResult><importResultLogEntry><artifactName>X</artifactName><artifactDisplayName>X</artifactDisplayName>"+
				"<artifactDescription>X</artifactDescription><artifactType>X</artifactType><importOperation>X</importOperation></importResultLogEntry>"+
				"<importSummary>X</importSummary><status>X</status><timeOfImport>X</timeOfImport><userInformation>X</userInformation></ImportResult>", "X", asXML),
		},
	)
	printed += w.apply(0).out
	printed += w.plan(false, "-out", "saved").out
	printed += w.terraform("show", "-json", "saved").out

	secrets := slices.Concat(toROMA, toCSA)
	network.mu.Lock()
	for value := range maps.Keys(network.seen) {
		secrets = append(secrets, value, strings.TrimPrefix(value, "Basic "))
	}
	network.mu.Unlock()
	written := map[string]string{"output": printed}
	for _, file := range []string{"trace.log", "terraform.tfstate"} {
		data, err := os.ReadFile(w.path(file))
		if err != nil {
			t.Fatal(err)
		}
		written[file] = string(data)
	}
	for _, path := range []string{"/apps", "/fdi/instances/", "/assets/jobs/", "/assets/archives/", "/csa/rest/catalog", "/csa/rest/import_result/"} {
		if !strings.Contains(written["trace.log"], path) {
			t.Errorf("the log does not show requests of %s: there is nothing to search", path)
		}
	}
	expectNowhere(t, written, slices.Compact(slices.Sorted(slices.Values(secrets))))
	leftInDir(t, w.dir)
}
