# Raising the release in terraform.tfvars promotes.

terraform {
  # Functions of providers, for the record of what changed.
  required_version = ">= 1.8"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "release" {
  type        = string
  description = "Release to promote. Another value exports again."
}

variable "dev_instance" {
  type        = string
  description = "Id of the instance to promote from."
}

variable "prod_instance" {
  type        = string
  description = "Id of the instance to promote to."
}

provider "asset" {
  alias = "dev"
  roma  = { instance_id = var.dev_instance }
}

provider "asset" {
  alias = "prod"
  roma  = { instance_id = var.prod_instance }
}

resource "asset_export" "orders" {
  provider = asset.dev
  roma = {
    apps  = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"]
    tasks = ["b2e6a456-1234-4a80-aa45-f4b8029f95a4"]
  }
  path     = "${path.root}/archives/orders-${var.release}.zip"
  triggers = { release = var.release }
}

resource "asset_import" "orders" {
  provider    = asset.prod
  source      = asset_export.orders.archive.path
  source_hash = asset_export.orders.archive.content_digest
  roma        = { type = "Merge" }
}
