package main

import "context"

// validated is a configuration that makes terraform start the provider.
const validated = `
terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}
resource "asset_export" "it" {
  roma = { apps = ["b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"] }
  path = "it.zip"
}
resource "asset_import" "it" {
  source = asset_export.it.archive.path
  roma   = { type = "Merge" }
}
`

const validatedSmallest = `
terraform {
  required_providers {
    smallest = { source = "asset-promotion/smallest" }
  }
}
resource "smallest_thing" "a" {
  value = "a"
}
resource "smallest_thing" "b" {
  value = smallest_thing.a.value
}
`

// start times terraform validate, which starts a provider, asks for its
// schemas and has it look at two resources.
func start(ctx context.Context, l *lab) (result, error) {
	validate := func(name, config string) (timed, error) {
		w, err := l.workspace(ctx, "start-"+name, config)
		return timed{run: func(ctx context.Context) error { return w.terraform(ctx, "validate") }}, err
	}
	ours, err := validate("asset", validated)
	if err != nil {
		return result{}, err
	}
	smallest, err := validate("smallest", validatedSmallest)
	if err != nil {
		return result{}, err
	}
	times, err := inTurn(ctx, pick(l, 30, 5), ours, smallest)
	if err != nil {
		return result{}, err
	}
	ratio := times[0].over(times[1])
	r := result{}
	r.atMost("`terraform validate`, in relation to the smallest provider", 1.15, "", ratio)
	r.note("`terraform validate` took %s with this provider and %s with the smallest one (medians of %d).",
		number(times[0].median(), "s"), number(times[1].median(), "s"), len(ratio))
	return r, nil
}
