package provider

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// csaModes are the values of mode, the default first.
var csaModes = []csa.Mode{csa.Create, csa.Update, csa.UpdatePreserveExisting}

// csaTypes are the documented values of validateType (Import API, CSA 4.80 API
// reference). Which of the last two names of a design a server takes depends
// on its version.
var csaTypes = []string{
	csa.KindCatalog, csa.KindComponentPalette, csa.KindServiceOffering, csa.KindResourceOffering, csa.KindResourceEnvironment,
	csa.KindServiceDesign, csa.KindServiceBlueprint,
}

func csaExportSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Export from CSA; `path` is required with it. A change of `artifact_id` exports again.",
		Attributes: map[string]schema.Attribute{
			"artifact_id": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Id of a catalog, service offering, service design, resource offering, resource environment or component " +
					"palette. What belongs to it (the designs of an offering, and so on) comes with it. A change exports again.",
			},
		},
	}
}

func csaImportSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Import into CSA. It may be left out when CSA is the only configured platform. A change of any of its values but " +
			"`preview` imports again.",
		Attributes: map[string]schema.Attribute{
			"mode": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What becomes of artifacts that exist with the same type and internal name. `create` (default): the server " +
					"may skip them and still report success. `update`: they are overwritten; use it for every promotion that is repeated. " +
					"`update_preserve_existing`: they are renamed and kept, so that each import leaves one more renamed copy. A change imports again.",
			},
			"org_for_catalog_import": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Organization that will own the catalog, by name. Required when the archive is a catalog. A change imports again.",
			},
			"associate_providers": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether providers in the archive are bound to existing resource offerings and environments that have the same " +
					"provider type and display name. Default false. Ignored for a component palette. A change imports again.",
			},
			"validate_type": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The server refuses an archive of another kind: `" + strings.Join(csaTypes, "`, `") + "`. The last two both mean " +
					"a design; 4.00 and 4.10 know only `" + csa.KindServiceBlueprint + "`. Not checked when unset. A change imports again.",
			},
			"preview": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the server validates the archive right before the import, at apply; an import that could not succeed is " +
					"not sent. Default false. Documented for CSA 4.80 and later. **A server that does not know previews may perform the " +
					"import instead.** A change imports nothing.",
			},
		},
	}
}

// csaExportText is what an export asks for, in canonical JSON.
func csaExportText(object types.Object) (text string, isKnown bool) {
	id := tfvalue.Field[types.String](object, "artifact_id")
	if object.IsUnknown() || id.IsUnknown() {
		return "", false
	}
	// A string always marshals.
	out, _ := json.Marshal(map[string]any{"artifact_id": id.ValueString()})
	return string(out), true
}

// csaImportText is what an import asks for, in canonical JSON. A default that
// is written is the same as one that is not, and a preview changes nothing of
// what is asked for.
func csaImportText(object types.Object) (text string, isKnown bool) {
	if object.IsUnknown() {
		return "", false
	}
	options := map[string]any{}
	for name, value := range object.Attributes() {
		if name == "preview" {
			continue
		}
		if value.IsUnknown() {
			return "", false
		}
		switch v := value.(type) {
		case types.String:
			text := v.ValueString()
			if text == "" || name == "mode" && text == string(csa.Create) {
				continue
			}
			options[name] = text
		case types.Bool:
			if v.ValueBool() {
				options[name] = true
			}
		}
	}
	// Strings and booleans always marshal.
	out, _ := json.Marshal(options)
	return string(out), true
}

func csaImportOptions(object types.Object) csa.ImportOptions {
	text := func(name string) string { return tfvalue.Field[types.String](object, name).ValueString() }
	return csa.ImportOptions{
		Mode:                csa.Mode(text("mode")),
		OrgForCatalogImport: text("org_for_catalog_import"),
		ValidateType:        text("validate_type"),
		AssociateProviders:  tfvalue.Field[types.Bool](object, "associate_providers").ValueBool(),
		Preview:             tfvalue.Field[types.Bool](object, "preview").ValueBool(),
	}
}

func validateCSAExport(config exportModel, diags *diag.Diagnostics) {
	if config.Csa.IsNull() || config.Csa.IsUnknown() {
		return
	}
	at := path.Root(platformCSA)
	if id := tfvalue.Field[types.String](config.Csa, "artifact_id"); !id.IsNull() && !id.IsUnknown() {
		switch text := id.ValueString(); {
		case text == "":
			diags.Append(emptyValue(at, "artifact_id"))
		case strings.ContainsAny(text, " \t\r\n/\\?#%") || strings.Trim(text, ".") == "":
			diags.Append(noArtifactID(at, text))
		default:
			checkPlain(at, "artifact_id", id, diags)
		}
	}
	if config.Path.IsNull() {
		diags.Append(pathNeeded(at))
	}
}

func validateCSAImport(object types.Object, diags *diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	at := path.Root(platformCSA)
	// A value that is unknown or null has the text "", like an empty one.
	given := func(name string) (string, bool) {
		value := tfvalue.Field[types.String](object, name)
		return value.ValueString(), !value.IsNull() && !value.IsUnknown()
	}
	if mode, ok := given("mode"); ok && !slices.Contains(csaModes, csa.Mode(mode)) {
		diags.Append(unknownMode(at, mode))
	}
	if organization, ok := given("org_for_catalog_import"); ok && organization == "" {
		diags.Append(emptyValue(at, "org_for_catalog_import"))
	}
	if kind, ok := given("validate_type"); ok && !slices.Contains(csaTypes, kind) {
		diags.Append(unknownValidateType(at, kind))
	}
}
