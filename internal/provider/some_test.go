//go:build !all

package provider_test

// everything is proven at its full size in CI, with the tag all. Elsewhere what is only
// large is smaller, and of what is the same many times over, two are tried.
const everything = false
