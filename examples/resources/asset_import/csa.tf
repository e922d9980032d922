resource "asset_import" "offering" {
  provider = asset.prod
  source   = asset_export.offering.archive.path

  # update is the mode to repeat.
  csa = { mode = "update", validate_type = "SERVICE_OFFERING" }
}
