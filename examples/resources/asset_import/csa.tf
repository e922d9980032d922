resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = "90cec2ff3c81b896013c81b8c1780097" }
  path     = "${path.module}/offering.zip"
}

resource "asset_import" "offering" {
  provider = asset.prod
  source   = asset_export.offering.archive.path

  # update is the mode to repeat.
  csa = { mode = "update", validate_type = "SERVICE_OFFERING" }
}
