package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

// An app of the simulator's default landscape.
const ordersApp = "b1e6b1e6-4f3f-4a80-bb45-f4b9039f95a3"

// planned are the configurations whose plans are timed: as many resources in
// two blocks, of which the second refers to nothing, because references
// between counted blocks cost terraform the square of their number.
var planned = []plannable{
	{"asset", `
terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}
variable "n" { type = number }
variable "prod_instance" { type = string }
resource "asset_export" "a" {
  count    = var.n
  roma     = { apps = ["` + ordersApp + `"] }
  path     = "archives/${count.index}.zip"
  triggers = { release = "1.4.0" }
}
resource "asset_import" "b" {
  count  = var.n
  source = "archives/${count.index}.zip"
  roma   = { instance_id = var.prod_instance, type = "Merge" }
}
`, []string{"asset_export.a", "asset_import.b"}},
	{"smallest", `
terraform {
  required_providers {
    smallest = { source = "asset-promotion/smallest" }
  }
}
variable "n" { type = number }
resource "smallest_thing" "a" {
  count = var.n
  value = "archives/${count.index}.zip"
}
resource "smallest_thing" "b" {
  count = var.n
  value = "archives/${count.index}.zip"
}
`, []string{"smallest_thing.a", "smallest_thing.b"}},
	{"terraform_data", `
variable "n" { type = number }
resource "terraform_data" "a" {
  count = var.n
  input = "archives/${count.index}.zip"
}
resource "terraform_data" "b" {
  count = var.n
  input = "archives/${count.index}.zip"
}
`, []string{"terraform_data.a", "terraform_data.b"}},
	{"wide", `
terraform {
  required_providers {
    smallest = { source = "asset-promotion/smallest" }
  }
}
variable "n" { type = number }
resource "smallest_wide" "a" {
  count    = var.n
  roma     = { apps = ["` + ordersApp + `"] }
  path     = "archives/${count.index}.zip"
  triggers = { release = "1.4.0" }
}
resource "smallest_wide" "b" {
  count    = var.n
  roma     = { apps = ["` + ordersApp + `"] }
  path     = "archives/${count.index}.zip"
  triggers = { release = "1.4.0" }
}
`, []string{"smallest_wide.a", "smallest_wide.b"}},
}

// plannable is a configuration, and its blocks in the order in which they are applied.
type plannable struct {
	name, config string
	blocks       []string
}

// at is the same with archives at addresses that begin so.
func (p plannable) at(prefix string) plannable {
	p.config = strings.ReplaceAll(p.config, `"archives/`, `"`+prefix)
	return p
}

const (
	// planMost is in relation to a provider with the same schemas that does nothing.
	planMost       = 1.15
	planMemoryMost = 80
)

// plans times terraform plan with nothing to do, for ever more resources.
func plans(ctx context.Context, l *lab) (r result, err error) {
	server, err := serve(ctx, simulator.Options{})
	if err != nil {
		return r, err
	}
	defer closing(server, &err)
	fields, err := plannedFields(ctx, l, server)
	if err != nil {
		return r, err
	}
	server.Simulator.ResetRequests()
	echo, err := l.echoing(ctx, fields[0])
	if err != nil {
		return r, err
	}
	fields = append(fields, echo)
	cells := [][]string{{
		"exports and imports", "this provider", "the echo", "this / echo", "from, to", "the smallest", "`terraform_data`", "as many attributes", "peak memory",
	}}
	sizes := pick(l, []int{1, 100, 1000}, []int{1, 100})
	for i, n := range sizes {
		var things []timed
		for _, f := range fields {
			if err := f.fill(n); err != nil {
				return r, err
			}
			things = append(things, timed{run: f.plan})
		}
		times, err := inTurn(ctx, pick(l, 5, 3), things...)
		if err != nil {
			return r, err
		}
		used, err := fields[0].watched(ctx, planArgs...)
		if err != nil {
			return r, err
		}
		ratio := times[0].over(times[4])
		cells = append(cells, []string{
			fmt.Sprintf("%d + %d", n, n), number(times[0].median(), "s"), number(times[4].median(), "s"), number(ratio.median(), ""), ratio.spread(""),
			number(times[1].median(), "s"), number(times[2].median(), "s"), number(times[3].median(), "s"), mib(used.memory),
		})
		if i == len(sizes)-1 {
			least, err := echo.watched(ctx, planArgs...)
			if err != nil {
				return r, err
			}
			r.note("Processor time of the largest plan: %s in this provider and %s in Terraform; with the echo %s and %s.",
				number(used.seconds, "s"), number(used.total-used.seconds, "s"), number(least.seconds, "s"), number(least.total-least.seconds, "s"))
			r.atMost(fmt.Sprintf("plan with %d exports and %d imports, in relation to a provider with the same schemas that sends back what it gets", n, n), planMost, "", ratio)
			r.is("peak memory of the provider in that plan", fmt.Sprintf("≤ %d MiB", planMemoryMost), mib(used.memory), used.memory <= planMemoryMost<<20)
		}
	}
	requests := len(server.Simulator.Requests())
	r.is("requests during all these plans", "none", strconv.Itoa(requests), requests == 0)
	r.notes = append([]string{markdownTable(cells)}, r.notes...)
	r.note("Every plan refreshes, finds nothing to do, and reads the central directory of the archive of each import. The echo " +
		"has the schemas of this provider and sends back whatever Terraform sends: what Terraform takes for so many attributes by itself. The smallest provider has a resource with one attribute; `terraform_data` needs no provider process. \"As many attributes\" are resources of the smallest provider " +
		"that have the attributes of an export and do nothing: what Terraform and the framework take for them by themselves.")
	return r, nil
}

