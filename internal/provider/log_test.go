package provider_test

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// logged are the lines of terraform's log from the provider with a message.
func logged(t *testing.T, file, level, message string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var lines []string
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		if line := scanner.Text(); strings.Contains(line, "["+level+"]") && strings.Contains(line, message+":") {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// logField is a field of a line of the log.
func logField(line, name string) string {
	found := regexp.MustCompile(`\b` + name + `=("[^"]*"|\S+)`).FindStringSubmatch(line)
	if found == nil {
		return ""
	}
	return strings.Trim(found[1], `"`)
}

// TestLogForSupport compares the log with the server's: one line for each
// request, one for each change of the job, and the job's id as soon as it is
// known.
func TestLogForSupport(t *testing.T) {
	t.Parallel()
	server := serve(t, simulator.Options{JobTime: 1500 * time.Millisecond})
	order(t, server, simulator.Fault{On: "projects", Do: "status", Status: 503})
	w := newWorkspace(t, server, exportOnly)
	w.setenv("TF_LOG=DEBUG", "TF_LOG_PATH="+w.path("debug.log"))
	w.apply(0)

	requests := server.Simulator.Requests()
	lines := logged(t, w.path("debug.log"), "DEBUG", "HTTP request")
	if len(lines) != len(requests) {
		t.Fatalf("%d lines for %d requests", len(lines), len(requests))
	}
	for i, r := range requests {
		line := lines[i]
		want := map[string]string{
			"method": r.Method, "url": strings.TrimPrefix(server.URL, "http://") + r.Path, "status": strconv.Itoa(r.Status),
		}
		if logField(line, "request_id") == "" {
			t.Errorf("no request id: %s", line)
		}
		for name, value := range want {
			if got := logField(line, name); got != value {
				t.Errorf("%s %s: %s is %q, want %q", r.Method, r.Path, name, got, value)
			}
		}
		for _, name := range []string{"bytes_in", "bytes_out", "ms", "attempt"} {
			if _, err := strconv.Atoi(logField(line, name)); err != nil {
				t.Errorf("%s: %v in %s", name, err, line)
			}
		}
		if strings.Contains(line, "?") {
			t.Errorf("a query: %s", line)
		}
	}
	if first, second := logField(lines[0], "attempt"), logField(lines[1], "attempt"); first != "1" || second != "2" {
		t.Errorf("attempts %s and %s of the first request", first, second)
	}
	configured := logged(t, w.path("debug.log"), "DEBUG", "ROMA Connect is configured")
	if len(configured) == 0 || logField(configured[0], "credentials") != "key pair" || logField(configured[0], "endpoint") != server.URL {
		t.Errorf("settings: %q", configured)
	}
	seen := map[string]bool{}
	for _, line := range logged(t, w.path("debug.log"), "DEBUG", "asset job") {
		change := logField(line, "status") + " " + logField(line, "progress")
		if seen[change] || logField(line, "job_id") == "" {
			t.Errorf("no change: %s", line)
		}
		seen[change] = true
	}
	if len(seen) < 2 {
		t.Errorf("changes of the job: %v", seen)
	}
	started := logged(t, w.path("debug.log"), "INFO", "export job started")
	if len(started) != 1 || logField(started[0], "job_id") == "" {
		t.Errorf("INFO: %q", started)
	}
}
