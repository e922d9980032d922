# Import what was approved, and show in the plan what it changes.

terraform {
  # Functions of providers.
  required_version = ">= 1.8"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "archive" {
  type = object({
    path   = string
    sha256 = string
  })
  description = "The archive to import, as the output archive of dev has it."
}

variable "before" {
  type        = string
  description = "Address of the archive that production has now. Null for the first one."
  default     = null
}

variable "prod_instance" {
  type        = string
  description = "Id of the instance to import into."
}

provider "asset" {
  roma = { instance_id = var.prod_instance }
}

# Only the directories of the archives are read, in each plan.
data "asset_archive" "release" {
  path = var.archive.path
}

data "asset_archive" "before" {
  count = var.before == null ? 0 : 1
  path  = var.before
}

resource "asset_import" "orders" {
  source      = var.archive.path
  source_hash = var.archive.sha256
  roma        = { type = "Merge" }
}

# A reviewer reads it in the plan: the names of what is added, removed and changed.
# The address is a key, so that a plan shows all of it, and not only what differs
# from what the release before had changed.
output "changes" {
  value = {
    (var.archive.path) = provider::asset::content_changes(
      flatten(data.asset_archive.before[*].entries),
      data.asset_archive.release.entries,
    )
  }
}
