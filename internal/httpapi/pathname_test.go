package httpapi

import (
	"errors"
	"strings"
	"testing"
)

// TestContentWherePathBelongs: a secret in the place of a file's name is
// refused without being quoted.
func TestContentWherePathBelongs(t *testing.T) {
	t.Parallel()
	const secret = "t0ps3cret"
	for name, text := range map[string]string{
		"PEM":           "-----BEGIN PRIVATE KEY-----" + secret,
		"PEM, lines":    "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----\n",
		"JSON":          ` {"current": "` + secret + `"}`,
		"list":          `[{"a":"` + secret + `"}]`,
		"mark":          "\uFEFF{\"a\":\"" + secret + "\"}",
		"identity":      "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ" + secret + ".c2ln",
		"token of IAM":  "MIIFhgYJKoZIhvcNAQcCoIIFdzCCBXMCAQExDTALBglghkgBZQMEAgEwggPWBgkqhkiG9w0BBwGgggPHBIIDw3sidG9rZW4i" + secret,
		"end of line":   secret + "\nmore",
		"long name":     strings.Repeat("x", 256) + secret,
		"longer":        strings.Repeat("/x", 3000) + secret,
		"bytes of zero": secret + "\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := CheckPath(text); !errors.Is(err, ErrContent) {
				t.Errorf("CheckPath: %v", err)
			}
			_, err := New(Options{BaseURL: "https://example.test", Settings: Settings{CAFile: text}})
			if err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "ca_file holds content where a path belongs") {
				t.Errorf("New: %v", err)
			}
		})
	}
	for _, name := range []string{"", "/etc/ssl/ca.pem", "~/ca.pem", `C:\certs\ca.pem`, "eyJ.pem", "/builds/group/project.tmp/ID_TOKEN", "my certs/ca.pem"} {
		if err := CheckPath(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
