data "asset_inventory" "offering" {
  provider = asset.dev
  csa      = { name = "Linux Server mit Überwachung" }
}

# one() fails where two offerings have the name.
resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = one([for a in data.asset_inventory.offering.artifacts : a.id if a.type == "SERVICE_OFFERING"]) }
  path     = "${path.module}/offering.zip"
}
