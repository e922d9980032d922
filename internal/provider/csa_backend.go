package provider

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// csaBackend turns models into the exporters and importers of one client.
type csaBackend struct {
	client *csa.Client
	queue  *asset.Queue
}

func (s *csaSettings) backend(queue *asset.Queue) (backend, error) {
	client, err := s.connect()
	if err != nil {
		return nil, err
	}
	return csaBackend{client, queue}, nil
}

func (b csaBackend) exporter(_ string, model exportModel) asset.Exporter {
	return b.client.Exporter(csa.ExportOptions{ArtifactID: tfvalue.Field[types.String](model.Csa, "artifact_id").ValueString()})
}

func (b csaBackend) importer(_ string, model importModel) asset.Importer {
	return csaImporter{b.client.Importer(csaImportOptions(model.Csa))}
}

// turns: an export is a request that reads. Imports change what the server
// has, and what two at once would do is not documented.
func (b csaBackend) turns(v verb) *asset.Queue {
	if v == exportVerb {
		return nil
	}
	return b.queue
}

// accept refuses a zip that is no archive of CSA.
func (b csaBackend) accept(r io.ReaderAt, size int64) error {
	if err := csa.CheckManifest(r, size); err != nil {
		return fmt.Errorf("%w: %w", asset.ErrNoArchive, err)
	}
	return nil
}

func (b csaBackend) checkSource(model importModel, archive *asset.Archive) error {
	manifest, err := csa.ReadManifest(archive, archive.Size)
	return refusedByCSA(model, manifest, err)
}

// csaImporter adds to an import what a person has to look at on the server.
type csaImporter struct{ asset.Importer }

// Start makes a preview that imported a job that may have been started.
func (i csaImporter) Start(ctx context.Context, archive *asset.Archive) (asset.Job, error) {
	job, err := i.Importer.Start(ctx, archive)
	if _, ok := errors.AsType[*csa.PreviewImportedError](err); ok {
		err = fmt.Errorf("%w: %w", asset.ErrOutcomeUnknown, err)
	}
	return job, err
}

// csaSourceError is an archive that a CSA would refuse.
type csaSourceError struct {
	source string
	// noManifest: it is no archive of CSA.
	noManifest bool
	// kind is what the archive is, wanted what validate_type says; without
	// wanted it is a catalog for no organization.
	kind, wanted string
}

func (e *csaSourceError) Error() string { return e.source + ": the server would refuse the archive" }

// refusedByCSA says whether the server would certainly refuse an archive with
// this manifest, or with this reason why there is none. Values that the plan
// does not know, and manifests that cannot be understood, which have no kind,
// are the server's to judge.
func refusedByCSA(model importModel, manifest csa.Manifest, reason error) error {
	source := model.Source.ValueString()
	if errors.Is(reason, csa.ErrNoManifest) {
		return &csaSourceError{source: source, noManifest: true}
	}
	if model.Csa.IsUnknown() {
		return nil
	}
	kind, wanted := manifest.Kind(), tfvalue.Field[types.String](model.Csa, "validate_type").ValueString()
	if manifest.Contradicts(wanted) {
		return &csaSourceError{source: source, kind: kind, wanted: wanted}
	}
	owner := tfvalue.Field[types.String](model.Csa, "org_for_catalog_import")
	if kind == csa.KindCatalog && owner.ValueString() == "" && !owner.IsUnknown() {
		return &csaSourceError{source: source, kind: kind}
	}
	return nil
}

// checkImport reports, in a plan, an archive that the server would refuse, and
// options that it would ignore.
func (s *csaSettings) checkImport(planned importModel, look sourceLook) diag.Diagnostics {
	if look.archive == nil {
		return nil
	}
	manifest, err := csa.ReadManifest(look.archive, look.archive.Size)
	if refused, ok := errors.AsType[*csaSourceError](refusedByCSA(planned, manifest, err)); ok {
		return diag.Diagnostics{csaSourceRefused(refused)}
	}
	var ignored []string
	if csa.Mode(tfvalue.Field[types.String](planned.Csa, "mode").ValueString()) == csa.UpdatePreserveExisting {
		ignored = append(ignored, `csa.mode = "update_preserve_existing"`)
	}
	if tfvalue.Field[types.Bool](planned.Csa, "associate_providers").ValueBool() {
		ignored = append(ignored, "csa.associate_providers")
	}
	if manifest.Kind() != csa.KindComponentPalette || len(ignored) == 0 {
		return nil
	}
	return diag.Diagnostics{paletteIgnores(planned.Source.ValueString(), ignored)}
}
