package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset/zipdir"
	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const storeHead = `
terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}
`

// intoStore exports to a place, fromStore imports from one: a file or an address.
const (
	intoStore = storeHead + `
variable "app" { type = string }
variable "place" { type = string }
resource "asset_export" "it" {
  roma = { apps = [var.app] }
  path = var.place
}
`
	fromStore = storeHead + `
variable "place" { type = string }
variable "prod_instance" { type = string }
resource "asset_import" "it" {
  source = var.place
  roma   = { instance_id = var.prod_instance, type = "Merge" }
}
`
)

const (
	storeMost      = 1.5
	storePlansMost = 1.1
)

// storePayloads are the sizes of what goes through a store.
var storePayloads = map[string]int64{"10MiB": 10 << 20, "256MiB": 256 << 20}

// stores compares archives in a store with files, and the way to a store and back with curl.
func stores(ctx context.Context, l *lab) (r result, err error) {
	if _, err := exec.LookPath("curl"); err != nil {
		return r, fmt.Errorf("there is nothing to compare with: %w", err)
	}
	var assets simulator.InstanceAssets
	for name, size := range storePayloads {
		assets.Apps = append(assets.Apps, simulator.App{ID: name, Name: name, Size: size})
	}
	assets.Apps = append(assets.Apps, simulator.App{ID: ordersApp, Name: "orders"})
	server, err := serve(ctx, simulator.Options{
		Assets: &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": assets, "prod": {}}},
	})
	if err != nil {
		return r, err
	}
	defer closing(server, &err)
	if err := storePlans(ctx, l, server, &r); err != nil {
		return r, err
	}
	return r, storeTransfer(ctx, l, server, &r)
}

// withStore adds where S3 is to the variables of the provider.
func withStore(server *simulator.Server, env []string) []string {
	info := server.Info.S3
	return append(env, "AWS_ENDPOINT_URL_S3="+info.Endpoint, "AWS_REGION="+info.Region,
		"AWS_ACCESS_KEY_ID="+info.AccessKey, "AWS_SECRET_ACCESS_KEY="+info.SecretKey,
		"TF_VAR_prod_instance="+server.Info.ROMA.Instances["prod"])
}

// object is the address of a key.
func object(server *simulator.Server, key string) string {
	return "s3://" + server.Info.S3.Bucket + "/" + key
}

// storePlans times a plan with nothing to do, with files and with addresses.
func storePlans(ctx context.Context, l *lab, server *simulator.Server, r *result) error {
	n := pick(l, 1000, 100)
	var fields []*field
	var things []timed
	for _, name := range []string{"files", "addresses"} {
		p := planned[0]
		p.name = "store-" + name
		if name == "addresses" {
			p = p.at(object(server, "archives/"))
		}
		f, err := l.seeded(ctx, p, append(withStore(server, withKeys(server)), "TF_VAR_n=1"))
		if err != nil {
			return err
		}
		if err := f.fill(n); err != nil {
			return err
		}
		fields = append(fields, f)
		things = append(things, timed{run: f.plan})
	}
	server.Simulator.ResetRequests()
	times, err := inTurn(ctx, pick(l, 5, 3), things...)
	if err != nil {
		return err
	}
	used, err := fields[1].watched(ctx, planArgs...)
	if err != nil {
		return err
	}
	requests := len(server.Simulator.Requests())
	r.atMost(fmt.Sprintf("plan with %d exports and %d imports with addresses, in relation to the same with files", n, n), storePlansMost, "", times[1].over(times[0]))
	r.is("peak memory of the provider in that plan", fmt.Sprintf("≤ %d MiB", planMemoryMost), mib(used.memory), used.memory <= planMemoryMost<<20)
	r.is("requests during all these plans", "none", strconv.Itoa(requests), requests == 0)
	r.note("A plan with %d exports and %d imports took %s with addresses and %s with files.", n, n, number(times[1].median(), "s"), number(times[0].median(), "s"))
	return nil
}

