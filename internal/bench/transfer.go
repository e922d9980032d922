package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const transferred = `
terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}
variable "app" { type = string }
variable "prod_instance" { type = string }
provider "asset" {
  alias = "prod"
  roma  = { instance_id = var.prod_instance }
}
resource "asset_export" "it" {
  roma = { apps = [var.app] }
  path = "asset.zip"
}
resource "asset_import" "it" {
  provider = asset.prod
  source   = asset_export.it.archive.path
  roma     = { type = "Merge" }
}
`

const (
	transferMost       = 1.5
	transferMemoryMost = 96
)

// payloads are the apps of the simulator: incompressible bytes that it makes
// while it sends them.
var payloads = map[string]int64{"1KiB": 1 << 10, "10MiB": 10 << 20, "1GiB": 1 << 30, "4GiB": 4 << 30}

// transferSpace is what the archive of 4 GiB takes where it is written twice:
// by the provider, and by the simulator that receives it.
const transferSpace = 10 << 30

func transfer(ctx context.Context, l *lab) (r result, err error) {
	if err := transferNeeds(l); err != nil {
		return r, err
	}
	var assets simulator.InstanceAssets
	for name, size := range payloads {
		assets.Apps = append(assets.Apps, simulator.App{ID: name, Name: name, Size: size})
	}
	server, err := serve(ctx, simulator.Options{
		Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": assets, "prod": {}}},
	})
	if err != nil {
		return r, err
	}
	defer closing(server, &err)
	env := append(withPassword(server), "TF_VAR_prod_instance="+server.Info.ROMA.Instances["prod"])
	w, err := l.workspace(ctx, "transfer", transferred, env...)
	if err != nil {
		return r, err
	}
	if err := transferTime(ctx, l, server, w, &r); err != nil {
		return r, err
	}
	return r, transferMemory(ctx, l, w, &r)
}

// transferNeeds says what is missing before anything is measured.
func transferNeeds(l *lab) error {
	if _, err := exec.LookPath("curl"); err != nil {
		return fmt.Errorf("there is nothing to compare with: %w", err)
	}
	free, err := freeSpace(l.dir)
	if err != nil {
		return err
	}
	if need := pick[int64](l, transferSpace, 100<<20); free < need {
		return fmt.Errorf("%s has %s of free space, and %s are needed", l.dir, mib(free), mib(need))
	}
	return nil
}

// transferTime compares two applies with curl doing the same.
func transferTime(ctx context.Context, l *lab, server *simulator.Server, w *workspace, r *result) error {
	c, err := login(ctx, server)
	if err != nil {
		return err
	}
	curl := &curl{client: c, lab: l, app: pick(l, "1GiB", "10MiB")}
	rounds := pick(l, 5, 2)
	times, err := inTurn(ctx, rounds, w.apply("1KiB"), w.apply(curl.app), curl.download(), curl.upload(), curl.drop())
	if err != nil {
		return err
	}
	both := make(sample, rounds)
	for i := range both {
		both[i] = times[2][i] + times[3][i]
	}
	net := times[1].minus(times[0])
	r.atMost("export and import of "+spaced(curl.app)+" less those of 1 KiB, in relation to `curl`", transferMost, "", net.over(both))
	r.note("`terraform apply` of an export and an import took %s with %s and %s with 1 KiB; `curl` downloaded the same archive in %s and "+
		"uploaded it in %s (medians of %d). Beyond what curl does, the provider hashes the archive on both ways, checks it as a complete "+
		"zip, and waits until it is safely on disk. The simulator takes part of all these times: reading the download and dropping it "+
		"took %s.",
		number(times[1].median(), "s"), spaced(curl.app), number(times[0].median(), "s"), number(times[2].median(), "s"), number(times[3].median(), "s"), rounds,
		number(times[4].median(), "s"))
	return w.reset("asset.zip")
}

// apply is an export and an import of one app from the beginning.
func (w *workspace) apply(app string) timed {
	return timed{
		prepare: func(context.Context) error {
			settle()
			return w.reset("asset.zip")
		},
		run: func(ctx context.Context) error { return w.terraform(ctx, "apply", "-auto-approve", "-var", "app="+app) },
	}
}

func transferMemory(ctx context.Context, l *lab, w *workspace, r *result) error {
	cells := [][]string{{"archive", "peak memory of a provider process"}}
	var highest int64
	for _, app := range pick(l, []string{"10MiB", "1GiB", "4GiB"}, []string{"10MiB"}) {
		if err := w.reset("asset.zip"); err != nil {
			return err
		}
		used, err := w.watched(ctx, "apply", "-auto-approve", "-var", "app="+app)
		if err != nil {
			return err
		}
		info, err := os.Stat(w.path("asset.zip"))
		if err != nil || info.Size() < payloads[app] {
			return fmt.Errorf("the archive of %s did not arrive: %w", app, err)
		}
		highest = max(highest, used.memory)
		cells = append(cells, []string{spaced(app), mib(used.memory)})
	}
	r.is("peak memory of the provider with 10 MiB, 1 GiB and 4 GiB", fmt.Sprintf("≤ %d MiB", transferMemoryMost), mib(highest), highest <= transferMemoryMost<<20)
	r.note("%s", markdownTable(cells))
	return w.reset("asset.zip")
}

// spaced writes the name of a payload as text.
func spaced(app string) string {
	return strings.NewReplacer("KiB", " KiB", "MiB", " MiB", "GiB", " GiB").Replace(app)
}

// curl moves an archive the way that a script would.
type curl struct {
	*client
	lab     *lab
	app     string
	archive string
}

func (c *curl) file() string { return c.lab.dir + "/curl.zip" }

func (c *curl) download() timed {
	return timed{
		prepare: func(ctx context.Context) (err error) {
			settle()
			c.archive, err = c.export(ctx, c.app)
			return err
		},
		run: func(ctx context.Context) error { return c.curl(ctx, "--output", c.file(), c.archive) },
	}
}

// drop is the least that a download can take: nothing is written.
func (c *curl) drop() timed {
	return timed{
		prepare: c.download().prepare,
		run: func(ctx context.Context) error {
			resp, err := c.do(ctx, http.MethodGet, c.archive, "")
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, resp.Body)
			return errors.Join(err, resp.Body.Close())
		},
	}
}

func (c *curl) upload() timed {
	return timed{
		prepare: func(context.Context) error {
			settle()
			return nil
		},
		run: func(ctx context.Context) error {
			return c.curl(ctx, "--form", "ImportAssetRequestBody=@"+c.file()+";filename=asset.zip;type=application/octet-stream",
				c.assets("prod", "import")+"?type=Merge")
		},
	}
}

func (c *curl) curl(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "curl", append([]string{"--silent", "--show-error", "--fail", "--header", "X-Auth-Token: " + c.token}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("curl: %w\n%s", err, out)
	}
	return nil
}
