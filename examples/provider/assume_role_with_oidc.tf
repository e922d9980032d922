variable "agency" {
  type = string
}

variable "account_id" {
  type = string
}

variable "identity_provider" {
  type = string
}

variable "id_token_file" {
  type = string
}

# A CI system's identity token takes the place of a secret.
provider "asset" {
  roma = {
    region = "cn-north-4"
    assume_role_with_oidc = {
      agency_name   = var.agency
      domain_id     = var.account_id
      idp_id        = var.identity_provider
      id_token_file = var.id_token_file
    }
  }
}
