package provider

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/jobrun"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/platform/romaplatform"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// fetch downloads the archive of a data source where nothing is at its path.
// It says whether there is something now; if there is nothing, because the
// archive was taken from the server before, diags have a warning.
func (s *providerData) fetch(ctx context.Context, config archiveModel) (present bool, diags diag.Diagnostics) {
	s.fetching.Lock()
	defer s.fetching.Unlock()
	file := config.Path.ValueString()
	if occupied(file) {
		return true, nil
	}
	archiveID := tfvalue.Field[types.String](config.Roma, "archive_id")
	l := lookup{noun: platform.NounArchive, facts: []message.Fact{{Name: "Archive id", Value: archiveID.ValueString()}}}
	client := s.find(platform.Options{{Name: romaplatform.Name, Value: config.Roma}}, &l, &diags)
	if client == nil {
		return false, diags
	}
	err := download(ctx, client, l.target.Instance.ValueString(), archiveID.ValueString(), file)
	switch {
	case err == nil:
		tflog.Info(ctx, "archive downloaded", map[string]any{"archive_id": archiveID.ValueString(), "path": file})
		return true, nil
	case errors.Is(err, asset.ErrTaken) && occupied(file):
		// Another process, of another provider alias, was faster.
		return true, nil
	case errors.Is(err, asset.ErrTaken):
		return false, diag.Diagnostics{l.archiveTaken(file, err)}
	}
	return false, diag.Diagnostics{l.downloadFailed(file, err)}
}

// download brings an archive to a path where nothing is. The server deletes
// it when it is asked for, so the place for it is proven first.
func download(ctx context.Context, client platform.Client, instance, archiveID, file string) error {
	ctx, cancel := jobrun.Within(ctx, defaultTimeout)
	defer cancel()
	to := asset.Target{Path: file, Job: archiveID}
	if err := asset.Prepare(file); err != nil {
		return &pathError{path: file, err: err}
	}
	if to.TakeKept() {
		// An earlier read brought it, and could not put it there.
		return nil
	}
	stream, err := client.Exporter(instance, types.ObjectNull(nil)).Download(ctx, asset.Job{ArchiveID: archiveID})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &pathError{path: file, err: fmt.Errorf("%w: %w", asset.ErrBroken, err), asked: true}
	}
	if err != nil {
		return err
	}
	_, err = to.SaveNew(ctx, stream, func(zip io.ReaderAt, whole asset.Stored) error { return client.Accept(zip, whole.Size) })
	if err = errors.Join(err, stream.Close()); err != nil {
		return &pathError{path: file, err: err, asked: true}
	}
	return nil
}
