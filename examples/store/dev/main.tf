# Export a release of dev into a store that every machine reaches.

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
  description = "Release to export. It is part of the address, because nothing in a store is overwritten."
  default     = "1.4.0"
}

variable "bucket" {
  type        = string
  description = "Bucket of OBS that holds the releases."
  default     = "asset-releases"
}

variable "dev_instance" {
  type        = string
  description = "Id of the instance to export from."
}

# The credentials of ROMA Connect reach OBS, too.
provider "asset" {
  roma = { instance_id = var.dev_instance }
}

resource "asset_export" "orders" {
  roma = {
    apps  = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"]
    tasks = ["b2e6a456-1234-4a80-aa45-f4b8029f95a4"]
  }
  path     = "obs://${var.bucket}/orders-${var.release}.zip"
  triggers = { release = var.release }
}

# What is approved: terraform output -json archive
output "archive" {
  value = {
    path   = asset_export.orders.archive.path
    sha256 = asset_export.orders.archive.sha256
  }
}
