variable "access_key" {
  type = string
}

variable "secret_key" {
  type      = string
  sensitive = true
  ephemeral = true # from Terraform 1.10, OpenTofu 1.11: in no plan file
}

# Every request is signed. With security_token it is a temporary pair.
provider "asset" {
  roma = {
    region     = "cn-north-4"
    access_key = var.access_key
    secret_key = var.secret_key
  }
}
