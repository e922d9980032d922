# A team's own module: it promotes one application, with its tasks, from the
# instance of asset.from to that of asset.to. The tests beside it try it
# against the simulator.

terraform {
  # Tests whose provider blocks read simulator.json.
  required_version = ">= 1.7"

  required_providers {
    asset = {
      source                = "asset-promotion/asset"
      configuration_aliases = [asset.from, asset.to]
    }
  }
}

variable "app" {
  type        = string
  description = "Id of the application."
}

variable "tasks" {
  type        = set(string)
  description = "Ids of its tasks."
  default     = []
}

variable "release" {
  type        = string
  description = "Another value exports again."

  validation {
    condition     = can(regex("^[0-9]+[.][0-9]+[.][0-9]+$", var.release))
    error_message = "A release has three numbers, as in 1.4.0."
  }
}

variable "archive" {
  type        = string
  description = "Where the archive is kept."
}

resource "asset_export" "this" {
  provider = asset.from
  roma     = { apps = [var.app], tasks = var.tasks }
  path     = var.archive
  triggers = { release = var.release }

  # The archive goes when the promotion is destroyed.
  remove_on_destroy = true
}

resource "asset_import" "this" {
  provider = asset.to
  source   = asset_export.this.archive.path
  roma     = { type = "Merge" }
}

output "jobs" {
  value = {
    export = asset_export.this.job_id
    import = asset_import.this.job_id
  }
}
