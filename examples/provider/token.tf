variable "token" {
  type      = string
  sensitive = true
  ephemeral = true # from Terraform 1.10, OpenTofu 1.11: in no plan file
}

# A token with project scope that something else has fetched. It cannot be
# renewed: a job that outlives it is continued by the next apply.
provider "asset" {
  roma = {
    region = "cn-north-4"
    token  = var.token
  }
}
