package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const fetchAndImport = csaHead + `
variable "dev_instance" {}
variable "prod_instance" {}
provider "asset" {
  roma = {}
}
resource "asset_export" "it" {
  roma = { instance_id = var.dev_instance, apps = ["` + ordersApp + `"] }
}
data "asset_archive" "it" {
  path     = "it.zip"
  download = true
  roma     = { instance_id = var.dev_instance, archive_id = asset_export.it.archive_id }
}
resource "asset_import" "it" {
  roma   = { instance_id = var.prod_instance, type = "Merge" }
  source = data.asset_archive.it.path
}
output "digest" {
  value = data.asset_archive.it.content_digest
}
`

// TestFetchedArchive follows an archive that a data source downloads: through
// the apply that makes it, a second plan, another machine, and a destroy.
func TestFetchedArchive(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, fetchAndImport)
	// While the id is unknown nothing is asked.
	w.plan(true)
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	w.apply(0)
	expectCounts(t, server, "export 1, download 1, import 1")
	if apps := server.Simulator.State().Instances["prod"].Apps; len(apps) != 1 {
		t.Errorf("prod has %v", apps)
	}

	server.Simulator.ResetRequests()
	w.plan(false)
	if n := len(server.Simulator.Requests()); n != 0 {
		t.Errorf("a second plan sent %d requests", n)
	}

	// Another machine has the state and no archive: a warning, and no change
	// but that of the output, which has no value any more.
	elsewhere := w.elsewhere(t)
	out := elsewhere.terraform("plan", "-detailed-exitcode")
	expectSaid(t, out.out, "Archive already downloaded", "The attributes of the data source are null.")
	if strings.Contains(out.out, "asset_import.it will be") || strings.Contains(out.out, "asset_export.it will be") || out.code == 1 {
		t.Errorf("plan ended with %d:\n%s", out.code, out.out)
	}
	expectCounts(t, server, "download 1, export 0, import 0, job 0")
	if _, err := os.Lstat(elsewhere.path("it.zip")); err == nil {
		t.Error("something was left at the path")
	}

	// Terraform reads data sources before it destroys, too: nulls are no
	// reason not to.
	if r := elsewhere.terraform("destroy", "-auto-approve"); r.code != 0 {
		t.Errorf("destroy ended with %d:\n%s", r.code, r.out)
	}
	expectCounts(t, server, "download 2, export 0, import 0, delete 0")

	server.Simulator.ResetRequests()
	if r := w.terraform("destroy", "-auto-approve"); r.code != 0 {
		t.Errorf("destroy ended with %d:\n%s", r.code, r.out)
	}
	if _, err := os.Stat(w.path("it.zip")); err != nil || len(server.Simulator.Requests()) != 0 {
		t.Errorf("destroy: %d requests, %v", len(server.Simulator.Requests()), err)
	}
}

// TestFetchedAnew: an older file at path is never downloaded over, and the id
// in the path, as the example has it, gives each archive a file of its own.
func TestFetchedAnew(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	release := func(path, more string) string {
		return strings.NewReplacer(`"it.zip"`, path, "apps = [", "apps = ["+more).Replace(fetchAndImport)
	}
	w := newWorkspace(t, server, release(`"it.zip"`, ""))
	w.apply(0)
	w.write("main.tf", release(`"it.zip"`, `"`+billingApp+`", `))
	w.apply(0)
	expectCounts(t, server, "export 2, download 1, import 1")
	// The archive still waits, and its new path has no file.
	w.write("main.tf", release(`"${asset_export.it.archive_id}.zip"`, `"`+billingApp+`", `))
	w.apply(0)
	expectCounts(t, server, "export 2, download 2, import 2")
	w.plan(false)
	// The id is unknown in the plan of another export, hence the path.
	w.write("main.tf", release(`"${asset_export.it.archive_id}.zip"`, ""))
	w.apply(0)
	expectCounts(t, server, "export 3, download 3, import 3")
	w.plan(false)
	if zips, err := filepath.Glob(w.path("*.zip")); err != nil || len(zips) != 3 {
		t.Errorf("%v, %v", zips, err)
	}
}

