package provider_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestZipsAsPlatformsReadThem: what is planned is imported, and has the digest
// of the zip alone; what is cut off is not even planned.
func TestZipsAsPlatformsReadThem(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("testdata/orders.zip")
	if err != nil {
		t.Fatal(err)
	}
	_, digest := digests(t, string(whole))
	// The name of the first entry follows the 30 bytes of its local header.
	renamed := bytes.Clone(whole)
	renamed[30] ^= 0x20
	for name, content := range map[string][]byte{
		"line feed behind": append(bytes.Clone(whole), '\n'),
		"padding behind":   append(bytes.Clone(whole), make([]byte, 512)...),
		"bytes before":     append([]byte("#!/bin/sh\n"), whole...),
		"another name":     renamed,
		"cut off":          whole[:len(whole)-1],
		"cut off, padded":  append(bytes.Clone(whole[:len(whole)-30]), make([]byte, 512)...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, simulator.Options{})
			p := configured(t, romaSetup(server))
			file := filepath.Join(t.TempDir(), "it.zip")
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			config := values{"source": file, "roma": values{"type": "Merge"}}
			if strings.HasPrefix(name, "cut off") {
				if _, problem := p.digest(t, file); problem == "" {
					t.Error("it has a digest")
				}
				return
			}
			got, said := p.create(t, "asset_import", config, p.planCreate(t, "asset_import", config))
			archive, _ := got["archive"].(map[string]any)
			if said != "" || archive["content_digest"] != digest {
				t.Errorf("%s: %v", said, archive)
			}
			if sum, problem := p.digest(t, file); sum != digest || problem != "" {
				t.Errorf("the function: %s, %s", sum, problem)
			}
		})
	}
}
