package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

// privateVersion is installed where there is neither terraform nor tofu.
const privateVersion = "1.11.4"

// findTerraform returns terraform from PATH, else tofu, else installs a
// private copy into bin.
func findTerraform(ctx context.Context, bin string) (string, error) {
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	private := filepath.Join(bin, "terraform")
	if runtime.GOOS == "windows" {
		private += ".exe"
	}
	if _, err := os.Stat(private); err == nil {
		return private, nil
	}
	if err := os.MkdirAll(bin, 0o750); err != nil {
		return "", err
	}
	fmt.Fprintln(os.Stderr, "demo: neither terraform nor tofu on PATH, installing terraform", privateVersion, "into .bin")
	installer := &releases.ExactVersion{
		Product: product.Terraform, Version: version.Must(version.NewVersion(privateVersion)), InstallDir: bin,
	}
	path, err := installer.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("install terraform: %w", err)
	}
	return path, nil
}
