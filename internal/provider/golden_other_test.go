//go:build !windows

package provider_test

// inWordsOfAll is for systems with words of their own: the files have those of Unix.
func inWordsOfAll(text string) string { return text }

// refusedConnection is what the system says where nobody listens.
const refusedConnection = "connection refused"
