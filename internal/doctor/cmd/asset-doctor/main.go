// Command asset-doctor finds out whether a real ROMA Connect or CSA does what its documents
// say, and what a difference means for the provider.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/doctor"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

const usage = `Usage: asset-doctor [-export APP_ID[,...]] [-import -to INSTANCE] [-csa] [-report FILE.json] [-names]

Finds out whether a real ROMA Connect (or, with -csa, a CSA) does what its documents say.
Credentials come from the same variables as the provider's. Without -export nothing is
changed on the server. Exit status: 0 the provider works, 1 it would fail, 2 could not run.

`

// run reads the command line and returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	o := doctor.Options{Getenv: getenv, In: stdin, Out: stdout, Roma: map[string]string{}, CSA: map[string]string{}}
	flags := flag.NewFlagSet("asset-doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		// There is nobody else to tell if this cannot be written.
		_, _ = io.WriteString(stderr, usage)
		flags.PrintDefaults()
	}
	export := flags.String("export", "", "`ids` of applications to export, twice; with -csa the id of one artifact")
	flags.BoolVar(&o.Import, "import", false, "import what was exported into -to, after a question")
	flags.StringVar(&o.To, "to", "", "id of the `instance` to import into; with -csa the address of the other server (account: CSA_TO_USERNAME, CSA_TO_PASSWORD)")
	flags.BoolVar(&o.UseCSA, "csa", false, "look at CSA in place of ROMA Connect")
	flags.StringVar(&o.Report, "report", "", "`file` to write all facts to, as JSON without names, ids, addresses and credentials")
	flags.BoolVar(&o.Names, "names", false, "show the names of the entries of archives; never in the report")
	flags.DurationVar(&o.JobTime, "timeout", 30*time.Minute, "how long one job may take")
	for prefix, each := range map[string]struct {
		attributes []doctor.Attribute
		into       map[string]string
	}{"roma-": {doctor.RomaAttributes, o.Roma}, "csa-": {doctor.CSAAttributes, o.CSA}} {
		for _, a := range each.attributes {
			if !a.Secret {
				flags.Func(prefix+a.Flag(), "in place of "+a.Variable, func(value string) error {
					each.into[a.Name] = value
					return nil
				})
			}
		}
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return doctor.Fine
	case err != nil:
		return doctor.NotRun
	case flags.NArg() > 0:
		_, _ = fmt.Fprintf(stderr, "asset-doctor: unexpected argument %q\n", flags.Arg(0))
		return doctor.NotRun
	}
	for id := range strings.SplitSeq(*export, ",") {
		if id = strings.TrimSpace(id); id != "" {
			o.Export = append(o.Export, id)
		}
	}
	if err := o.Check(); err != nil {
		_, _ = fmt.Fprintln(stderr, "asset-doctor:", err)
		return doctor.NotRun
	}
	return doctor.Run(ctx, o)
}
