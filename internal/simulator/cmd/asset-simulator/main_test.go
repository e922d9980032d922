package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
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

func TestOneLineAndSignals(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]os.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": os.Interrupt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, "-vocabulary", "2022", "-job-time", "1ms", "-token-life", "1h",
				"-key-life", "20m", "-clock-skew", "1m", "-metadata", "required", "-tls-dir", t.TempDir(), "-certificate", "expired", "-listen", "127.0.0.1:0")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out := bufio.NewReader(stdout)
			line, err := out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			dec := json.NewDecoder(strings.NewReader(line))
			dec.DisallowUnknownFields()
			var info simulator.Info
			if err := dec.Decode(&info); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(info.ROMA.Endpoint, "https://127.0.0.1:") || !strings.HasPrefix(info.ROMA.MetadataURL, "http://127.0.0.1:") || info.ROMA.AuthURL != info.ROMA.Endpoint+"/v3" ||
				info.ROMA.Instances["dev"] == "" || info.ROMA.Instances["prod"] == "" {
				t.Errorf("printed %s", line)
			}
			for _, name := range []string{"dev", "prod"} {
				csa := info.CSA[name]
				if csa.Endpoint != info.ROMA.Endpoint+"/"+name || csa.Username == "" || csa.Password == "" ||
					csa.Organization != "CSA-Provider" || csa.User != "admin" {
					t.Errorf("printed %s", line)
				}
			}
			checkFilled(t, line)
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(out)
			if err != nil || len(rest) != 0 {
				t.Errorf("printed more: %q, %v", rest, err)
			}
			if err := cmd.Wait(); err != nil || stderr.Len() != 0 {
				t.Errorf("ended with %v and %q", err, stderr.String())
			}
		})
	}
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
