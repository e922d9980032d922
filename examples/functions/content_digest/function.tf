variable "reviewed" {
  type        = string
  description = "Content digest of the archive that was reviewed."
  default     = "a463e2552fe0d2dedb02f6f00f9542556afcd7fc3dfc7e222237eff769715c1c"
}

# Import what was reviewed, and nothing else: a source_hash that is a digest is
# verified before anything is sent.
resource "asset_import" "orders" {
  source      = "${path.module}/orders.zip"
  source_hash = var.reviewed
  roma        = { type = "Merge" }
}

# Say it in the plan already. Unlike that of filesha256 the value stays the same
# when the same assets are packed anew.
check "reviewed" {
  assert {
    condition     = provider::asset::content_digest("${path.module}/orders.zip") == var.reviewed
    error_message = "orders.zip is not the archive that was reviewed."
  }
}
