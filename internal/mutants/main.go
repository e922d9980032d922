// Program mutants puts deliberate faults into the product, one after another, and says which of
// them the tests notice. It works in a copy of the module, from whose root it runs. It fails if
// a fault survives or does not build, and says so if the list is not that of this source any more.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// fault is one deliberate fault.
type fault struct {
	// name says what is wrong with the product then.
	name string
	// file is changed: text, which is in it once, becomes with.
	file, text, with string
	// in is the package whose tests should notice, and run says which of them; all if it is empty.
	in, run string
}

const (
	caught   = "caught"
	noBuild  = "does not build"
	survived = "SURVIVED"
)

func main() {
	only := flag.String("only", "", "put only the faults in whose names match this expression")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string) error {
	chosen, err := choose(slices.Concat(assetFaults, clientFaults, runFaults, planFaults, settingFaults, storeFaults, yearFaults), only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	return errors.Join(try(ctx, dir, chosen), os.RemoveAll(dir))
}

func choose(all []fault, only string) ([]fault, error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(all, func(f fault) bool { return !wanted.MatchString(f.name) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no fault has a name that matches %q", only)
	}
	return chosen, nil
}

// try puts the faults into a copy of the module in dir.
func try(ctx context.Context, dir string, faults []fault) error {
	l := lab{module: filepath.Join(dir, "module"), program: filepath.Join(dir, "tests.exe")}
	if err := os.CopyFS(l.module, sources{os.DirFS(".")}); err != nil {
		return err
	}
	if err := l.upToDate(faults); err != nil {
		return err
	}
	if err := l.sound(ctx, faults); err != nil {
		return err
	}
	totals := map[string]int{}
	for _, f := range faults {
		begin := time.Now()
		what, by, err := l.play(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		totals[what]++
		fmt.Printf("%-14s %4.0fs  %s%s\n", what, time.Since(begin).Seconds(), f.name, by)
	}
	fmt.Printf("%d faults: %d caught, %d survived, %d did not build\n", len(faults), totals[caught], totals[survived], totals[noBuild])
	if totals[caught] < len(faults) {
		return errors.New("the tests do not notice every fault")
	}
	return nil
}

// sources is a module without what git and make keep in it.
type sources struct{ fs.FS }

// ReadDir lists a directory.
func (s sources) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	if name == "." {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return slices.Contains([]string{".git", ".bin", ".demo"}, e.Name()) })
	}
	return entries, err
}

// lab is a copy of the module, and the place of the test program that is built from it.
type lab struct{ module, program string }

// upToDate says which texts are not in their files, or more than once.
func (l lab) upToDate(faults []fault) error {
	var problems []error
	for _, f := range faults {
		content, err := os.ReadFile(filepath.Join(l.module, f.file))
		if err != nil {
			problems = append(problems, err)
		} else if n := bytes.Count(content, []byte(f.text)); n != 1 || f.text == f.with {
			problems = append(problems, fmt.Errorf("%s: the list is out of date: its text is in %s %d times", f.name, f.file, n))
		}
	}
	return errors.Join(problems...)
}

// sound proves that the tests pass without any fault: else they would notice nothing.
func (l lab) sound(ctx context.Context, faults []fault) error {
	chosen := map[string][]string{}
	for _, f := range faults {
		chosen[f.in] = append(chosen[f.in], f.run)
	}
	for in, runs := range chosen {
		slices.Sort(runs)
		runs = slices.Compact(runs)
		expression := strings.Join(runs, "|")
		if slices.Contains(runs, "") {
			expression = ""
		}
		if out, built := l.build(ctx, in); !built {
			return fmt.Errorf("%s does not build without any fault:\n%s", in, out)
		}
		if out, passed := l.test(ctx, in, expression); !passed {
			return fmt.Errorf("the tests of %s fail without any fault:\n%s", in, out)
		}
	}
	return ctx.Err()
}

// play puts one fault in, and takes it out again. by names the first test that noticed.
func (l lab) play(ctx context.Context, f fault) (what, by string, err error) {
	file := filepath.Join(l.module, f.file)
	content, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	if err := os.WriteFile(file, bytes.Replace(content, []byte(f.text), []byte(f.with), 1), 0o600); err != nil {
		return "", "", err
	}
	out, built := l.build(ctx, f.in)
	what, by = noBuild, "\n"+out
	if built {
		var passed bool
		if out, passed = l.test(ctx, f.in, f.run); passed {
			what, by = survived, ""
		} else {
			what, by = caught, noticedBy(out)
		}
	}
	return what, by, errors.Join(os.WriteFile(file, content, 0o600), ctx.Err())
}

// build makes the test program of a package. Vet would refuse some faults before any test sees them.
func (l lab) build(ctx context.Context, in string) (out string, built bool) {
	return l.command(ctx, l.module, "go", "test", "-c", "-trimpath", "-vet=off", "-o", l.program, "./internal/"+in)
}

// test runs the test program as go test does.
func (l lab) test(ctx context.Context, in, expression string) (out string, passed bool) {
	return l.command(ctx, filepath.Join(l.module, "internal", filepath.FromSlash(in)), l.program,
		"-test.run", expression, "-test.failfast", "-test.parallel", "6", "-test.timeout", "100s")
}

func (l lab) command(ctx context.Context, dir, name string, args ...string) (out string, good bool) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

var failure = regexp.MustCompile(`(?m)^--- FAIL: (\w+)|^panic: (.*)`)

func noticedBy(out string) string {
	found := failure.FindStringSubmatch(out)
	if found == nil {
		return ""
	}
	return " (" + found[1] + found[2] + ")"
}
