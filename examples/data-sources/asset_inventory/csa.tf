data "asset_inventory" "offering" {
  provider = asset.dev
  csa      = { name = "Linux Server mit Überwachung" }
}

locals {
  offerings = [for a in data.asset_inventory.offering.artifacts : a.id if a.type == "SERVICE_OFFERING"]
}

resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = one(local.offerings) }
  path     = "${path.module}/offering.zip"

  lifecycle {
    # Display names need not be unique, and can be misspelt.
    precondition {
      condition     = length(local.offerings) == 1
      error_message = "There is not exactly one published offering of this name."
    }
  }
}
