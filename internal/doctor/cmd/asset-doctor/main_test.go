package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asset-promotion/terraform-provider-asset/internal/doctor"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for line, row := range map[string]struct {
		status int
		says   string
	}{
		"-h":                          {doctor.Fine, "Usage: asset-doctor"},
		"-x":                          {doctor.NotRun, "not defined"},
		"export":                      {doctor.NotRun, "unexpected argument"},
		"-import -export a":           {doctor.NotRun, "-import needs -to"},
		"-import -to b":               {doctor.NotRun, "-import needs -export"},
		"-csa -export a,b":            {doctor.NotRun, "one artifact"},
		"-roma-secret-key x":          {doctor.NotRun, "not defined"},
		"-timeout soon":               {doctor.NotRun, "invalid value"},
		"-roma-endpoint https://x.eu": {doctor.NotRun, "no instance"},
	} {
		var stdout, stderr strings.Builder
		getenv := func(name string) string { return map[string]string{"HW_AUTH_TOKEN": "x"}[name] }
		status := run(t.Context(), strings.Fields(line), getenv, strings.NewReader(""), &stdout, &stderr)
		if said := stdout.String() + stderr.String(); status != row.status || !strings.Contains(said, row.says) {
			t.Errorf("%s: status %d\n%s", line, status, said)
		}
	}
}

// TestRun: flags stand for what the provider block would say.
func TestRun(t *testing.T) {
	t.Parallel()
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	info := sim.Info(server.URL)
	report := filepath.Join(t.TempDir(), "report.json")
	env := map[string]string{"HW_SECRET_KEY": info.ROMA.SecretKey, "CSA_PASSWORD": info.CSA["dev"].Password, "ROMA_ENDPOINT": "https://nobody.invalid"}
	for _, args := range [][]string{
		{
			"-roma-endpoint", server.URL, "-roma-auth-url", server.URL + "/v3", "-roma-region", info.ROMA.Region, "-roma-access-key", info.ROMA.AccessKey,
			"-roma-instance-id", info.ROMA.Instances["dev"], "-export", " b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3 ,3f0c9d2e-7b41-4c5a-9d1f-6a8e2b4c7d90,", "-report", report,
		},
		{"-csa", "-csa-endpoint", info.CSA["dev"].Endpoint, "-csa-username", info.CSA["dev"].Username, "-report", report},
	} {
		var stdout, stderr strings.Builder
		status := run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(""), &stdout, &stderr)
		if status != doctor.Fine || stderr.Len() > 0 || !strings.Contains(stdout.String(), "The provider works with this server") {
			t.Errorf("status %d\n%s\n%s", status, stdout.String(), stderr.String())
		}
		if _, err := os.Stat(report); err != nil {
			t.Error(err)
		}
		if err := os.Remove(report); err != nil {
			t.Error(err)
		}
	}
	for _, request := range sim.Requests() {
		if request.Kind == "export" && len(request.Apps) != 2 {
			t.Errorf("applications %q", request.Apps)
		}
	}
}
