package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestListIsOfThisSource: each fault changes something that is in the source once.
func TestListIsOfThisSource(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, f := range slices.Concat(assetFaults, clientFaults, runFaults, planFaults, settingFaults, storeFaults, yearFaults) {
		data, err := os.ReadFile(filepath.Join("..", "..", f.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), f.text); n != 1 {
			t.Errorf("%s: %s has %d times %q", f.name, f.file, n, f.text)
		}
		if names[f.name] || f.text == f.with {
			t.Errorf("%s is there twice, or changes nothing", f.name)
		}
		names[f.name] = true
	}
}
