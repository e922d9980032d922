# What the golden state of schema version 0 was made from: each resource on
# each platform, finished, and two that were interrupted.

terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}

variable "dev_instance" {}
variable "prod_instance" {}
variable "dev_endpoint" {}
variable "dev_password" { sensitive = true }
variable "prod_endpoint" {}
variable "prod_password" { sensitive = true }
variable "limit" { default = "60s" }
variable "release" { default = "1" }

provider "asset" {
  alias = "dev"
  roma  = { instance_id = var.dev_instance }
  csa   = { endpoint = var.dev_endpoint, password = var.dev_password }
}

provider "asset" {
  alias = "prod"
  roma  = { instance_id = var.prod_instance }
  csa   = { endpoint = var.prod_endpoint, password = var.prod_password }
}

resource "asset_export" "roma" {
  provider = asset.dev
  roma = {
    apps  = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"]
    tasks = ["b2e6a456-1234-4a80-aa45-f4b8029f95a4"]
  }
  path              = "roma.zip"
  triggers          = { release = "1.4.0" }
  if_missing        = "keep"
  remove_on_destroy = true
  timeouts          = { create = "1h", update = "2h" }
}

resource "asset_export" "on_server" {
  provider = asset.dev
  roma     = { instance_id = var.dev_instance, apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
}

resource "asset_export" "csa" {
  provider = asset.dev
  csa      = { artifact_id = "90cec2ff3c81b896013c81b8c1780097" }
  path     = "csa.zip"
}

resource "asset_import" "roma" {
  provider    = asset.prod
  source      = asset_export.roma.archive.path
  source_hash = asset_export.roma.archive.content_digest
  triggers    = { release = "1.4.0" }
  roma        = { type = "Merge", prefix = "p_", datasource_overwrite = true }
}

resource "asset_import" "without_options" {
  provider = asset.prod
  source   = "roma.zip"
  roma     = {}

  # AddNew collides with what is there.
  depends_on = [asset_export.roma]
}

resource "asset_import" "csa" {
  provider = asset.prod
  source   = asset_export.csa.archive.path
  csa = {
    mode                = "update"
    associate_providers = true
    validate_type       = "SERVICE_OFFERING"
    preview             = true
  }
}

# Interrupted in its first run, with its job in the state.
resource "asset_export" "interrupted" {
  provider = asset.dev
  roma     = { apps = ["3f0c9d2e-7b41-4c5a-9d1f-6a8e2b4c7d90"] }
  path     = "interrupted.zip"
  timeouts = { create = var.limit }
}

# Interrupted in an update, with its job in the private state.
resource "asset_export" "updated" {
  provider = asset.dev
  roma     = { apps = ["3f0c9d2e-7b41-4c5a-9d1f-6a8e2b4c7d90"] }
  path     = "updated.zip"
  triggers = { release = var.release }
  timeouts = { update = var.limit }
}
