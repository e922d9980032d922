package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// byHand are the examples that somebody applies.
var byHand = []string{"promotion", "csa"}

// watch starts the simulator with the examples beside it, says how to apply
// them, and waits until ctx ends. Nothing runs after that.
func watch(ctx context.Context, cli, dir string, out io.Writer) (err error) {
	simulator, err := build(ctx, dir)
	if err != nil {
		return err
	}
	// Long enough to be seen.
	info, stop, err := startSimulator(ctx, simulator, "6s")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, example := range byHand {
		if err := os.CopyFS(filepath.Join(dir, example), os.DirFS(filepath.Join("examples", example))); err != nil {
			return err
		}
	}
	variables, err := settings(dir, info)
	if err != nil {
		return err
	}
	windows := runtime.GOOS == "windows"
	file := filepath.Join(dir, "environment")
	if windows {
		file += ".ps1"
	}
	if err := os.WriteFile(file, []byte(script(variables, windows)), 0o600); err != nil {
		return err
	}
	if _, err := fmt.Fprint(out, instructions(cli, dir, file, info.Page)); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// script sets variables in a POSIX shell or in PowerShell. Both take a text in
// single quotes as it is.
func script(variables []string, windows bool) string {
	var text strings.Builder
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		if windows {
			fmt.Fprintf(&text, "$env:%s = '%s'\n", name, strings.ReplaceAll(value, "'", "''"))
			continue
		}
		fmt.Fprintf(&text, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	return text.String()
}

func instructions(cli, dir, file, page string) string {
	name := filepath.Base(cli)
	if cli == filepath.Join(filepath.Dir(dir), ".bin", name) {
		// The private copy is on no PATH.
		name = cli
	}
	return fmt.Sprintf(`
The simulator's page: %s

Open it, and in another terminal:

    . %s
    cd %s
    %[4]s init
    %[4]s apply

Then the same in %s.
Another apply finds nothing to do. In the first of them another release promotes again: %[4]s apply -var release=1.5.0
Ctrl-C here ends the simulator.
`, page, quoted(file), quoted(filepath.Join(dir, byHand[0])), name, quoted(filepath.Join(dir, byHand[1])))
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"$`&();") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
