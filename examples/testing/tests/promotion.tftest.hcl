# These tests need no cloud. They run against the simulator: simulator.json is
# what it printed when it started.

variables {
  app     = "6a5f0f3e-93d1-4a57-9a43-0d9b1c2e7f10"
  tasks   = ["e7b3c9d4-2f58-4c1e-9a60-8b7d5f4e3c32"]
  release = "1.0.0"
  archive = "tests/invoicing.zip"
}

provider "asset" {
  alias = "from"
  roma = {
    region      = jsondecode(file("simulator.json")).roma.region
    endpoint    = jsondecode(file("simulator.json")).roma.endpoint
    auth_url    = jsondecode(file("simulator.json")).roma.auth_url
    access_key  = jsondecode(file("simulator.json")).roma.access_key
    secret_key  = jsondecode(file("simulator.json")).roma.secret_key
    instance_id = jsondecode(file("simulator.json")).roma.instances.dev
  }
}

provider "asset" {
  alias = "to"
  roma = {
    region      = jsondecode(file("simulator.json")).roma.region
    endpoint    = jsondecode(file("simulator.json")).roma.endpoint
    auth_url    = jsondecode(file("simulator.json")).roma.auth_url
    access_key  = jsondecode(file("simulator.json")).roma.access_key
    secret_key  = jsondecode(file("simulator.json")).roma.secret_key
    instance_id = jsondecode(file("simulator.json")).roma.instances.prod
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

run "plans_nothing_when_nothing_changed" {
  command = plan

  # A job that would run again has no id in the plan, which fails the test.
  assert {
    condition     = output.jobs.export != "" && output.jobs.import != ""
    error_message = "The jobs have no ids."
  }
}

run "exports_a_release_and_imports_only_new_content" {
  variables {
    release = "1.1.0"
  }

  # Two exports differ in their bytes, also where their content is the same.
  assert {
    condition     = asset_export.this.archive.sha256 != asset_import.this.archive.sha256
    error_message = "The release was not exported, or the same content was imported again."
  }
  assert {
    condition     = asset_export.this.archive.content_digest == asset_import.this.archive.content_digest
    error_message = "What was imported is not the content of the release."
  }
}
