// Program demo promotes assets between two simulated instances with a real
// terraform, as a user would: it builds the provider and the simulator,
// applies examples/promotion, examples/csa and the two halves of examples/store, and shows what arrived. It runs from the root of
// a checkout, works in .demo there, and leaves no process behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	only := flag.Bool("print-terraform", false, "print which terraform the demo and the tests use, and end")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, onlyPrint bool) error {
	bin, err := filepath.Abs(".bin")
	if err != nil {
		return err
	}
	cli, err := findTerraform(ctx, bin)
	if err != nil {
		return err
	}
	if onlyPrint {
		fmt.Println(cli)
		return nil
	}
	dir, err := filepath.Abs(".demo")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return promote(ctx, cli, dir)
}
