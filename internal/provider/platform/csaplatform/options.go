package csaplatform

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/asset-promotion/terraform-provider-asset/internal/csa"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/message"
	"github.com/asset-promotion/terraform-provider-asset/internal/provider/tfvalue"
)

// modes are the values of mode, the default first.
var modes = []csa.Mode{csa.Create, csa.Update, csa.UpdatePreserveExisting}

// kinds are the documented values of validateType (Import API, CSA 4.80 API
// reference). Which of the last two names of a design a server takes depends
// on its version.
var kinds = []string{
	csa.KindCatalog, csa.KindComponentPalette, csa.KindServiceOffering, csa.KindResourceOffering, csa.KindResourceEnvironment,
	csa.KindServiceDesign, csa.KindServiceBlueprint,
}

// Kinds are the documented kinds of archives.
func Kinds() []string { return slices.Clone(kinds) }

func exportSchema() schema.SingleNestedAttribute {
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

func importSchema() schema.SingleNestedAttribute {
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
				MarkdownDescription: "The server refuses an archive of another kind: `" + strings.Join(kinds, "`, `") + "`. The last two both mean " +
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

// exportText is what an export asks for, in canonical JSON.
func exportText(object types.Object) (text string, isKnown bool) {
	id := tfvalue.Field[types.String](object, "artifact_id")
	if object.IsUnknown() || id.IsUnknown() {
		return "", false
	}
	// A string always marshals.
	out, _ := json.Marshal(map[string]any{"artifact_id": id.ValueString()})
	return string(out), true
}

// importText is what an import asks for, in canonical JSON. A default that
// is written is the same as one that is not, and a preview changes nothing of
// what is asked for.
func importText(object types.Object) (text string, isKnown bool) {
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

func importOptions(object types.Object) csa.ImportOptions {
	text := func(name string) string { return tfvalue.Field[types.String](object, name).ValueString() }
	return csa.ImportOptions{
		Mode:                csa.Mode(text("mode")),
		OrgForCatalogImport: text("org_for_catalog_import"),
		ValidateType:        text("validate_type"),
		AssociateProviders:  tfvalue.Field[types.Bool](object, "associate_providers").ValueBool(),
		Preview:             tfvalue.Field[types.Bool](object, "preview").ValueBool(),
	}
}

func validateExport(options types.Object, file types.String, diags *diag.Diagnostics) {
	if options.IsNull() || options.IsUnknown() {
		return
	}
	at := path.Root(Name)
	if id := tfvalue.Field[types.String](options, "artifact_id"); !id.IsNull() && !id.IsUnknown() {
		switch text := id.ValueString(); {
		case text == "":
			diags.Append(message.EmptyValue(at, "artifact_id"))
		case strings.ContainsAny(text, " \t\r\n/\\?#%") || strings.Trim(text, ".") == "":
			diags.Append(noArtifactID(at, text))
		default:
			message.CheckPlain(at, "artifact_id", id, diags)
		}
	}
	if file.IsNull() {
		diags.Append(pathNeeded(at))
	}
}

func validateImport(object types.Object, diags *diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return
	}
	at := path.Root(Name)
	// A value that is unknown or null has the text "", like an empty one.
	given := func(name string) (string, bool) {
		value := tfvalue.Field[types.String](object, name)
		return value.ValueString(), !value.IsNull() && !value.IsUnknown()
	}
	if mode, ok := given("mode"); ok && !slices.Contains(modes, csa.Mode(mode)) {
		diags.Append(unknownMode(at, mode))
	}
	if organization, ok := given("org_for_catalog_import"); ok && organization == "" {
		diags.Append(message.EmptyValue(at, "org_for_catalog_import"))
	}
	if kind, ok := given("validate_type"); ok && !slices.Contains(kinds, kind) {
		diags.Append(unknownValidateType(at, kind))
	}
}