// storeTransfer compares an export into a store and an import from one with curl. What an export
// into a file and an import from a file take is not the store's, and is taken off.
func storeTransfer(ctx context.Context, l *lab, server *simulator.Server, r *result) error {
	app := pick(l, "256MiB", "10MiB")
	c, err := login(ctx, server)
	if err != nil {
		return err
	}
	s := &storeCurl{curl: &curl{client: c, lab: l, app: app}, server: server}
	if s.archive, err = c.export(ctx, app); err != nil {
		return err
	}
	if err := c.download(ctx, s.archive, s.file()); err != nil {
		return err
	}
	if s.sum, s.digest, err = describeArchive(s.file()); err != nil {
		return err
	}
	if err := s.put(ctx, "given.zip"); err != nil {
		return err
	}
	env := withStore(server, append(withPassword(server), "TF_VAR_app="+app))
	out, err := l.workspace(ctx, "store-out", intoStore, env...)
	if err != nil {
		return err
	}
	in, err := l.workspace(ctx, "store-in", fromStore, env...)
	if err != nil {
		return err
	}
	rounds := pick(l, 5, 2)
	times, err := inTurn(ctx, rounds,
		s.apply(out, "asset.zip"), s.apply(out, object(server, "asset.zip")), s.upload(),
		s.apply(in, s.file()), s.apply(in, object(server, "given.zip")), s.download(),
	)
	if err != nil {
		return err
	}
	r.atMost("export of "+spaced(app)+" into a store less one into a file, in relation to `curl` PUT", storeMost, "", times[1].minus(times[0]).over(times[2]))
	r.atMost("import of "+spaced(app)+" from a store less one from a file, in relation to `curl` GET", storeMost, "", times[4].minus(times[3]).over(times[5]))
	r.note("`terraform apply` of an export of %s took %s into a store and %s into a file, of an import %s from the store and %s from a file; "+
		"`curl` sent the same bytes in %s and fetched them in %s (medians of %d). An export is on disk and hashed before it is sent, and the store is asked "+
		"before and after; an import is fetched whole and hashed before it is sent.",
		spaced(app), number(times[1].median(), "s"), number(times[0].median(), "s"), number(times[4].median(), "s"), number(times[3].median(), "s"),
		number(times[2].median(), "s"), number(times[5].median(), "s"), rounds)
	return storeMemory(ctx, server, out, in, app, r)
}

// storeMemory is what the provider takes on both ways.
func storeMemory(ctx context.Context, server *simulator.Server, out, in *workspace, app string, r *result) error {
	var highest int64
	for _, w := range []*workspace{out, in} {
		key := "memory.zip"
		if err := w.reset(); err != nil {
			return err
		}
		used, err := w.watched(ctx, "apply", "-auto-approve", "-var", "place="+object(server, key))
		if err != nil {
			return err
		}
		highest = max(highest, used.memory)
	}
	r.is("peak memory of the provider with "+spaced(app)+" into a store and from it", fmt.Sprintf("≤ %d MiB", transferMemoryMost), mib(highest), highest <= transferMemoryMost<<20)
	return nil
}

// storeCurl moves an archive to a store and back the way that a script would.
type storeCurl struct {
	*curl
	server *simulator.Server
	// sum and digest are what is said of the archive with it.
	sum, digest string
}

// apply is one export to a place or one import from it.
func (s *storeCurl) apply(w *workspace, place string) timed {
	return timed{
		prepare: func(context.Context) error {
			s.forget("asset.zip")
			settle()
			return w.reset("asset.zip")
		},
		run: func(ctx context.Context) error {
			return w.terraform(ctx, "apply", "-auto-approve", "-var", "place="+place)
		},
	}
}

// upload is a PUT with the headers of the provider's.
func (s *storeCurl) upload() timed {
	return timed{
		prepare: func(context.Context) error {
			s.forget("curl.zip")
			settle()
			return nil
		},
		run: func(ctx context.Context) error { return s.put(ctx, "curl.zip") },
	}
}

func (s *storeCurl) download() timed {
	return timed{
		prepare: func(context.Context) error {
			settle()
			return os.RemoveAll(s.fetched())
		},
		run: func(ctx context.Context) error { return s.ask(ctx, "given.zip", "--output", s.fetched()) },
	}
}

func (s *storeCurl) fetched() string { return s.lab.dir + "/fetched.zip" }

func (s *storeCurl) put(ctx context.Context, key string) error {
	return s.ask(ctx, key, "--upload-file", s.file(), "--header", "Content-Type: application/zip", "--header", "If-None-Match: *",
		"--header", "x-amz-meta-asset-sha256: "+s.sum, "--header", "x-amz-meta-asset-content-digest: "+s.digest)
}

// describeArchive returns the SHA-256 and the digest of the content of a file.
func describeArchive(path string) (sum, digest string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err == nil {
		digest, err = zipdir.Digest(file, size)
	}
	return hex.EncodeToString(hash.Sum(nil)), digest, errors.Join(err, file.Close())
}

// forget removes what the round before put into the store, if anything.
func (s *storeCurl) forget(key string) {
	// There is nothing in the first round.
	_ = s.server.Simulator.RemoveObject("s3", s.server.Info.S3.Bucket, key)
}

func (s *storeCurl) ask(ctx context.Context, key string, args ...string) error {
	info := s.server.Info.S3
	all := append([]string{
		"--silent", "--show-error", "--fail", "--user", info.AccessKey + ":" + info.SecretKey, "--aws-sigv4", "aws:amz:" + info.Region + ":s3",
		"--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD",
	}, args...)
	if out, err := exec.CommandContext(ctx, "curl", append(all, info.Endpoint+"/"+info.Bucket+"/"+key)...).CombinedOutput(); err != nil {
		return fmt.Errorf("curl: %w\n%s", err, out)
	}
	return nil
}
