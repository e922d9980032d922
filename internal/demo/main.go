// Program demo promotes assets between two simulated instances with a real
// terraform, as a user would: it builds the provider and the simulator,
// applies examples/promotion, examples/csa and the two halves of examples/store, and shows what arrived. It runs from the root of
// a checkout, works in .demo there, and leaves no process behind. With -page it
// starts the simulator, prints the address of its page and waits, so that
// somebody applies by hand and watches.
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
	byHand := flag.Bool("page", false, "start the simulator, print the address of its page, and wait for an interrupt")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *only, *byHand)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, onlyPrint, byHand bool) error {
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
	if byHand {
		return watch(ctx, cli, dir, os.Stdout)
	}
	return promote(ctx, cli, dir)
}
