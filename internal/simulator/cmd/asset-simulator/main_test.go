package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// asProgram makes the test binary behave as the program.
const asProgram = "ASSET_SIMULATOR_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// checkFilled looks for a value that the program left empty.
func checkFilled(t *testing.T, line string) {
	t.Helper()
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				walk(name+"."+key, inner)
			}
		case string:
			if value == "" {
				t.Errorf("%s is empty", name)
			}
		default:
			t.Errorf("%s is %v", name, value)
		}
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(line), &all); err != nil {
		t.Fatal(err)
	}
	walk("info", all)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		exit int
	}{
		"not loopback":       {[]string{"-listen", "0.0.0.0:0"}, exitUsage},
		"unknown vocabulary": {[]string{"-vocabulary", "2021"}, exitUsage},
		"unknown metadata":   {[]string{"-metadata", "x"}, exitUsage},
		"not https":          {[]string{"-certificate", "expired"}, exitUsage},
		"unknown flag":       {[]string{"-x"}, exitUsage},
		"argument":           {[]string{"x"}, exitUsage},
		"no assets":          {[]string{"-assets", "nothing.json"}, exitFailure},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, tc.args...)
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			// The error only repeats the exit code.
			_ = cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != tc.exit || stdout.Len() != 0 || stderr.Len() == 0 {
				t.Errorf("exit %d, stdout %q, stderr %q", got, stdout.String(), stderr.String())
			}
		})
	}
}
