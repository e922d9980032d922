# Keeps what production has. Nothing is ever replaced at path, so its name has the time.
# terraform apply -invoke=action.asset_export.backup
action "asset_export" "backup" {
  provider = asset.prod

  config {
    roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
    path = "backup-${formatdate("YYYYMMDDhhmmss", plantimestamp())}.zip"
  }
}
