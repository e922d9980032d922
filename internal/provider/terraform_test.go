package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// These tests run terraform as a user does: a program of its own that starts
// the built provider, one process for each provider alias.

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

var builtIn string

// built builds the provider once and returns the CLI configuration that makes
// terraform use it.
var built = sync.OnceValues(func() (cliConfig string, err error) {
	if builtIn, err = os.MkdirTemp("", "provider-asset-"); err != nil {
		return "", err
	}
	program := filepath.Join(builtIn, "terraform-provider-asset")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	// The build belongs to no test, so it must not end with one.
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", program, "./testprovider")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	rc := filepath.Join(builtIn, "terraformrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"asset-promotion/asset\" = %q\n  }\n  direct {}\n}\n", builtIn)
	return rc, os.WriteFile(rc, []byte(text), 0o600)
})

// workspace is a directory with a configuration.
type workspace struct {
	t   *testing.T
	dir string
	env []string
	// core plays plans and applies in process; nil where a real terraform does.
	core *core
	// blocks is the longest file that commands may write, in blocks of 512
	// bytes; 0 for no limit. It stands for a full disk.
	blocks int
}

// newWorkspace makes a directory with main.tf, whose provider blocks get
// everything but the instance from variables of the environment.
func newWorkspace(t *testing.T, server *simulator.Server, main string) *workspace {
	t.Helper()
	rc, err := built()
	if err != nil {
		t.Fatal(err)
	}
	info := server.Info.ROMA
	w := &workspace{t: t, dir: t.TempDir(), env: []string{
		"TF_CLI_CONFIG_FILE=" + rc, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1",
		"HW_REGION_NAME=" + info.Region, "ROMA_ENDPOINT=" + info.Endpoint, "HW_AUTH_URL=" + info.AuthURL,
		"HW_ACCESS_KEY=" + info.AccessKey, "HW_SECRET_KEY=" + info.SecretKey,
		"TF_VAR_dev_instance=" + info.Instances["dev"], "TF_VAR_prod_instance=" + info.Instances["prod"],
	}}
	w.write("main.tf", main)
	return w
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workspace) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// setenv adds variables; the last one of a name counts.
func (w *workspace) setenv(variables ...string) { w.env = append(w.env, variables...) }

// command prepares a terraform command. Its environment has only what the
// workspace sets and what programs need to start.
func (w *workspace) command(ctx context.Context, args ...string) *exec.Cmd {
	w.t.Helper()
	program := terraformProgram()
	if w.blocks > 0 {
		limited := fmt.Sprintf(`ulimit -f %d; exec "$@"`, w.blocks)
		program, args = "sh", append([]string{"-c", limited, "sh", program}, args...)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = w.dir
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "SystemRoot", "TMP", "TEMP", "APPDATA", "USERPROFILE"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, w.env...)
	return cmd
}

// result is what a command printed and how it ended.
type result struct {
	code int
	out  string
}

// terraform runs a command to its end.
func (w *workspace) terraform(args ...string) result {
	w.t.Helper()
	if w.core != nil {
		if r, ok := w.core.play(args); ok {
			return r
		}
	}
	var out bytes.Buffer
	cmd := w.command(w.t.Context(), append(args, "-no-color")...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return result{exit.ExitCode(), unwrapped(out.String())}
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return result{0, unwrapped(out.String())}
}

// apply runs terraform apply and fails the test unless it ends with code.
func (w *workspace) apply(code int, args ...string) result {
	w.t.Helper()
	r := w.terraform(append([]string{"apply", "-auto-approve"}, args...)...)
	if r.code != code {
		w.t.Fatalf("apply ended with %d, want %d:\n%s", r.code, code, r.out)
	}
	return r
}

// plan fails the test unless the plan has changes or not, as wanted.
func (w *workspace) plan(changes bool, args ...string) result {
	w.t.Helper()
	r := w.terraform(append([]string{"plan", "-detailed-exitcode"}, args...)...)
	if want := map[bool]int{false: 0, true: 2}[changes]; r.code != want {
		w.t.Fatalf("plan ended with %d, want %d:\n%s", r.code, want, r.out)
	}
	return r
}

// private says whether only the owner may use a file. Windows has no such
// modes: there it has the rights of its directory.
func private(info fs.FileInfo) bool {
	return runtime.GOOS == "windows" || info.Mode().Perm() == 0o600
}

// running is a terraform command that was started.
type running struct {
	cmd  *exec.Cmd
	out  *output
	done chan error
}

// output is what a command has printed so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts a command in a process group of its own.
func (w *workspace) start(args ...string) *running {
	w.t.Helper()
	r := &running{out: new(output), done: make(chan error, 1)}
	r.cmd = w.command(w.t.Context(), append(args, "-no-color")...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	ownGroup(r.cmd)
	if err := r.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	return r
}

// wait waits for the command's end and returns what it printed.
func (r *running) wait(t *testing.T, limit time.Duration) result {
	t.Helper()
	select {
	case err := <-r.done:
		if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
			t.Fatal(err)
		}
	case <-time.After(limit):
		_ = r.cmd.Process.Kill()
		t.Fatalf("the command did not end within %s (%v):\n%s", limit, <-r.done, r.out)
	}
	return result{r.cmd.ProcessState.ExitCode(), unwrapped(r.out.String())}
}

// unwrapped undoes the frame and the line breaks that terraform puts into
// messages, so that tests can look for sentences.
func unwrapped(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		lines = append(lines, strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(line, "│"), " "), " \n"))
	}
	return strings.Join(lines, "\n")
}

// state returns the attributes of a resource as the state file has them, or
// nil where it has no such resource.
func (w *workspace) state(address string) map[string]any {
	w.t.Helper()
	state := stateOf(w.t, w.path("terraform.tfstate"))
	if state.Values == nil {
		return nil
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address != address {
			continue
		}
		text, err := json.Marshal(r.AttributeValues)
		attributes := map[string]any{}
		if err == nil {
			err = json.Unmarshal(text, &attributes)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		attributes["tainted"] = r.Tainted
		return attributes
	}
	return nil
}

// eventually waits until the simulator's log satisfies a condition. It is a
// wait for another process, which nothing in this one announces.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}
