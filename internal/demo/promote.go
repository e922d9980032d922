package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// demoVersion is the version under which the provider stands in the demo's
// own mirror.
const demoVersion = "0.0.1"

// started is what the simulator prints when it listens.
type started struct {
	Page string `json:"page"`
	ROMA struct {
		Endpoint  string            `json:"endpoint"`
		AuthURL   string            `json:"auth_url"`
		Region    string            `json:"region"`
		AccessKey string            `json:"access_key"`
		SecretKey string            `json:"secret_key"`
		Instances map[string]string `json:"instances"`
	} `json:"roma"`
	CSA map[string]struct {
		Endpoint string `json:"endpoint"`
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"csa"`
	OBS struct {
		Endpoint string `json:"endpoint"`
		Bucket   string `json:"bucket"`
	} `json:"obs"`
}

// offering is a service offering of the simulated CSA dev.
const offering = "90cec2ff3c81b896013c81b8c1780097"

// examples are applied in this order, each in a directory of its own.
var examples = []string{"promotion", "csa", storeDev, storeProd}

// The third act is played in two directories, as on two machines: the file never leaves the store.
const (
	storeDev  = "store/dev"
	storeProd = "store/prod"
)

func promote(ctx context.Context, cli, dir string) (err error) {
	heading("Building the provider and the simulator")
	simulator, err := build(ctx, dir)
	if err != nil {
		return err
	}
	heading("Starting the simulator")
	info, stop, err := startSimulator(ctx, simulator, "2s")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	fmt.Println("It listens on", info.ROMA.Endpoint)

	env, err := prepare(dir, info)
	if err != nil {
		return err
	}
	for _, example := range examples {
		if err := play(ctx, cli, dir, example, env); err != nil {
			return err
		}
		if example == storeDev {
			if err := approve(ctx, cli, dir, env); err != nil {
				return err
			}
		}
	}
	return show(ctx, info)
}

// play applies an example in a directory of its own.
func play(ctx context.Context, cli, dir, example string, env []string) error {
	work := filepath.Join(dir, example)
	heading("examples/" + example)
	if err := os.CopyFS(work, os.DirFS(filepath.Join("examples", example))); err != nil {
		return err
	}
	// Exit code 2 of a plan means that there are changes: the demo would
	// have failed.
	for _, args := range [][]string{{"init"}, {"apply", "-auto-approve"}, {"plan", "-detailed-exitcode"}} {
		if err := terraform(ctx, cli, work, env, args); err != nil {
			return err
		}
	}
	return nil
}

// approve gives production what dev says of its archive: an address and a digest, and no file.
func approve(ctx context.Context, cli, dir string, env []string) error {
	heading("What is approved for production: terraform output -json archive")
	cmd := exec.CommandContext(ctx, cli, "output", "-json", "archive")
	cmd.Dir, cmd.Env, cmd.Stderr = filepath.Join(dir, storeDev), env, os.Stderr
	archive, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s output: %w", filepath.Base(cli), err)
	}
	fmt.Print(string(archive))
	text, err := json.Marshal(map[string]json.RawMessage{"archive": archive})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, storeProd), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, storeProd, "approved.auto.tfvars.json"), text, 0o600)
}

func terraform(ctx context.Context, cli, dir string, env, args []string) error {
	heading(filepath.Base(cli) + " " + strings.Join(args, " "))
	// Terraform gets an interrupt, and time to write its state.
	cmd := exec.CommandContext(ctx, cli, append(args, "-no-color")...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(cli), args[0], err)
	}
	return nil
}

func heading(text string) { fmt.Printf("\n=== %s\n", text) }

// build puts the provider into a mirror from which terraform installs it, and
// the simulator beside it.
func build(ctx context.Context, dir string) (simulator string, err error) {
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	simulator = filepath.Join(dir, "asset-simulator"+suffix)
	platform := runtime.GOOS + "_" + runtime.GOARCH
	targets := map[string]string{simulator: "./internal/simulator/cmd/asset-simulator"}
	// OpenTofu looks under the name of its own registry.
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		name := "terraform-provider-asset_v" + demoVersion + suffix
		targets[filepath.Join(dir, "mirror", host, "asset-promotion", "asset", demoVersion, platform, name)] = "."
	}
	for target, source := range targets {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", target, source)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("go build %s: %w", source, err)
		}
	}
	return simulator, nil
}

// startSimulator returns what it printed and a function that ends it.
func startSimulator(ctx context.Context, program, jobTime string) (started, func() error, error) {
	cmd := exec.CommandContext(ctx, program, "-job-time", jobTime)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return started{}, nil, err
	}
	if err := cmd.Start(); err != nil {
		return started{}, nil, err
	}
	stop := func() error {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		// It was killed: its exit code says nothing.
		_ = cmd.Wait()
		return nil
	}
	var info started
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &info)
	}
	if err != nil {
		return started{}, nil, errors.Join(fmt.Errorf("the simulator did not start: %w", err), stop())
	}
	return info, stop, nil
}

// prepare writes a CLI configuration of the demo's own, so that nothing of the
// user's configuration takes part, and returns the environment of terraform.
func prepare(dir string, info started) (env []string, err error) {
	settings, err := settings(dir, info)
	if err != nil {
		return nil, err
	}
	for _, variable := range os.Environ() {
		if !foreign(variable) {
			env = append(env, variable)
		}
	}
	return append(append(env, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1"), settings...), nil
}

// settings are the variables that the examples need here.
func settings(dir string, info started) ([]string, error) {
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(dir, "mirror"))
	rc := filepath.Join(dir, "terraformrc")
	if err := os.WriteFile(rc, []byte(config), 0o600); err != nil {
		return nil, err
	}
	dev, prod := info.CSA["dev"], info.CSA["prod"]
	return []string{
		"TF_CLI_CONFIG_FILE=" + rc,
		"HW_REGION_NAME=" + info.ROMA.Region, "ROMA_ENDPOINT=" + info.ROMA.Endpoint, "HW_AUTH_URL=" + info.ROMA.AuthURL,
		"HW_ACCESS_KEY=" + info.ROMA.AccessKey, "HW_SECRET_KEY=" + info.ROMA.SecretKey,
		"TF_VAR_dev_instance=" + info.ROMA.Instances["dev"], "TF_VAR_prod_instance=" + info.ROMA.Instances["prod"],
		"TF_VAR_dev_endpoint=" + dev.Endpoint, "TF_VAR_dev_password=" + dev.Password, "TF_VAR_username=" + dev.Username,
		"TF_VAR_prod_endpoint=" + prod.Endpoint, "TF_VAR_prod_password=" + prod.Password, "TF_VAR_offering=" + offering,
		"OBS_ENDPOINT=" + info.OBS.Endpoint, "TF_VAR_bucket=" + info.OBS.Bucket,
	}, nil
}

// foreign says whether a variable would change what terraform or the provider
// does.
func foreign(variable string) bool {
	for _, prefix := range []string{"TF_", "TOFU_", "HW_", "ROMA_", "CSA_", "OBS_", "AWS_"} {
		if strings.HasPrefix(variable, prefix) {
			return true
		}
	}
	return false
}

// show asks the simulator for what is on prod of each platform.
func show(ctx context.Context, info started) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, info.ROMA.Endpoint+"/_simulator/state", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	var state struct {
		Instances map[string]struct {
			Apps  []struct{ ID, Name string } `json:"apps"`
			Tasks []struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"tasks"`
		} `json:"instances"`
		CSA map[string]struct {
			Artifacts []struct {
				ID   string `json:"id"`
				Type string `json:"type"`
				Name string `json:"display_name"`
			} `json:"artifacts"`
		} `json:"csa"`
	}
	err = json.NewDecoder(resp.Body).Decode(&state)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	prod := state.Instances["prod"]
	if len(prod.Apps) == 0 || len(prod.Tasks) == 0 {
		return errors.New("the promotion succeeded, but prod has no apps or no tasks")
	}
	heading("What is on the ROMA Connect instance prod now")
	for _, app := range prod.Apps {
		fmt.Println("app ", app.ID, app.Name)
	}
	for _, task := range prod.Tasks {
		fmt.Println("task", task.ID, task.Name)
	}
	artifacts := state.CSA["prod"].Artifacts
	if len(artifacts) == 0 {
		return errors.New("the promotion succeeded, but the CSA prod has no artifacts")
	}
	heading("What is on the CSA prod now")
	for _, a := range artifacts {
		fmt.Printf("%-17s %s %s\n", a.Type, a.ID, a.Name)
	}
	return nil
}
