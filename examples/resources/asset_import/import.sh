# PLATFORM, PLATFORM,INSTANCE or PLATFORM,INSTANCE,JOB. Without an instance it is that of the provider.
terraform import asset_import.orders roma
terraform import asset_import.orders roma,9c0b7a62-18f4-4d0e-b3a9-f1e2d3c4b5a6
terraform import asset_import.orders roma,9c0b7a62-18f4-4d0e-b3a9-f1e2d3c4b5a6,7d1f4c0a-5b7e-4a52-9d0e-0a1b2c3d4e5f
terraform import asset_import.offering csa,https://csa.example.com:8444
