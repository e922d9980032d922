package csa

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// alone tells whether the test runs in a process of its own, where nothing else
// takes memory. If it does not, it is run in one.
func alone(t *testing.T) bool {
	t.Helper()
	const variable = "ASSET_TEST_ALONE"
	if os.Getenv(variable) == t.Name() {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "no tests to run") {
		t.Errorf("in a process of its own: %v\n%s", err, out)
	}
	return false
}
