package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

var (
	processorName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)
	memoryTotal   = regexp.MustCompile(`(?m)^MemTotal:\s*(\d+) kB$`)
)

// describeMachine is a table of what the measurements depend on.
func describeMachine(ctx context.Context, l *lab) (string, error) {
	terraform, err := terraformVersion(ctx, l)
	if err != nil {
		return "", err
	}
	cells := [][]string{
		{"", ""},
		{"date", time.Now().UTC().Format(time.DateOnly)},
		{"processors", fmt.Sprintf("%d × %s", runtime.NumCPU(), found(processorName, "/proc/cpuinfo"))},
	}
	if kib, err := strconv.Atoi(found(memoryTotal, "/proc/meminfo")); err == nil {
		cells = append(cells, []string{"memory", fmt.Sprintf("%d GiB", (kib+1<<19)>>20)})
	}
	cells = append(cells,
		[]string{"system", runtime.GOOS + "/" + runtime.GOARCH},
		[]string{"Go", strings.TrimPrefix(runtime.Version(), "go")},
		[]string{"Terraform", terraform},
		[]string{"curl", curlVersion(ctx)},
	)
	return markdownTable(cells), nil
}

// found is the first match in a file of the kernel, or "unknown" where there
// is none.
func found(pattern *regexp.Regexp, file string) string {
	// Other systems have no such file.
	data, _ := os.ReadFile(file)
	if match := pattern.FindSubmatch(data); match != nil {
		return strings.TrimSpace(string(match[1]))
	}
	return "unknown"
}

func terraformVersion(ctx context.Context, l *lab) (string, error) {
	cmd := exec.CommandContext(ctx, l.terraform, "version", "-json")
	cmd.Env = l.env
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("terraform version: %w", err)
	}
	var told struct {
		Version string `json:"terraform_version"`
	}
	err = json.Unmarshal(out, &told)
	return told.Version, err
}

func curlVersion(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "curl", "--version").Output()
	if words := strings.Fields(string(out)); err == nil && len(words) > 1 {
		return words[1]
	}
	return "not there"
}
