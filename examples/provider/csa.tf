variable "csa_endpoint" {
  type = string
}

variable "csa_password" {
  type      = string
  sensitive = true
  ephemeral = true # from Terraform 1.10, OpenTofu 1.11: in no plan file
}

# An integration account, and the person on whose behalf it asks.
provider "asset" {
  csa = {
    endpoint     = var.csa_endpoint
    username     = "csaTransportUser"
    password     = var.csa_password
    organization = "CSA-Provider"
    user         = "admin"
  }
}
