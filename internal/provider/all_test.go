//go:build all

package provider_test

// everything is proven at its full size; make test-all.
const everything = true
