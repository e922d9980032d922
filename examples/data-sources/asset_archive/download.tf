# Somebody else exported, or an export left its archive on the server.
resource "asset_export" "kept_on_server" {
  provider = asset.dev
  roma     = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
}

# Downloads the archive where no file is at path. It can be downloaded once.
# The id in the name gives each archive a file of its own.
data "asset_archive" "fetched" {
  provider = asset.dev
  path     = "${path.module}/${asset_export.kept_on_server.archive_id}.zip"
  download = true
  roma     = { archive_id = asset_export.kept_on_server.archive_id }
}

resource "asset_import" "fetched" {
  provider = asset.prod
  source   = data.asset_archive.fetched.path
  roma     = { type = "Merge" }
}
