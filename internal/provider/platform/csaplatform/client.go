package csaplatform

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// client turns options into the exporters and importers of one client.
type client struct {
	csa   *csa.Client
	queue *asset.Queue
}

// Connect makes the client, once.
func (s *settings) Connect() (platform.Client, error) {
	made, err := s.connect()
	if err != nil {
		return nil, err
	}
	return client{made, &s.queue}, nil
}

func (c client) Exporter(_ string, options types.Object) asset.Exporter {
	return c.csa.Exporter(csa.ExportOptions{ArtifactID: tfvalue.Field[types.String](options, "artifact_id").ValueString()})
}

func (c client) Importer(_ string, options types.Object) asset.Importer {
	return importer{c.csa.Importer(importOptions(options))}
}

// Queue: an export is a request that reads. Imports change what the server
// has, and what two at once would do is not documented.
func (c client) Queue(v message.Verb) *asset.Queue {
	if v == message.Export {
		return nil
	}
	return c.queue
}

// Accept refuses a zip that is no archive of CSA.
func (c client) Accept(r io.ReaderAt, size int64) error {
	if err := csa.CheckManifest(r, size); err != nil {
		return fmt.Errorf("%w: %w", asset.ErrNoArchive, err)
	}
	return nil
}

func (c client) CheckSource(options types.Object, source string, archive *asset.Archive) error {
	manifest, err := csa.ReadManifest(archive, archive.Size)
	return refuses(options, source, manifest, err)
}

func (c client) Job(ctx context.Context, _, id string) (platform.Job, error) {
	result, err := c.csa.ImportResult(ctx, id)
	if err != nil {
		return platform.Job{}, err
	}
	record := &platform.Record{Status: result.Status, Summary: result.Summary, User: result.User, TimeOfImport: result.TimeOfImport}
	for _, entry := range result.Entries {
		record.Entries = append(record.Entries, platform.RecordEntry(entry))
	}
	return platform.Job{Job: result.Job(), Record: record}, nil
}

func (c client) Inventory(ctx context.Context, _, name string) (platform.Inventory, error) {
	artifacts, err := c.csa.Artifacts(ctx, name)
	return platform.Inventory{Artifacts: artifacts}, err
}

// importer adds to an import what a person has to look at on the server.
type importer struct{ asset.Importer }

// Start makes a preview that imported a job that may have been started.
func (i importer) Start(ctx context.Context, archive *asset.Archive) (asset.Job, error) {
	job, err := i.Importer.Start(ctx, archive)
	if _, ok := errors.AsType[*csa.PreviewImportedError](err); ok {
		err = fmt.Errorf("%w: %w", asset.ErrOutcomeUnknown, err)
	}
	return job, err
}
