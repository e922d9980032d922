package csaplatform

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/asset"
	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// sourceError is an archive that a CSA would refuse.
type sourceError struct {
	source string
	// noManifest: it is no archive of CSA.
	noManifest bool
	// kind is what the archive is, wanted what validate_type says; without
	// wanted it is a catalog for no organization.
	kind, wanted string
}

func (e *sourceError) Error() string { return e.source + ": the server would refuse the archive" }

// refuses says whether the server would certainly refuse an archive with
// this manifest, or with this reason why there is none. Values that the plan
// does not know, and manifests that cannot be understood, which have no kind,
// are the server's to judge.
func refuses(options types.Object, source string, manifest csa.Manifest, reason error) error {
	if errors.Is(reason, csa.ErrNoManifest) {
		return &sourceError{source: source, noManifest: true}
	}
	if options.IsUnknown() {
		return nil
	}
	kind, wanted := manifest.Kind(), tfvalue.Field[types.String](options, "validate_type").ValueString()
	if manifest.Contradicts(wanted) {
		return &sourceError{source: source, kind: kind, wanted: wanted}
	}
	owner := tfvalue.Field[types.String](options, "org_for_catalog_import")
	if kind == csa.KindCatalog && owner.ValueString() == "" && !owner.IsUnknown() {
		return &sourceError{source: source, kind: kind}
	}
	return nil
}

// CheckImport reports, in a plan, an archive that the server would refuse, and options that it would
// ignore.
func (s *settings) CheckImport(options types.Object, source string, _ int64, archive *asset.Archive) diag.Diagnostics {
	if archive == nil {
		return nil
	}
	manifest, err := csa.ReadManifest(archive, archive.Size)
	if refused, ok := errors.AsType[*sourceError](refuses(options, source, manifest, err)); ok {
		return diag.Diagnostics{sourceRefused(refused)}
	}
	var ignored []string
	if csa.Mode(tfvalue.Field[types.String](options, "mode").ValueString()) == csa.UpdatePreserveExisting {
		ignored = append(ignored, `csa.mode = "update_preserve_existing"`)
	}
	if tfvalue.Field[types.Bool](options, "associate_providers").ValueBool() {
		ignored = append(ignored, "csa.associate_providers")
	}
	if manifest.Kind() != csa.KindComponentPalette || len(ignored) == 0 {
		return nil
	}
	return diag.Diagnostics{paletteIgnores(source, ignored)}
}
