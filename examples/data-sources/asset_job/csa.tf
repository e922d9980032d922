resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = "90cec2ff3c81b896013c81b8c1780097" }
  path     = "${path.module}/offering.zip"
}

resource "asset_import" "offering" {
  provider = asset.prod
  source   = asset_export.offering.archive.path
  csa      = { mode = "update" }
}

# What CSA recorded of the import.
data "asset_job" "offering" {
  provider = asset.prod
  csa      = { record_id = asset_import.offering.job_id }
}

output "recorded" {
  value = [for e in data.asset_job.offering.import_result.entries : "${e.type} ${e.display_name}"]
}
