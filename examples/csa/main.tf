# Promote a service offering, with its design and resource offerings, from one
# CSA to the next.

terraform {
  required_version = ">= 1.3"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

variable "dev_endpoint" {
  type        = string
  description = "URL of the CSA to promote from, for example https://csa-dev.example.com:8444."
}

variable "prod_endpoint" {
  type        = string
  description = "URL of the CSA to promote to."
}

variable "username" {
  type        = string
  description = "Integration account of both servers."
  default     = "csaTransportUser"
}

variable "dev_password" {
  type        = string
  description = "Password of the integration account where the offering comes from."
  sensitive   = true
}

variable "prod_password" {
  type        = string
  description = "Password of the integration account where it goes to."
  sensitive   = true
}

variable "offering" {
  type        = string
  description = "Id of the service offering where it comes from."
}

variable "release" {
  type        = string
  description = "Another value exports again."
  default     = "1.4.0"
}

# Requests run on behalf of the user admin of the organization CSA-Provider.
provider "asset" {
  alias = "dev"
  csa   = { endpoint = var.dev_endpoint, username = var.username, password = var.dev_password }
}

provider "asset" {
  alias = "prod"
  csa   = { endpoint = var.prod_endpoint, username = var.username, password = var.prod_password }
}

resource "asset_export" "offering" {
  provider = asset.dev
  csa      = { artifact_id = var.offering }
  path     = "${path.module}/offering.zip"
  triggers = { release = var.release }
}

resource "asset_import" "offering" {
  provider = asset.prod
  source   = asset_export.offering.archive.path

  # update is the mode to repeat: create may skip what exists, and
  # update_preserve_existing leaves one more renamed copy each time.
  csa = { mode = "update", validate_type = "SERVICE_OFFERING" }
}

output "imported" {
  value = asset_import.offering.artifacts
}
