variable "config_file" {
  type    = string
  default = "~/.hcloud/config.json"
}

# A profile of KooCLI (hcloud). Its region and project count where nothing
# else says one.
provider "asset" {
  roma = {
    shared_config_file = var.config_file
    profile            = "promotion"
  }
}
