# What production has now, and what is to come.
data "asset_archive" "production" {
  path = "${path.module}/production.zip"
}

data "asset_archive" "release" {
  path = "${path.module}/release.zip"
}

# A reviewer reads it in the plan.
output "changes" {
  value = provider::asset::content_changes(
    data.asset_archive.production.entries,
    data.asset_archive.release.entries,
  )
}
