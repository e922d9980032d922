package provider

import (
	"context"
	"errors"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
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
	if noSuchService(err) {
		found.noTasks, err = err, nil
	}
	return found, err
}

const (
	http403 = 403
	http404 = 404
)

// noSuchService: tasks belong to the data integration service, which not every
// instance has and not every user may use. Applications can be exported
// without it.
func noSuchService(err error) bool {
	answer, ok := errors.AsType[*httpapi.Error](err)
	return ok && !errors.Is(err, asset.ErrDenied) && (answer.Status == http403 || answer.Status == http404)
}
