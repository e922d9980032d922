package provider

import (
	"context"

	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

func (b csaBackend) job(ctx context.Context, _, id string) (foundJob, error) {
	result, err := b.client.ImportResult(ctx, id)
	if err != nil {
		return foundJob{}, err
	}
	return foundJob{Job: result.Job(), result: &result}, nil
}

func (b csaBackend) inventory(ctx context.Context, _, name string) (inventory, error) {
	artifacts, err := b.client.Artifacts(ctx, name)
	return inventory{apps: []roma.App{}, tasks: []roma.Task{}, artifacts: artifacts}, err
}
