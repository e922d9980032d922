# Exports an application and a task, and keeps the archive.
resource "asset_export" "orders" {
  roma = {
    apps  = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"]
    tasks = ["b2e6a456-1234-4a80-aa45-f4b8029f95a4"]
  }
  path     = "${path.module}/orders.zip"
  triggers = { release = "1.4.0" } # another value exports again

  timeouts = {
    create = "1h"
    update = "1h"
  }
}

# Without a path the archive stays on the server.
resource "asset_export" "kept_on_server" {
  roma = {
    apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"]
  }
}
