package roma

import (
	"context"
	"encoding/json"
	"io"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ExportOptions say what an export holds: ids of applications and tasks, at
// most 100 of each (ExportAsset, ROMA Connect API reference 2025-10).
type ExportOptions struct {
	Apps, Tasks []string
}

// Exporter returns the exports of one instance.
func (c *Client) Exporter(instanceID string, options ExportOptions) asset.Exporter {
	return &exporter{client: c, instanceID: instanceID, options: options}
}

type exporter struct {
	client     *Client
	instanceID string
	options    ExportOptions
}

type (
	exportID struct {
		ID string `json:"id"`
	}
	// exportRequest always has both keys: which of them are mandatory differs
	// between versions of the API reference.
	exportRequest struct {
		Apps  []exportID `json:"apps"`
		Tasks []exportID `json:"tasks"`
	}
)

// Start starts an export. The error wraps asset.ErrBusy, ErrNotSent,
// ErrOutcomeUnknown or ErrDenied, or is a refusal (*httpapi.Error).
func (e *exporter) Start(ctx context.Context) (asset.Job, error) {
	body, err := json.Marshal(exportRequest{Apps: exportIDs(e.options.Apps), Tasks: exportIDs(e.options.Tasks)})
	if err != nil {
		return asset.Job{}, err
	}
	return e.client.start(ctx, e.instanceID, request{segments: []string{"assets", "export"}, json: body})
}

func (e *exporter) Job(ctx context.Context, id string) (asset.Job, error) {
	return e.client.job(ctx, httpapi.Poll, e.instanceID, id)
}

func (e *exporter) Download(ctx context.Context, job asset.Job) (io.ReadCloser, error) {
	return e.client.download(ctx, e.instanceID, job.ArchiveID)
}

func exportIDs(ids []string) []exportID {
	list := make([]exportID, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	return list
}
