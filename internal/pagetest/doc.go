// Package pagetest drives the simulator's page in a real Chromium, over the
// DevTools protocol. It is a module of its own, so that the provider depends on
// nothing of it; make test-page runs it.
package pagetest
