# Promote an application and a task from one ROMA Connect instance to the next.

terraform {
  required_version = ">= 1.3"

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

variable "applications" {
  type        = set(string)
  description = "Names of the applications to promote."
  default     = ["orders"]
}

variable "tasks" {
  type        = set(string)
  description = "Names of the data-integration tasks to promote."
  default     = ["orders_to_warehouse"]
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

# What dev has. Exports want ids, people know names.
data "asset_inventory" "dev" {
  provider = asset.dev
}

locals {
  apps  = [for a in data.asset_inventory.dev.apps : a if contains(var.applications, a.name)]
  tasks = [for t in data.asset_inventory.dev.tasks : t if contains(var.tasks, t.name)]
}

resource "asset_export" "orders" {
  provider = asset.dev
  roma     = { apps = local.apps[*].id, tasks = local.tasks[*].id }
  path     = "${path.module}/orders.zip"
  triggers = { release = var.release }

  lifecycle {
    # A name that was misspelt or changed must not promote less than was meant.
    precondition {
      condition     = sort(local.apps[*].name) == sort(var.applications) && sort(local.tasks[*].name) == sort(var.tasks)
      error_message = "Each name must be that of exactly one application or task."
    }
  }
}

resource "asset_import" "orders" {
  provider = asset.prod
  source   = asset_export.orders.archive.path

  # Merge updates what is there and adds what is new. AddNew, the server's
  # default, would collide with what the first promotion created.
  roma = { type = "Merge" }
}

output "promoted" {
  value = concat([for a in local.apps : "${a.name} (${a.id})"], [for t in local.tasks : "${t.name} (${t.id})"])
}

output "job_ids" {
  value = {
    export = asset_export.orders.job_id
    import = asset_import.orders.job_id
  }
}