// elsewhere is another machine that has the configuration and the state.
func (w *workspace) elsewhere(t *testing.T) *workspace {
	t.Helper()
	other := &workspace{t: t, dir: t.TempDir(), env: w.env}
	for _, name := range []string{"main.tf", "terraform.tfstate"} {
		text, err := os.ReadFile(w.path(name))
		if err != nil {
			t.Fatal(err)
		}
		other.write(name, string(text))
	}
	return other
}

// TestPlanDownloadsOnce is the archive of somebody else: its id is known, so
// the plan is what downloads it, and the apply of that plan does not again.
func TestPlanDownloadsOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	id := waiting(t, server)
	w := newWorkspace(t, server, csaHead+`
variable "dev_instance" {}
variable "prod_instance" {}
variable "archive" {}
provider "asset" {
  roma = {}
}
data "asset_archive" "it" {
  path     = "it.zip"
  download = true
  roma     = { instance_id = var.dev_instance, archive_id = var.archive }
}
resource "asset_import" "it" {
  roma   = { instance_id = var.prod_instance, type = "Merge" }
  source = data.asset_archive.it.path
}
`)
	w.setenv("TF_VAR_archive=" + id)
	w.plan(true, "-out", "saved")
	expectCounts(t, server, "download 1, import 0")
	if r := w.terraform("apply", "saved"); r.code != 0 {
		t.Errorf("apply ended with %d:\n%s", r.code, r.out)
	}
	expectCounts(t, server, "download 1, import 1")
	w.plan(false)
	w.elsewhere(t).plan(false)
	expectCounts(t, server, "download 2, import 1, export 0")
}

// TestProviderFromAResource does what the message advises where the provider
// block has a value that only apply knows.
func TestProviderFromAResource(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	text := csaHead + `
variable "dev_instance" {}
resource "terraform_data" "instance" {
  input = var.dev_instance
}
provider "asset" {
  roma = { instance_id = terraform_data.instance.output }
}
data "asset_inventory" "it" {
  DEPENDS
}
output "names" {
  value = [for a in data.asset_inventory.it.apps : a.name]
}
`
	w := newWorkspace(t, server, strings.Replace(text, "DEPENDS", "", 1))
	r := w.terraform("plan")
	expectSaid(t, r.out, "Provider is not known yet", "roma.instance_id", "depends_on")
	if n := len(server.Simulator.Requests()); r.code != 1 || n != 0 {
		t.Errorf("plan ended with %d after %d requests", r.code, n)
	}
	w.write("main.tf", strings.Replace(text, "DEPENDS", "depends_on = [terraform_data.instance]", 1))
	expectSaid(t, w.apply(0).out, `"orders archive"`)
	w.plan(false)
	expectCounts(t, server, "apps 2, tasks 2, export 0")
}

// TestDigestInAPlan calls the function without any platform, with the path
// that terraform runs in, and has its errors framed by terraform.
func TestDigestInAPlan(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, csaHead+`
variable "file" {}
output "digest" {
  value = provider::asset::content_digest(var.file)
}
`)
	w.write("it.zip", goldenArchive(t))
	w.setenv("HW_REGION_NAME=", "ROMA_ENDPOINT=")
	w.apply(0, "-var=file=it.zip")
	w.plan(false, "-var=file="+w.path("it.zip"))
	r := w.terraform("plan", "-var=file=gone.zip")
	expectSaid(t, r.out, `Invalid value for "path" parameter: there is no file at "gone.zip".`)
	if n := len(server.Simulator.Requests()); n != 0 || r.code != 1 {
		t.Errorf("%d requests, plan ended with %d", n, r.code)
	}
}
