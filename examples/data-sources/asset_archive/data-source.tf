resource "asset_export" "orders" {
  roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path = "${path.module}/orders.zip"
}

# Look into the archive. Nothing is sent.
data "asset_archive" "orders" {
  path = asset_export.orders.archive.path
}

output "entries" {
  value = [for e in data.asset_archive.orders.entries : e.name]
}
