package roma

import (
	"context"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// Job looks at a job that somebody asks for by its id; unlike the looks of a
// wait, this one is repeated when the server is unwell. The error wraps
// asset.ErrUnknownJob or asset.ErrDenied, or is what httpapi says of a bad
// answer.
func (c *Client) Job(ctx context.Context, instanceID, id string) (asset.Job, error) {
	return c.job(ctx, httpapi.Lookup, instanceID, id)
}
