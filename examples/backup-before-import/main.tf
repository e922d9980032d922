# Before each import into production, what production has is exported beside it. Terraform 1.14 or later.
terraform {
  required_version = ">= 1.14"
  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "prod_instance" {
  type = string
}

variable "release" {
  type    = string
  default = "1.4.0"
}

provider "asset" {
  alias = "prod"
  roma  = { instance_id = var.prod_instance }
}

action "asset_export" "backup" {
  provider = asset.prod

  config {
    # The ids of production: they are others than those of dev.
    roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
    path = "${path.module}/before-${var.release}.zip"
  }
}

resource "asset_import" "orders" {
  provider = asset.prod
  source   = "${path.module}/orders-${var.release}.zip"
  triggers = { release = var.release }
  roma     = { type = "Merge" }

  lifecycle {
    action_trigger {
      events  = [before_create, before_update]
      actions = [action.asset_export.backup]
    }
  }
}
