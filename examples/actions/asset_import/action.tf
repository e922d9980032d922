# Sends an older archive again, whatever was imported since.
# terraform apply -invoke=action.asset_import.again
action "asset_import" "again" {
  provider = asset.prod

  config {
    source = "orders-1.3.0.zip"
    roma   = { type = "Merge" }
  }
}
