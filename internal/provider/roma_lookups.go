package provider

import (
	"context"
	"errors"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

func (b romaBackend) job(ctx context.Context, instance, id string) (foundJob, error) {
	job, err := b.client.Job(ctx, instance, id)
	return foundJob{Job: job}, err
}

func (b romaBackend) inventory(ctx context.Context, instance, name string) (inventory, error) {
	apps, err := b.client.Apps(ctx, instance, name)
	if err != nil {
		return inventory{}, err
	}
	found := inventory{apps: apps, artifacts: []asset.Artifact{}}
	found.tasks, err = b.client.Tasks(ctx, instance, name)
	if errors.Is(err, roma.ErrNoTasks) {
		found.noTasks, err = err, nil
	}
	return found, err
}
