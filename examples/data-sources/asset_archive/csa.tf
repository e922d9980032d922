resource "asset_export" "offering" {
  csa  = { artifact_id = "90cec2ff3c81b896013c81b8c1780097" }
  path = "${path.module}/offering.zip"
}

data "asset_archive" "offering" {
  path = asset_export.offering.archive.path
}

output "artifacts" {
  value = [for i in data.asset_archive.offering.items : "${i.type} ${i.name}" if i.type != null]
}
