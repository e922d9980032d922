package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestWatch starts everything, looks at the page, and sees that nothing is left.
func TestWatch(t *testing.T) {
	t.Chdir("../..")
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, told := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := watch(ctx, "/usr/bin/terraform", dir, told)
		ended <- errors.Join(err, told.CloseWithError(io.EOF))
	}()
	var page, text string
	lines := bufio.NewScanner(out)
	for !strings.Contains(text, "Ctrl-C") && lines.Scan() {
		text += lines.Text() + "\n"
		if _, after, found := strings.Cut(lines.Text(), "page: "); found {
			page = after
		}
	}
	if page == "" {
		t.Fatalf("it said %q and ended with %v", text, <-ended)
	}
	look := func() (string, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := new(http.Transport).RoundTrip(r)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(resp.Body)
		return string(body), errors.Join(err, resp.Body.Close())
	}
	if body, err := look(); err != nil || !strings.Contains(body, "<title>Asset simulator</title>") {
		t.Errorf("the page is %.80q (%v)", body, err)
	}
	for _, example := range byHand {
		if _, err := os.Stat(filepath.Join(dir, example, "main.tf")); err != nil {
			t.Error(err)
		}
		if !strings.Contains(text, filepath.Join(dir, example)) {
			t.Errorf("it does not tell of %s: %s", example, text)
		}
	}
	file := filepath.Join(dir, "environment")
	if runtime.GOOS == "windows" {
		file += ".ps1"
	}
	script, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(script), "ROMA_ENDPOINT") || !strings.Contains(text, file) {
		t.Errorf("the variables are %q (%v)", script, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := look(); err == nil {
		t.Error("the simulator goes on")
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	variables := []string{"A=b=c d", "Q=it's"}
	for windows, want := range map[bool]string{
		false: "export A='b=c d'\nexport Q='it'\\''s'\n",
		true:  "$env:A = 'b=c d'\n$env:Q = 'it''s'\n",
	} {
		if got := script(variables, windows); got != want {
			t.Errorf("windows %v: %s", windows, got)
		}
	}
}
