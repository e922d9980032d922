variable "agency" {
  type = string
}

variable "account" {
  type = string
}

# The credentials come from the HW_* variables and are exchanged for a
# temporary key pair of an agency, which is renewed before it ends.
provider "asset" {
  roma = {
    region = "cn-north-4"
    assume_role = {
      agency_name = var.agency
      domain_name = var.account
    }
  }
}
