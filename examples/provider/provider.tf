terraform {
  required_version = ">= 1.3"

  required_providers {
    asset = {
      source = "asset-promotion/asset"
    }
  }
}

# One provider for each instance. Credentials come from the HW_* variables.
provider "asset" {
  alias = "dev"
  roma = {
    region      = "cn-north-4"
    instance_id = var.dev_instance
  }
}

provider "asset" {
  alias = "prod"
  roma = {
    region      = "cn-north-4"
    instance_id = var.prod_instance
  }
}

variable "dev_instance" {
  type = string
}

variable "prod_instance" {
  type = string
}

# The same for CSA. Account and password come from CSA_USERNAME and
# CSA_PASSWORD.
provider "asset" {
  alias = "csa_dev"
  csa   = { endpoint = var.csa_endpoint }
}

variable "csa_endpoint" {
  type        = string
  description = "For example https://csa-dev.example.com:8444."
}
