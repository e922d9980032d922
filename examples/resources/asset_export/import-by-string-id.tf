# An export that a script made, taken over with the archive that lies at path. Nothing is sent.
import {
  to = asset_export.billing
  id = "roma"
}

resource "asset_export" "billing" {
  roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path = "${path.module}/billing.zip"
}
