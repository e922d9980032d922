# Export a whole instance into a store. Raising the date in a pull request, or
# TF_VAR_backup of a monthly pipeline, makes the next backup.

terraform {
  required_version = ">= 1.3"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "backup" {
  type        = string
  description = "Date of the backup. It is part of each address, because nothing in a store is overwritten."
  default     = "2026-11-26"

  validation {
    # A date that is configured plans clean; timestamp() would export with each apply.
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.backup))
    error_message = "The date is written as in 2026-11-26."
  }
}

variable "bucket" {
  type        = string
  description = "Bucket of OBS that holds the backups."
  default     = "asset-releases"
}

variable "prod_instance" {
  type        = string
  description = "Id of the instance to back up."
}

# The credentials of ROMA Connect reach OBS, too.
provider "asset" {
  roma = { instance_id = var.prod_instance }
}

# All that the credentials may export. It is asked for in each plan.
data "asset_inventory" "all" {
  roma = {}
}

locals {
  # One export takes at most 100 applications and 100 tasks. Sorted, because the
  # server's order may change, and a chunk that changes is exported again.
  apps  = chunklist(sort([for a in data.asset_inventory.all.apps : a.id]), 100)
  tasks = chunklist(sort([for t in data.asset_inventory.all.tasks : t.id]), 100)

  # Keys without the date: the next backup updates the same resources.
  chunks = merge(
    { for i, ids in local.apps : format("apps-%02d", i + 1) => { apps = ids, tasks = null } },
    { for i, ids in local.tasks : format("tasks-%02d", i + 1) => { apps = null, tasks = ids } },
  )
}

resource "asset_export" "all" {
  for_each = local.chunks

  roma     = each.value
  path     = "obs://${var.bucket}/backup/${var.backup}/${each.key}.zip"
  triggers = { backup = var.backup }
}

# What to keep beside the archives: where each of them is, and how to recognize it.
output "archives" {
  value = {
    for key, export in asset_export.all : key => {
      path           = export.archive.path
      sha256         = export.archive.sha256
      content_digest = export.archive.content_digest
    }
  }
}
