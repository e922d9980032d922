release       = "1.4.0"
dev_instance  = "0d3e5f10-4c1a-4b7e-9a52-d0e0a1b2c3d4"
prod_instance = "9c0b7a62-18f4-4d0e-b3a9-f1e2d3c4b5a6"
