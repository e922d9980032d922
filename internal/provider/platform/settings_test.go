package platform

import "testing"

// What may be a secret in an address that nobody checked yet is not in the log.
func TestShownAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://roma.example.com:8443/a/b":              "https://roma.example.com:8443/a/b",
		"https://me:t0ps3cret@roma.example.com/a":        "https://roma.example.com/a",
		"https://roma.example.com/a?token=t0ps3cret#s3c": "https://roma.example.com/a",
		"https://me:t0p%s3cret@roma.example.com":         "unusable",
		"":                                               "",
	} {
		if got := ShownAddress(address); got != want {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
}
