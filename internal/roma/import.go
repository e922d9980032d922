package roma

import (
	"context"
	"net/url"
	"strconv"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/httpapi"
)

// ImportOptions say how an archive is imported. What is unset ("" and nil) is
// left to the server (ImportAsset, ROMA Connect API reference 2025-10).
type ImportOptions struct {
	// Type is AddNew or Merge.
	Type string
	// Prefix is put before the names of applications.
	Prefix string
	// DatasourceOverwrite lets the import overwrite existing data sources.
	DatasourceOverwrite *bool
}

// Importer returns the imports of one instance.
func (c *Client) Importer(instanceID string, options ImportOptions) asset.Importer {
	return &importer{client: c, instanceID: instanceID, options: options}
}

type importer struct {
	client     *Client
	instanceID string
	options    ImportOptions
}

const (
	formField = "ImportAssetRequestBody"
	// formFile obeys the rule for file names of ROMA.10013 whatever the
	// archive is called here: .zip, letters and digits.
	formFile = "asset.zip"
)

// Start sends an archive. The error wraps asset.ErrBusy, ErrNotSent,
// ErrOutcomeUnknown, ErrDenied or ErrBodyTooLarge, or is a refusal
// (*httpapi.Error).
func (i *importer) Start(ctx context.Context, archive *asset.Archive) (asset.Job, error) {
	form, err := httpapi.NewUpload(formField, formFile, archive.Size, archive.Reader)
	if err != nil {
		return asset.Job{}, &kindError{asset.ErrNotSent, err}
	}
	return i.client.start(ctx, i.instanceID, request{
		segments:    []string{"assets", "import"},
		query:       i.options.query(),
		body:        form.Open,
		length:      form.Length,
		contentType: form.ContentType,
	})
}

func (i *importer) Job(ctx context.Context, id string) (asset.Job, error) {
	return i.client.job(ctx, httpapi.Poll, i.instanceID, id)
}

func (o ImportOptions) query() url.Values {
	query := make(url.Values)
	if o.Type != "" {
		query.Set("type", o.Type)
	}
	if o.Prefix != "" {
		query.Set("prefix", o.Prefix)
	}
	if o.DatasourceOverwrite != nil {
		query.Set("datasource_overwrite", strconv.FormatBool(*o.DatasourceOverwrite))
	}
	return query
}
