# Production imports from stores only, and only what a hash names.
package main

import rego.v1

# What a plan imports, with the attributes that it is going to have. What is known only
# after apply is not among them, and so is denied.
planned contains r if {
	some r in input.resource_changes
	r.type == "asset_import"
	some action in r.change.actions
	action in {"create", "update"}
}

from_store(r) if regex.match(`^(obs|s3)://`, r.change.after.source)

approved(r) if regex.match(`^[0-9a-f]{64}$`, r.change.after.source_hash)

deny contains msg if {
	some r in planned
	not from_store(r)
	msg := sprintf("%s: source is no address of a store that is known in the plan", [r.address])
}

deny contains msg if {
	some r in planned
	not approved(r)
	msg := sprintf("%s: source_hash names no archive that was approved", [r.address])
}
