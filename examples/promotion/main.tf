# Promote an application and a task from one ROMA Connect instance to the next.

terraform {
  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "dev_instance" {
  type        = string
  description = "Id of the ROMA Connect instance to promote from."
}

variable "prod_instance" {
  type        = string
  description = "Id of the ROMA Connect instance to promote to."
}

variable "release" {
  type        = string
  description = "Another value exports again."
  default     = "1.4.0"
}

# Region and credentials come from the HW_* variables.
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
  path     = "${path.module}/orders.zip"
  triggers = { release = var.release }
}

resource "asset_import" "orders" {
  provider = asset.prod
  source   = asset_export.orders.archive.path

  # Merge updates what is there and adds what is new. AddNew, the server's
  # default, would collide with what the first promotion created.
  roma = { type = "Merge" }
}

output "job_ids" {
  value = {
    export = asset_export.orders.job_id
    import = asset_import.orders.job_id
  }
}