// echoing is a field with the configuration and the state of another, for the provider that echoes.
func (l *lab) echoing(ctx context.Context, of *field) (*field, error) {
	instead := strings.NewReplacer("asset-promotion/asset", "asset-promotion/echo")
	w, err := l.workspace(ctx, "plans-echo", instead.Replace(planned[0].config), of.env...)
	if err != nil {
		return nil, err
	}
	return &field{w, []byte(instead.Replace(string(of.seed)))}, nil
}

// field is a workspace whose state is grown.
type field struct {
	*workspace
	// seed is the state with one instance of each resource.
	seed []byte
}

func plannedFields(ctx context.Context, l *lab, server *simulator.Server) ([]*field, error) {
	var fields []*field
	for _, p := range planned {
		env := append(withKeys(server), "TF_VAR_n=1", "TF_VAR_prod_instance="+server.Info.ROMA.Instances["prod"])
		if p.name != "asset" {
			env = []string{"TF_VAR_n=1"}
		}
		f, err := l.seeded(ctx, p, env)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// seeded is a workspace in which one instance of each resource was applied.
func (l *lab) seeded(ctx context.Context, p plannable, env []string) (*field, error) {
	w, err := l.workspace(ctx, "plans-"+p.name, p.config, env...)
	if err != nil {
		return nil, err
	}
	// One after another: the second block wants what the first one makes.
	for _, block := range p.blocks {
		if err := w.terraform(ctx, "apply", "-auto-approve", "-target="+block); err != nil {
			return nil, err
		}
	}
	seed, err := os.ReadFile(w.path("terraform.tfstate"))
	if err != nil {
		return nil, err
	}
	return &field{w, seed}, nil
}

// planArgs plan without a change; an exit code of 2 would mean that there is
// one.
var planArgs = []string{"plan", "-detailed-exitcode"}

func (f *field) plan(ctx context.Context) error { return f.terraform(ctx, planArgs...) }

// firstPath is the only value that differs between the instances.
const firstPath = "archives/0.zip"

// fill makes the state one with n instances of each resource, as n applies
// would have left it, with an archive for each.
func (f *field) fill(n int) error {
	var state map[string]any
	if err := json.Unmarshal(f.seed, &state); err != nil {
		return err
	}
	resources, _ := state["resources"].([]any)
	for _, r := range resources {
		if err := multiply(r, n); err != nil {
			return err
		}
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := os.WriteFile(f.path("terraform.tfstate"), text, 0o600); err != nil {
		return err
	}
	f.env = append(f.env, "TF_VAR_n="+strconv.Itoa(n))
	return f.copyArchives(n)
}

// multiply replaces the one instance of a resource of a state by n of them.
func multiply(resource any, n int) error {
	object, _ := resource.(map[string]any)
	instances, _ := object["instances"].([]any)
	if len(instances) != 1 {
		return fmt.Errorf("the state has %d instances of a resource, want 1", len(instances))
	}
	text, err := json.Marshal(instances[0])
	if err != nil {
		return err
	}
	all := make([]any, n)
	for i := range n {
		var one map[string]any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), firstPath, archivePath(i))), &one); err != nil {
			return err
		}
		one["index_key"] = i
		all[i] = one
	}
	object["instances"] = all
	return nil
}

func archivePath(i int) string { return fmt.Sprintf("archives/%d.zip", i) }

func (f *field) copyArchives(n int) error {
	data, err := os.ReadFile(f.path(filepath.FromSlash(firstPath)))
	if os.IsNotExist(err) {
		// Not everything that is planned has archives.
		return nil
	}
	for i := 1; i < n && err == nil; i++ {
		err = os.WriteFile(f.path(filepath.FromSlash(archivePath(i))), data, 0o600)
	}
	return err
}
