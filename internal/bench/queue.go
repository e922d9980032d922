package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/asset-promotion/terraform-provider-asset/internal/simulator"
)

const queued = `
terraform {
  required_providers {
    asset = { source = "asset-promotion/asset" }
  }
}
variable "n" { type = number }
variable "prod_instance" { type = string }
resource "asset_import" "it" {
  count  = var.n
  source = "asset.zip"
  roma   = { instance_id = var.prod_instance, type = "Merge" }
}
`

const (
	queueJobs = 20
	queueJob  = 2 * time.Second
	queueMost = 1.15
)

// queue times one apply with many imports into one instance, which takes them
// one after another.
func queue(ctx context.Context, l *lab) (r result, err error) {
	server, err := serve(ctx, simulator.Options{JobTime: queueJob})
	if err != nil {
		return r, err
	}
	defer closing(server, &err)
	n := pick(l, queueJobs, 4)
	env := append(withKeys(server), "TF_VAR_n="+strconv.Itoa(n), "TF_VAR_prod_instance="+server.Info.ROMA.Instances["prod"])
	w, err := l.workspace(ctx, "queue", queued, env...)
	if err != nil {
		return r, err
	}
	c, err := login(ctx, server)
	if err != nil {
		return r, err
	}
	archive, err := c.export(ctx, ordersApp)
	if err != nil {
		return r, err
	}
	if err := c.download(ctx, archive, w.path("asset.zip")); err != nil {
		return r, err
	}
	server.Simulator.ResetRequests()
	sum := queueJob.Seconds() * float64(n)
	var ratios sample
	applies := pick(l, 3, 1)
	for range applies {
		begin := time.Now()
		if err := w.terraform(ctx, "apply", "-auto-approve"); err != nil {
			return r, err
		}
		ratios = append(ratios, time.Since(begin).Seconds()/sum)
		if err := w.reset(); err != nil {
			return r, err
		}
	}
	posts, refused := count(server, "import")
	looks, _ := count(server, "job")
	r.atMost(fmt.Sprintf("%d imports with jobs of %s into one instance, in relation to the sum of the jobs", n, queueJob), queueMost, "", ratios)
	r.is("refused starting requests", "none", strconv.Itoa(refused), refused == 0 && posts == applies*n)
	r.note("The whole `terraform apply` counts, with the start of terraform, provider and login. %d jobs were started by %d requests, "+
		"and looked at %s times each on average.", applies*n, posts, number(float64(looks)/float64(posts), ""))
	return r, nil
}
