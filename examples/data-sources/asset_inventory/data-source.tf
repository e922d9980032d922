# Everything that could be exported from dev.
data "asset_inventory" "dev" {
  provider = asset.dev
  roma     = {}
}

# What is called "orders", wherever its id comes from.
data "asset_inventory" "orders" {
  provider = asset.dev
  roma     = { name = "orders" }
}

data "asset_inventory" "orders_to_warehouse" {
  provider = asset.dev
  roma     = { name = "orders_to_warehouse" }
}

resource "asset_export" "orders" {
  provider = asset.dev
  roma = {
    apps  = [for a in data.asset_inventory.orders.apps : a.id]
    tasks = [for t in data.asset_inventory.orders_to_warehouse.tasks : t.id]
  }
  path = "${path.module}/orders.zip"

  lifecycle {
    # A name that changed must not promote less than was meant.
    precondition {
      condition     = length(data.asset_inventory.orders.apps) == 1
      error_message = "There is not exactly one application \"orders\"."
    }
  }
}

output "could_be_exported" {
  value = [for a in data.asset_inventory.dev.apps : a.name]
}
