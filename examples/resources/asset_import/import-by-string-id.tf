# An import that a script made, taken over. Nothing is sent: the first plan records what is written here.
import {
  to = asset_import.billing
  id = "roma"
}

resource "asset_import" "billing" {
  provider = asset.prod
  source   = "${path.module}/billing.zip"
  roma     = { type = "Merge" }

  # What was imported, if its file is not at hand: then the plan needs none.
  source_hash = "2f7dfc2a5b1c0e9f83d4f4a6e1b7c2d3957e8a1046cbb1d0f1e2a3b4c5d6e7f8"
}
