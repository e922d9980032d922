# These tests need no cloud. They run against the simulator, whose one line of
# output is the value of the variable "simulator".

variables {
  app     = "6a5f0f3e-93d1-4a57-9a43-0d9b1c2e7f10"
  tasks   = ["e7b3c9d4-2f58-4c1e-9a60-8b7d5f4e3c32"]
  release = "1.0.0"
  archive = "tests/invoicing.zip"
}

provider "asset" {
  alias = "from"
  roma = {
    region      = var.simulator.roma.region
    endpoint    = var.simulator.roma.endpoint
    auth_url    = var.simulator.roma.auth_url
    access_key  = var.simulator.roma.access_key
    secret_key  = var.simulator.roma.secret_key
    instance_id = var.simulator.roma.instances.dev
  }
}

provider "asset" {
  alias = "to"
  roma = {
    region      = var.simulator.roma.region
    endpoint    = var.simulator.roma.endpoint
    auth_url    = var.simulator.roma.auth_url
    access_key  = var.simulator.roma.access_key
    secret_key  = var.simulator.roma.secret_key
    instance_id = var.simulator.roma.instances.prod
  }
}

run "refuses_a_release_without_three_numbers" {
  command = plan
  variables {
    release = "latest"
  }
  expect_failures = [var.release]
}

run "promotes" {
  assert {
    condition     = asset_export.this.status == "SUCCEEDED" && asset_import.this.status == "SUCCEEDED"
    error_message = "A job did not succeed."
  }
  assert {
    condition     = asset_import.this.archive.sha256 == asset_export.this.archive.sha256
    error_message = "What was imported is not what was exported."
  }
  assert {
    condition     = asset_export.this.instance != asset_import.this.instance
    error_message = "The module promotes an instance to itself."
  }
}

run "does_nothing_when_nothing_changed" {
  assert {
    condition     = output.jobs == run.promotes.jobs
    error_message = "A job ran again although nothing changed."
  }
}

run "a_release_exports_again_and_imports_only_new_content" {
  variables {
    release = "1.1.0"
  }
  assert {
    condition     = output.jobs.export != run.promotes.jobs.export
    error_message = "The release was not exported."
  }
  assert {
    condition     = output.jobs.import == run.promotes.jobs.import
    error_message = "The same content was imported again."
  }
}
