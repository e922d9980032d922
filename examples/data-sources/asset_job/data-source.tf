resource "asset_export" "orders" {
  roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
}

# What became of the job, and whether its archive still waits on the server.
data "asset_job" "orders" {
  roma = { job_id = asset_export.orders.job_id }
}

output "archive_waits" {
  value = data.asset_job.orders.archive_id != null
}
