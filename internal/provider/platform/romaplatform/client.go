package romaplatform

import (
	"context"
	"errors"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
	"github.com/asset-promotion/terraform-provider-asset/internal/roma"
)

// client turns options into the exporters and importers of one client.
type client struct {
	roma  *roma.Client
	queue *asset.Queue
}

// Connect makes the client, once.
func (s *settings) Connect() (platform.Client, error) {
	if len(s.missing) > 0 {
		return nil, &platform.CredentialsError{Missing: s.missing}
	}
	made, err := s.connect()
	if err != nil {
		return nil, err
	}
	return client{made, &s.queue}, nil
}

func (c client) Exporter(instance string, options types.Object) asset.Exporter {
	return c.roma.Exporter(instance, roma.ExportOptions{
		Apps:  tfvalue.SortedTexts(tfvalue.Field[types.Set](options, "apps")),
		Tasks: tfvalue.SortedTexts(tfvalue.Field[types.Set](options, "tasks")),
	})
}

func (c client) Importer(instance string, options types.Object) asset.Importer {
	return c.roma.Importer(instance, roma.ImportOptions{
		Type:                tfvalue.Field[types.String](options, "type").ValueString(),
		Prefix:              tfvalue.Field[types.String](options, "prefix").ValueString(),
		DatasourceOverwrite: tfvalue.Field[types.Bool](options, "datasource_overwrite").ValueBoolPointer(),
	})
}

// Queue: the server takes one job of a user at a time, whatever its kind.
func (c client) Queue(message.Verb) *asset.Queue { return c.queue }

// Accept: what is in an archive of ROMA Connect is not documented.
func (c client) Accept(io.ReaderAt, int64) error { return nil }

func (c client) CheckSource(types.Object, string, *asset.Archive) error { return nil }

func (c client) Job(ctx context.Context, instance, id string) (platform.Job, error) {
	job, err := c.roma.Job(ctx, instance, id)
	return platform.Job{Job: job}, err
}

func (c client) Inventory(ctx context.Context, instance, name string) (platform.Inventory, error) {
	apps, err := c.roma.Apps(ctx, instance, name)
	if err != nil {
		return platform.Inventory{}, err
	}
	found := platform.Inventory{Artifacts: []asset.Artifact{}}
	for _, app := range apps {
		found.Apps = append(found.Apps, platform.App(app))
	}
	tasks, err := c.roma.Tasks(ctx, instance, name)
	if errors.Is(err, roma.ErrNoTasks) {
		// They belong to another service of the instance.
		found.NoTasks, err = err, nil
	}
	for _, task := range tasks {
		found.Tasks = append(found.Tasks, platform.Task(task))
	}
	return found, err
}
