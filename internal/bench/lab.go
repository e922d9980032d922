package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	quick     bool
	terraform string
	profiles  string
}

// lab is where the measurements take place: a temporary directory with the
// built providers in a mirror from which terraform installs them.
type lab struct {
	options
	dir string
	rc  string
	env []string
}

// version is the one under which the providers stand in the mirror.
const version = "0.0.1"

// providers are built as a release builds them.
var providers = map[string]string{"asset": ".", "echo": "./internal/bench/echo", "smallest": "./internal/bench/smallest"}

func newLab(ctx context.Context, o options) (*lab, error) {
	path, err := exec.LookPath(o.terraform)
	if err != nil {
		return nil, fmt.Errorf("find terraform: %w", err)
	}
	if o.terraform, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "asset-bench-")
	if err != nil {
		return nil, err
	}
	l := &lab{options: o, dir: dir, rc: filepath.Join(dir, "terraformrc")}
	if err := l.equip(ctx); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lab) equip(ctx context.Context) error {
	mirror := filepath.Join(l.dir, "mirror")
	l.say("building the providers")
	for name, source := range providers {
		if name == "asset" && l.profiles != "" {
			source = "./internal/bench/profiled"
		}
		for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
			target := filepath.Join(mirror, host, "asset-promotion", name, version,
				runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-"+name+"_v"+version)
			if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", target, source).CombinedOutput(); err != nil {
				return fmt.Errorf("go build %s: %w\n%s", source, err, out)
			}
		}
	}
	rc := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(l.rc, []byte(rc), 0o600); err != nil {
		return err
	}
	// Nothing of the user's own settings takes part.
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			l.env = append(l.env, name+"="+value)
		}
	}
	l.env = append(l.env, "TF_CLI_CONFIG_FILE="+l.rc, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1")
	if l.profiles == "" {
		return nil
	}
	profiles, err := filepath.Abs(l.profiles)
	l.env = append(l.env, "BENCH_PROFILES="+profiles)
	return errors.Join(err, os.MkdirAll(profiles, 0o750))
}

func (l *lab) close() error { return os.RemoveAll(l.dir) }

// say tells whoever waits what is going on.
func (*lab) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// pick is the value for a whole run, or the one for a quick look.
func pick[T any](l *lab, whole, quick T) T {
	if l.quick {
		return quick
	}
	return whole
}

// workspace is a directory with a configuration.
type workspace struct {
	lab *lab
	dir string
	env []string
}

// workspace makes a directory with main.tf and initializes it.
func (l *lab) workspace(ctx context.Context, name, config string, env ...string) (*workspace, error) {
	w := &workspace{lab: l, dir: filepath.Join(l.dir, name), env: env}
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(w.path("main.tf"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	return w, w.terraform(ctx, "init")
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

// reset takes away what an apply left, so that the next one starts afresh.
func (w *workspace) reset(files ...string) error {
	for _, name := range append(files, "terraform.tfstate", "terraform.tfstate.backup") {
		if err := os.RemoveAll(w.path(name)); err != nil {
			return err
		}
	}
	return nil
}

// terraform runs a command, which has to succeed.
func (w *workspace) terraform(ctx context.Context, args ...string) error {
	cmd, out := w.command(ctx, args)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("terraform %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// watched runs a command, which has to succeed, and returns what its provider
// processes took.
func (w *workspace) watched(ctx context.Context, args ...string) (usage, error) {
	cmd, out := w.command(ctx, args)
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	watch := watchProviders(cmd.Process.Pid)
	err := cmd.Wait()
	used := watch.stop()
	if err != nil {
		return used, fmt.Errorf("terraform %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	if used.memory == 0 {
		return used, errors.New("no memory of a provider process was seen; it is read from /proc, as Linux has it")
	}
	// Terraform waits for its providers, so theirs is part of this.
	used.total = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return used, nil
}

func (w *workspace) command(ctx context.Context, args []string) (*exec.Cmd, *bytes.Buffer) {
	out := new(bytes.Buffer)
	cmd := exec.CommandContext(ctx, w.lab.terraform, append(args, "-no-color")...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, out, out
	cmd.Env = append(append([]string{}, w.lab.env...), w.env...)
	// Terraform ends its providers when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd, out
}
