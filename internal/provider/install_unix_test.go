//go:build unix

package provider_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// TestInstalled does what the page of examples/testing tells a team to do:
// install the provider and the simulator from a checkout, then init and test.
func TestInstalled(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := append(os.Environ(), "HOME="+home, "GOBIN="+home)
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = "../..", env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
	}
	// What go keeps at home is found there all the same.
	for _, name := range []string{"GOENV", "GOPATH", "GOCACHE", "GOMODCACHE"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	run("make", "install")
	run("go", "install", "./internal/simulator/cmd/asset-simulator")

	w := newWorkspace(t, serve(t, simulator.Options{}), "")
	if err := os.RemoveAll(w.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(w.dir, os.DirFS(filepath.Join(examplesDir, "testing"))); err != nil {
		t.Fatal(err)
	}
	// What is set in front of this line is of no use to the tests.
	w.env = []string{"HOME=" + home, "CHECKPOINT_DISABLE=1"}
	w.write("simulator.json", simulated(t, filepath.Join(home, "asset-simulator"), "-job-time", "10ms", "-assets", w.path("assets.json")))
	if r := w.terraform("init"); r.code != 0 {
		t.Fatalf("init ended with %d:\n%s", r.code, r.out)
	}
	if r := w.terraform("test"); r.code != 0 || !strings.Contains(r.out, "4 passed, 0 failed") {
		t.Errorf("test ended with %d:\n%s", r.code, r.out)
	}
}

// simulated starts the program and returns the line that it prints. It ends
// with the test.
func simulated(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("%s: %v", program, err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !json.Valid([]byte(line)) {
		t.Fatalf("it printed %q: %v", line, err)
	}
	return line
}
