terraform {
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
