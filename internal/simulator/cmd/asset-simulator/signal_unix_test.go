//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// Windows has no signals that one program could send to another.

func TestOneLineAndSignals(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]os.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": os.Interrupt} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, "-vocabulary", "2022", "-job-time", "1ms", "-token-life", "1h",
				"-key-life", "20m", "-archive-life", "1h", "-clock-skew", "1m", "-repeatable-exports", "-metadata", "required", "-tls-dir", t.TempDir(), "-certificate", "expired", "-listen", "127.0.0.1:0")
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
			if !strings.HasPrefix(info.OBS.Endpoint, "https://127.0.0.1:") || !strings.HasPrefix(info.S3.Endpoint, "https://127.0.0.1:") ||
				info.OBS.Bucket != "asset-releases" || info.S3.Bucket != "asset-releases" || info.S3.Region == info.ROMA.Region {
				t.Errorf("printed %s", line)
			}
			if info.Page != info.ROMA.Endpoint+"/" {
				t.Errorf("printed %s", line)
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
