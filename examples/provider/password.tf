variable "user_name" {
  type = string
}

variable "user_password" {
  type      = string
  sensitive = true
  ephemeral = true # from Terraform 1.10, OpenTofu 1.11: in no plan file
}

variable "account" {
  type = string
}

# An IAM user; the token that IAM gives is renewed before it ends.
provider "asset" {
  roma = {
    region      = "cn-north-4"
    user_name   = var.user_name
    password    = var.user_password
    domain_name = var.account
  }
}
