# Promote two applications through staging to production. orders calls an API
# of customers, so customers goes first on each stage, and production gets only
# what staging has taken.

terraform {
  required_version = ">= 1.3"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "instances" {
  type        = map(string)
  description = "Ids of the ROMA Connect instances, by stage."
  default = {
    dev        = "0d3e5f10-4c1a-4b7e-9a52-d0e0a1b2c3d4"
    staging    = "5b8f2c61-7d3e-4f90-8a14-c2d3e4f5a6b7"
    production = "9c0b7a62-18f4-4d0e-b3a9-f1e2d3c4b5a6"
  }
}

variable "release" {
  type        = string
  description = "Another value exports again."
  default     = "1.4.0"
}

# The instances belong to one project, so one provider serves them all. Region
# and credentials come from the HW_* variables.
provider "asset" {
  roma = { instance_id = var.instances["dev"] }
}

resource "asset_export" "customers" {
  roma     = { apps = ["d4a3b2c1-0f9e-4d8c-b7a6-95e4f3d2c1b0"] }
  path     = "${path.module}/archives/customers-${var.release}.zip"
  triggers = { release = var.release }
}

resource "asset_export" "orders" {
  roma     = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path     = "${path.module}/archives/orders-${var.release}.zip"
  triggers = { release = var.release }
}

resource "asset_import" "customers_staging" {
  source      = asset_export.customers.archive.path
  source_hash = asset_export.customers.archive.content_digest
  roma        = { instance_id = var.instances["staging"], type = "Merge" }
}

resource "asset_import" "orders_staging" {
  source      = asset_export.orders.archive.path
  source_hash = asset_export.orders.archive.content_digest
  roma        = { instance_id = var.instances["staging"], type = "Merge" }
  depends_on  = [asset_import.customers_staging]
}

resource "asset_import" "customers_production" {
  source      = asset_export.customers.archive.path
  source_hash = asset_export.customers.archive.content_digest
  roma        = { instance_id = var.instances["production"], type = "Merge" }
  depends_on  = [asset_import.orders_staging]
}

resource "asset_import" "orders_production" {
  source      = asset_export.orders.archive.path
  source_hash = asset_export.orders.archive.content_digest
  roma        = { instance_id = var.instances["production"], type = "Merge" }
  depends_on  = [asset_import.customers_production]
}
