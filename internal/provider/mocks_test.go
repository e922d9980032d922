package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestMocks gives every list of objects to mock_provider and override_data of terraform test: nothing is sent, the
// provider's own checks of the configuration run all the same, and those of plans do not.
func TestMocks(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{})
	w := newWorkspace(t, server, csaHead+`
variable "path" {
  type    = string
  default = "x.zip"
}
variable "type" {
  type    = string
  default = "Merge"
}
data "asset_inventory" "it" {
  roma = { name = "orders" }
}
data "asset_archive" "it" { path = "gone.zip" }
data "asset_job" "it" { roma = { job_id = "gone" } }
resource "asset_export" "x" {
  roma = { apps = data.asset_inventory.it.apps[*].id, tasks = data.asset_inventory.it.tasks[*].id }
  path = var.path
}
resource "asset_import" "y" {
  source = "gone.zip"
  roma   = { type = var.type }
}
`)
	if err := os.Mkdir(w.path("tests"), 0o700); err != nil {
		t.Fatal(err)
	}
	w.write("tests/mocked.tftest.hcl", `
mock_provider "asset" {
  mock_data "asset_inventory" {
    defaults = {
      apps      = [{ id = "`+ordersApp+`", name = "orders", remark = "", owner = true, create_time = null, update_time = null }]
      tasks     = [{ id = "`+ordersTask+`", name = "sync", type = "timing", create_time = null, update_time = null }]
      artifacts = [{ id = "1", type = "CATALOG", name = "Catalog" }]
    }
  }
  mock_data "asset_archive" {
    defaults = {
      entries = [{ name = "a.json", size = 3, crc32 = "00000000" }]
      items   = [{ name = "a.xml", type = null, item_type = "File", item_location = "" }]
    }
  }
  mock_data "asset_job" {
    defaults = {
      reasons       = [{ resource_type = "task", resource_name = "sync", error_code = "ROMA.1", error_msg = "Not today." }]
      import_result = {
        status = "SUCCESS", summary = "", user = "", time_of_import = ""
        entries = [{ name = "a", display_name = "A", description = "", type = "SERVICE_OFFERING", operation = "Error" }]
      }
    }
  }
  mock_resource "asset_import" {
    defaults = { artifacts = [{ id = "1", type = "CATALOG", name = "Catalog" }] }
  }
}

run "gives_lists" {
  assert {
    condition = (
      one(data.asset_inventory.it.apps).name == "orders" && one(data.asset_inventory.it.tasks).type == "timing" &&
      one(data.asset_inventory.it.artifacts).type == "CATALOG" && one(data.asset_archive.it.entries).size == 3 &&
      one(data.asset_archive.it.items).item_type == "File" && one(data.asset_job.it.reasons).error_code == "ROMA.1" &&
      one(data.asset_job.it.import_result.entries).display_name == "A" && one(asset_import.y.artifacts).name == "Catalog"
    )
    error_message = "The lists are not those of the mock."
  }
  assert {
    condition     = asset_export.x.roma.apps == toset(["`+ordersApp+`"]) && asset_export.x.if_missing != "keep"
    error_message = "What is written in the configuration is not as written, or a default was planned by the provider."
  }
}

run "overrides_lists" {
  override_data {
    target = data.asset_inventory.it
    values = {
      apps      = [{ id = "`+billingApp+`", name = "billing", remark = "", owner = true, create_time = null, update_time = null }]
      tasks     = []
      artifacts = []
    }
  }
  assert {
    condition     = asset_export.x.roma.apps == toset(["`+billingApp+`"])
    error_message = "The list was not overridden."
  }
}

run "has_no_plans_of_the_provider" {
  command = plan
  variables {
    path = "new/"
  }
}
`)
	if r := w.terraform("test"); r.code != 0 || !strings.Contains(r.out, "3 passed, 0 failed") {
		t.Errorf("test ended with %d:\n%s", r.code, r.out)
	}
	w.write("tests/refused.tftest.hcl", `
mock_provider "asset" {}
run "checks_the_configuration" {
  command = plan
  variables {
    type = "Replace"
  }
}
`)
	r := w.terraform("test", "-filter=tests/refused.tftest.hcl")
	if r.code == 0 || !strings.Contains(r.out, "Replace") || !strings.Contains(r.out, "0 passed, 1 failed") {
		t.Errorf("test ended with %d:\n%s", r.code, r.out)
	}
	if n := len(server.Simulator.Requests()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
