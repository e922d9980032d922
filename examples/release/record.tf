# What a release manager files: an output, and the same as Markdown.

variable "approved_by" {
  type        = string
  description = "Who approved the release, as the pipeline knows it when it plans."
  default     = null
}

variable "before" {
  type        = string
  description = "Archive of the release before, to record what this one changes: a file, or an address in a store. Null records no changes and reads no archive."
  default     = null
}

# Who approved a release stays what it was when others plan again.
resource "terraform_data" "approval" {
  input            = { by = var.approved_by }
  triggers_replace = var.release

  lifecycle {
    ignore_changes = [input]
  }
}

data "asset_archive" "before" {
  count = var.before == null ? 0 : 1
  path  = var.before
}

data "asset_archive" "promoted" {
  count = var.before == null ? 0 : 1
  path  = asset_export.orders.archive.path
}

locals {
  # What people, servers and archives name makes no cell, heading or HTML of its own in Markdown.
  markup = "/[|<&`\\[\\\\]/"
  unfit  = "/[`|[:cntrl:]]/"

  record = {
    release = var.release
    from    = asset_export.orders.instance
    to      = asset_import.orders.instance
    approved = {
      by             = terraform_data.approval.output.by
      content_digest = asset_import.orders.archive.content_digest
      sha256         = asset_import.orders.archive.sha256
    }
    changes = var.before == null ? null : provider::asset::content_changes(
      flatten(data.asset_archive.before[*].entries),
      flatten(data.asset_archive.promoted[*].entries),
    )
    jobs = [
      {
        job      = "export"
        id       = asset_export.orders.job_id
        status   = asset_export.orders.status
        begin    = asset_export.orders.begin_time
        end      = asset_export.orders.end_time
        messages = tolist([])
      },
      {
        job      = "import"
        id       = asset_import.orders.job_id
        status   = asset_import.orders.status
        begin    = asset_import.orders.begin_time
        end      = asset_import.orders.end_time
        messages = asset_import.orders.messages
      },
    ]
  }
}

output "record" {
  value = local.record
}

output "summary" {
  value = join("\n", concat(
    [
      "## Release ${local.record.release}",
      "",
      "| | |",
      "|---|---|",
      "| From | `${local.record.from}` |",
      "| To | `${local.record.to}` |",
      "| Approved by | ${local.record.approved.by == null ? "not recorded" : replace(replace(local.record.approved.by, "/[[:cntrl:]]+/", " "), local.markup, "\\$0")} |",
      "| Content | `${local.record.approved.content_digest}` |",
      "| Archive | `${local.record.approved.sha256}` |",
      "",
      "| Job | Id | Status | Begin | End |",
      "|---|---|---|---|---|",
    ],
    [for j in local.record.jobs :
      "| ${j.job} | `${replace(coalesce(j.id, "none"), local.unfit, "?")}` | ${j.status} | ${coalesce(j.begin, "unknown")} | ${coalesce(j.end, "unknown")} |"
    ],
    flatten([for j in local.record.jobs : [for message in j.messages : ["", "    ${j.job}: ${message}"]]]),
    var.before == null ? ["", "What changed is not recorded: `before` is not set."] : ["", "| Changed | |", "|---|---|"],
    flatten([for what in ["added", "changed", "removed"] : [
      for name in try(local.record.changes[what], []) : "| `${replace(name, local.unfit, "?")}` | ${what} |"
    ]]),
  ))
}
