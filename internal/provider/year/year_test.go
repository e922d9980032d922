// Package year_test plays a year of nights, in which a pipeline promotes fifty applications from one instance
// to the next, with the provider in this process, in simulated time.
package year_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const (
	// atOnce is how many resources Terraform treats at a time.
	atOnce = 10
	// usualJob is how long jobs take.
	usualJob = 400 * time.Millisecond
)

// year is what lasts.
type year struct {
	t       *testing.T
	network *network
	sim     *simulator.Simulator
	info    simulator.Info
	apps    []*app
	// teams are the lasting processes with their applications.
	teams  []*team
	models map[string]*model
	served *service
	books  books
	leaks  leaks
}

// app is an application with the two resources that promote it.
type app struct {
	name               string
	exported, imported *resource
	// object: its archives lie in a store, each at an address of its own.
	object bool
	// fleeting: its resources are destroyed after each night, and the archive with them.
	fleeting bool
	// process is the one of the last apply, for reading states.
	process *process
}

// team is a process for plans, one for applies, which may be the same, and who is promoted with it.
type team struct {
	plans, applies *process
	apps           []*app
	// again starts a process for another apply after one that failed; nil for those that last.
	again func(context.Context) (*process, error)
}

func TestYear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := begin(t)
		t.Cleanup(y.end)
		first := time.Date(2000, firstMonth, firstDay, 2, 30, 0, 0, time.Local)
		for n := range nights {
			// The time on the wall, as cron has it.
			at := time.Date(first.Year(), first.Month(), first.Day()+n, 2, 30, 0, 0, time.Local)
			time.Sleep(time.Until(at))
			y.night(n)
			if t.Failed() {
				t.Fatalf("night %d, %s", n, at)
			}
		}
	})
}

func begin(t *testing.T) *year {
	t.Helper()
	assets := &simulator.Assets{Instances: map[string]simulator.InstanceAssets{"dev": {}, "prod": {}}}
	dev := assets.Instances["dev"]
	y := &year{t: t, network: newNetwork(), models: map[string]*model{}, served: new(service)}
	for i := range apps {
		a := &app{
			name: fmt.Sprintf("app-%02d", i), object: i%5 == 4, fleeting: i%perLasting == perLasting-1,
			exported: &resource{kind: "asset_export"}, imported: &resource{kind: "asset_import"},
		}
		y.apps = append(y.apps, a)
		dev.Apps = append(dev.Apps, simulator.App{ID: a.name, Name: "application " + a.name})
	}
	assets.Instances["dev"] = dev
	var err error
	if y.sim, err = simulator.New(simulator.Options{Assets: assets, JobTime: usualJob, Metadata: simulator.MetadataRequired}); err != nil {
		t.Fatal(err)
	}
	y.info = y.sim.Info("http://" + gateway)
	y.network.serve(gateway, y.sim)
	y.network.serve(objects, y.sim.OBS())
	y.network.serve(metadata, y.sim.Metadata())
	if err := y.rotate(); err != nil {
		t.Fatal(err)
	}
	for i, w := range lasting {
		p, err := y.process(t.Context(), w.name, w)
		if err != nil {
			t.Fatal(err)
		}
		y.teams = append(y.teams, &team{plans: p, applies: p, apps: y.apps[i*perLasting : (i+1)*perLasting]})
		y.models["terraform-provider-asset/"+w.name] = w.model(y.served)
	}
	synctest.Wait()
	y.leaks.begin()
	return y
}

func (y *year) end() {
	y.network.close()
	y.sim.Close()
}

// night promotes everything.
func (y *year) night(n int) {
	if err := y.rotate(); err != nil {
		y.t.Fatal(err)
	}
	every := slices.Concat(lasting, others)
	w := every[n%len(every)]
	name := "new-" + w.name
	y.models["terraform-provider-asset/"+name] = w.model(y.served)
	y.t.Log("night", n, time.Now().Format(time.RFC3339), w.name)

	ctx := y.t.Context()
	now := y.forecast(n)
	now.fails = now.down > 0 || now.forgets && w.name == "token"
	teams := y.teams
	plans, err := y.process(ctx, name, w)
	if err != nil {
		y.t.Fatal(err)
	}
	applies, err := y.process(ctx, name, w)
	if err != nil {
		y.t.Fatal(err)
	}
	teams = append(slices.Clip(teams), &team{
		plans: plans, applies: applies, apps: y.apps[len(lasting)*perLasting:],
		again: func(ctx context.Context) (*process, error) { return y.process(ctx, "again-"+w.name, w) },
	})
	var all sync.WaitGroup
	all.Go(func() { y.disturb(now) })
	for _, one := range teams {
		work := func() { y.promoteAll(ctx, one, n) }
		if now.together {
			all.Go(work)
		} else {
			work()
		}
	}
	all.Wait()
	y.books.check(y, n, now)
	y.clear(ctx, teams, n)
	// Connections that nobody uses are closed after a minute and a half.
	time.Sleep(5 * time.Minute)
	synctest.Wait()
	y.leaks.check(y, n)
	y.sim.ResetRequests()
	delete(y.models, "terraform-provider-asset/"+name)
}

// promoteAll is one apply.
func (y *year) promoteAll(ctx context.Context, t *team, n int) {
	var all sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, a := range t.apps {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			a.process = t.applies
			if y.reach(ctx, *t, a.exported, a.exports(y, n)) {
				y.reach(ctx, *t, a.imported, a.imports(y, n))
			}
		})
	}
	all.Wait()
}

// reach applies until there is no error, as often as a pipeline would.
func (y *year) reach(ctx context.Context, t team, r *resource, config values) bool {
	for range 6 {
		said, err := reach(ctx, t.plans, t.applies, r, config)
		if err != nil {
			y.t.Error(err)
			return false
		}
		y.books.hears(said)
		if !failed(said) {
			return true
		}
		time.Sleep(time.Minute)
		if t.again == nil {
			continue
		}
		p, err := t.again(ctx)
		if err != nil {
			y.books.hears("Error: " + err.Error())
			continue
		}
		t.plans, t.applies = p, p
	}
	y.t.Error("six applies have failed")
	return false
}

func (a *app) exports(y *year, n int) values {
	config := values{
		"roma": values{"apps": []string{a.name}}, "path": a.path(y, n),
		"triggers": map[string]string{"night": fmt.Sprintf("%03d", n)},
	}
	if a.fleeting {
		config["remove_on_destroy"] = true
	}
	return config
}

func (a *app) imports(y *year, n int) values {
	return values{
		"source": a.path(y, n), "roma": values{"instance_id": y.info.ROMA.Instances["prod"], "type": "Merge"},
		"triggers": map[string]string{"night": fmt.Sprintf("%03d", n)},
	}
}

func (a *app) path(y *year, n int) string {
	if a.object {
		return fmt.Sprintf("obs://%s/night-%03d/%s.zip", y.info.OBS.Bucket, n, a.name)
	}
	return filepath.Join("archives", a.name+".zip")
}

// clear destroys what does not stay.
func (y *year) clear(ctx context.Context, teams []*team, n int) {
	for _, t := range teams {
		for _, a := range t.apps {
			if !a.fleeting {
				continue
			}
			for _, r := range []*resource{a.imported, a.exported} {
				said, err := reach(ctx, t.plans, t.applies, r, nil)
				if err != nil || failed(said) || r.state != nil {
					y.t.Errorf("night %d: %s is not destroyed: %v %s", n, a.name, err, strings.TrimSpace(said))
				}
			}
		}
	}
}
