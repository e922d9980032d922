resource "asset_export" "orders" {
  provider = asset.dev
  roma     = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path     = "${path.module}/orders.zip"
}

resource "asset_import" "orders" {
  provider = asset.prod
  source   = asset_export.orders.archive.path

  # The content decides, and plans need no file: for runners that start empty.
  source_hash = asset_export.orders.archive.content_digest

  # Merge can be repeated. AddNew, the server's default, collides with what
  # the first promotion created.
  roma = {
    type                 = "Merge"
    datasource_overwrite = false
  }
}
