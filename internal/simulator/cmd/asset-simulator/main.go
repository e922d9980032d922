// Command asset-simulator serves a simulated ROMA Connect, two simulated CSA
// servers and two simulated object stores on loopback addresses. It prints one
// line of JSON that tells how to use them, and ends on SIGINT and SIGTERM.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	exitFailure = 1
	exitUsage   = 2
)

// errUsage marks what the caller has to change on the command line.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case err != nil:
		fmt.Fprintln(os.Stderr, "asset-simulator:", err)
		os.Exit(exitFailure)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var opts simulator.Options
	flags := flag.NewFlagSet("asset-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to listen on")
	flags.DurationVar(&opts.JobTime, "job-time", 2*time.Second, "how long a job or a CSA import runs")
	vocabulary := flags.String("vocabulary", string(simulator.Current), "status vocabulary: current or 2022")
	assets := flags.String("assets", "", "JSON `file` with the assets to start with")
	flags.DurationVar(&opts.TokenLife, "token-life", 24*time.Hour, "how long an IAM token is valid")
	flags.DurationVar(&opts.ArchiveLife, "archive-life", 0, "how long an archive waits for its download; without end when 0")
	flags.DurationVar(&opts.TemporaryKeyLife, "key-life", 0, "the longest that a temporary key pair lives; as asked for when 0")
	flags.DurationVar(&opts.ClockSkew, "clock-skew", 0, "how far the clock of the gateway is ahead, or behind when negative")
	flags.BoolVar(&opts.RepeatableExports, "repeatable-exports", false, "encrypt no value anew and keep the order of JSON keys in CSA exports")
	metadata := flags.String("metadata", "", "serve the metadata service of a cloud server: optional, required, legacy or no_agency")
	certificate := flags.String("certificate", "", "what is wrong with the certificate: expired, not_yet_valid, other_host or self_signed")
	flags.StringVar(&opts.TLSDir, "tls-dir", "", "serve https and write the private authority to ca.pem in this `directory`")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if flags.NArg() > 0 {
		return usage(stderr, fmt.Errorf("unexpected argument %q", flags.Arg(0)))
	}
	opts.Vocabulary = simulator.Vocabulary(*vocabulary)
	opts.Metadata = simulator.MetadataMode(*metadata)
	opts.Certificate = simulator.CertificateFault(*certificate)
	if *assets != "" {
		loaded, err := simulator.LoadAssets(*assets)
		if err != nil {
			return err
		}
		opts.Assets = loaded
	}
	server, err := simulator.Serve(ctx, *listen, opts)
	if errors.Is(err, simulator.ErrOptions) {
		return usage(stderr, err)
	}
	if err != nil {
		return err
	}
	if err := json.NewEncoder(stdout).Encode(server.Info); err != nil {
		return errors.Join(err, server.Close())
	}
	<-ctx.Done()
	return server.Close()
}

func usage(stderr io.Writer, err error) error {
	// There is nobody else to tell if this cannot be written.
	_, _ = fmt.Fprintln(stderr, "asset-simulator:", err)
	return errUsage
}
