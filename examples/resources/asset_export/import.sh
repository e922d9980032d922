# ROMA Connect only. Without an instance it is that of the provider; the job is needed for nothing but an archive that is still on the server.
terraform import asset_export.orders roma
terraform import asset_export.orders roma,1b6d2f58-93c1-4f7a-8e40-a2b3c4d5e6f7
terraform import asset_export.orders roma,1b6d2f58-93c1-4f7a-8e40-a2b3c4d5e6f7,7d1f4c0a-5b7e-4a52-9d0e-0a1b2c3d4e5f
