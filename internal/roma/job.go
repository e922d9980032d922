package roma

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// job looks at a job once (CheckAssetJobStatus, ROMA Connect API reference
// 2025-12). The error wraps asset.ErrUnknownJob or asset.ErrDenied, or is
// what httpapi says of a bad answer. What is repeated depends on kind.
func (c *Client) job(ctx context.Context, kind httpapi.Kind, instanceID, id string) (asset.Job, error) {
	var job asset.Job
	err := c.json(ctx, instanceID, request{
		kind:     kind,
		method:   http.MethodGet,
		segments: []string{"assets", "jobs", id},
	}, func(h http.Header, data []byte) (err error) {
		job, err = parseJob(data)
		if err == nil {
			err = c.checkQuiet("archive id", job.ArchiveID)
		}
		job.RequestID = c.Redact(httpapi.RequestID(h))
		job.RetryAfter = httpapi.RetryAfter(h)
		return err
	})
	if err != nil {
		return asset.Job{}, jobError(err)
	}
	job.ID, job.Type = id, c.Redact(job.Type)
	for i, r := range job.Reasons {
		job.Reasons[i] = asset.Reason{
			ResourceType: c.Redact(r.ResourceType),
			ResourceName: c.Redact(r.ResourceName),
			Code:         c.Redact(r.Code),
			Message:      c.Redact(r.Message),
		}
	}
	return job, nil
}

// start sends a request that starts a job and returns the job, which runs.
func (c *Client) start(ctx context.Context, instanceID string, req request) (asset.Job, error) {
	job := asset.Job{Status: asset.Running}
	req.kind = httpapi.Start
	req.method = http.MethodPost
	err := c.json(ctx, instanceID, req, func(h http.Header, data []byte) (err error) {
		job.RequestID = c.Redact(httpapi.RequestID(h))
		if job.ID, err = parseStarted(data); err == nil {
			err = c.checkQuiet("job id", job.ID)
		}
		return err
	})
	if err != nil {
		return asset.Job{}, startError(err)
	}
	return job, nil
}

// parseStarted reads the answer of a request that starts a job.
func parseStarted(data []byte) (string, error) {
	var answer struct {
		JobID string `json:"job_id"`
		ID    string `json:"id"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return "", fmt.Errorf("no job id: %w", err)
	}
	id := answer.JobID
	if id == "" {
		id = answer.ID
	}
	return id, checkID("job id", id)
}

// idForm has the length of the documents; of the characters they say nothing,
// all examples are letters, digits and hyphens.
var idForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._:-]{0,127}$`)

// checkID refuses an id from a server that cannot be one, before it becomes
// part of a path.
func checkID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("no %s", what)
	case !idForm.MatchString(id):
		return fmt.Errorf("an unusable %s", what)
	}
	return nil
}

// checkQuiet refuses an id from a server that holds a secret: ids are in messages, in states, and in
// paths that are logged.
func (c *Client) checkQuiet(what, id string) error {
	if c.redactor.Holds(id) {
		return fmt.Errorf("an unusable %s", what)
	}
	return nil
}
