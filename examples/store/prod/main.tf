# Import what was approved: these bytes or nothing, on a machine that never saw the file.

terraform {
  required_version = ">= 1.5"

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
  description = "What was approved, as the output archive of dev has it."

  # Production takes what lies in a store, and nothing by another name.
  validation {
    condition     = can(regex("^(obs|s3)://", var.archive.path))
    error_message = "Production imports from a store: the path begins with obs:// or s3://."
  }

  # A hash that is missing would import whatever lies there.
  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.archive.sha256))
    error_message = "Production imports what was approved: sha256 has 64 hexadecimal digits."
  }
}

variable "prod_instance" {
  type        = string
  description = "Id of the instance to import into."
}

provider "asset" {
  roma = { instance_id = var.prod_instance }
}

resource "asset_import" "orders" {
  source      = var.archive.path
  source_hash = var.archive.sha256
  roma        = { type = "Merge" }
}

# The object still is what was approved. Only its directory is read, in each plan.
# Inside of the check block no plan would be clean: Terraform reads it again at apply.
data "asset_archive" "approved" {
  path = var.archive.path
}

check "approved" {
  assert {
    condition     = data.asset_archive.approved.sha256 == var.archive.sha256
    error_message = "What lies at ${var.archive.path} is not what was approved."
  }
}
