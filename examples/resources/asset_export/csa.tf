resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = "90cec2ff3c81b896013c81b8c1780097" }
  path     = "${path.module}/offering.zip"
}
