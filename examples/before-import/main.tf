# Back up production before a release is imported: neither platform has an undo.

terraform {
  required_version = ">= 1.3"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "release" {
  type        = string
  description = "Release to promote. Another value exports again, production before it is changed, too."
  default     = "1.4.0"
}

variable "bucket" {
  type        = string
  description = "Bucket of OBS that holds releases and backups."
  default     = "asset-releases"
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
  roma     = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path     = "obs://${var.bucket}/orders-${var.release}.zip"
  triggers = { release = var.release }
}

# What production calls orders, whatever its id is there.
data "asset_inventory" "before" {
  provider = asset.prod
  roma     = { name = "orders" }
}

# What the release is about to change, as production has it.
resource "asset_export" "before" {
  provider = asset.prod
  roma     = { apps = [for a in data.asset_inventory.before.apps : a.id] }
  path     = "obs://${var.bucket}/before-orders-${var.release}.zip"
  triggers = { release = var.release }

  lifecycle {
    precondition {
      condition     = length(data.asset_inventory.before.apps) == 1
      error_message = "There is not exactly one application orders on production, so there is nothing to back up. The first promotion goes without."
    }
  }
}

resource "asset_import" "orders" {
  provider    = asset.prod
  source      = asset_export.orders.archive.path
  source_hash = asset_export.orders.archive.content_digest
  roma        = { type = "Merge" }

  # If the backup fails, production is not changed.
  depends_on = [asset_export.before]
}

# The way back: import this archive.
output "before" {
  value = {
    path   = asset_export.before.archive.path
    sha256 = asset_export.before.archive.sha256
  }
}
